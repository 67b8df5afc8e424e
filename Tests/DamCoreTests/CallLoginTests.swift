// CallLoginTests.swift - getting a session secret: refusals that are remembered, steps that are not skipped, device
// tokens that are not wasted. Its other half, giving a secret up, is in CallLogoutTests.swift.

import TestSupport
import Testing

@testable import DamCore

@Suite("Call: credentials")
struct CallCredentialsTests {
  @Test("refused credentials are remembered before the locks are let go, and not tried again by anybody")
  func refused() throws {
    let play = Play(try Sample.photoShelter())
    play.response(.error(400, "AuthInvalidPasswordErr", "Wrong."))
    #expect(try play.request().summary == "credentialsRefused")
    #expect(
      play.actions == [
        "lock session", "lock account", "send POST /psapi/v3/mem/authenticate", "derive", "save account", "load",
      ])
    #expect(play.state.statistics.loginsRefused == 1)
    #expect(play.storedAccount?.key?.count == 32)
    let sibling = play.sibling()
    sibling.now += 720
    let outcome = try sibling.request()
    #expect(outcome.summary == "credentialsRefused")
    #expect(outcome.failure?.message.contains("12 minutes ago") == true)
    for (seconds, words) in [(721, "12 minutes"), (61, "1 minute"), (59, "59 seconds"), (86_400, "1 day")] {
      sibling.now = play.now + Int64(seconds)
      #expect(try sibling.request().failure?.message.contains("\(words) ago") == true)
    }
    sibling.now = play.now
    #expect(try sibling.request().failure?.message.contains("just now") == true)
    #expect(sibling.sent.isEmpty)
  }

  @Test("a refused password that is an option is hashed once, and no request after that takes the time again")
  func hashedOnce() throws {
    let play = Play(try Sample.photoShelter())
    play.response(.error(400, "AuthInvalidPasswordErr"))
    _ = try play.request()
    play.clear()
    #expect(try play.request().summary == "credentialsRefused")
    #expect(play.actions == ["lock session", "lock account"])
  }

  @Test("who insists tries refused credentials again, and a success forgets the refusal")
  func insisting() throws {
    let play = Play(try Sample.photoShelter())
    play.response(.error(400, "AuthInvalidPasswordErr"))
    _ = try play.request()
    play.response(.cookie("c1"))
    #expect(play.run(.ensure(again: true, saved: false)).summary == "ready 1")
    #expect(play.storedAccount?.refusals.isEmpty == true)
    #expect(play.actions.last == "unlock")
  }

  @Test("changed credentials are tried: only those that were refused are not")
  func changed() throws {
    let play = Play(try Sample.photoShelter())
    play.response(.error(400, "AuthInvalidPasswordErr"))
    _ = try play.request()
    let fixed = Play(try Sample.photoShelter(["password": "another"]))
    fixed.account = play.account
    defer {
      // Its success says nothing of the one that was refused: a second program with that would be let try again.
      let stale = fixed.sibling().with(play.settings)
      stale.session = .absent
      #expect((try? stale.request().summary) == "credentialsRefused")
      #expect(stale.sent.isEmpty)
    }
    fixed.response(.cookie("c1"), .expired, .cookie("c2"), .ok())
    #expect(try fixed.request().summary == "delivered 2, 1 replay")
    // The lock is kept from the first look to the last response: taking it twice would be waiting for oneself.
    #expect(fixed.actions.filter { $0 == "lock session" }.count == 1)
  }

  @Test("a wanted second factor is remembered as that")
  func secondFactor() throws {
    let play = Play(try Sample.photoShelter())
    play.response(.ok(data: #"{"two_factor":"t"}"#))
    #expect(try play.request().summary == "secondFactor")
    #expect(play.storedAccount?.refusals.map(\.reason) == [.secondFactor])
    #expect(try play.sibling().request().summary == "secondFactor")
  }

  @Test(
    "a login that failed for another reason is not remembered",
    arguments: [
      (Play.Reply.response(WireResponse(429)), "throttled"), (.response(WireResponse(500)), "server"),
      (.response(WireResponse(404)), "protocolViolation"),
      (.response(.error(403, "ApiKeyInvalidErr")), "apiKeyRefused"),
      (.failure(Failure(.connect, "no route")), "connect"),
      (.failure(Failure(.timeout, "slow"), head: WireResponse(401)), "timeout"),
    ])
  func passing(reply: Play.Reply, expected: String) throws {
    let play = Play(try Sample.photoShelter())
    play.replies = [reply]
    #expect(try play.request().summary == expected)
    #expect(play.storedAccount == nil)
    play.response(.cookie("c1"), .ok())
    #expect(try play.request().summary == "delivered 1")
  }

  @Test("a login that fails while a sibling's succeeds uses the sibling's session")
  func siblingSucceeds() throws {
    let other = Play(try Sample.photoShelter())
    other.response(.cookie("s1"))
    other.run(.ensure(again: false, saved: false))
    for reply in [Play.Reply.response(.error(400, "AuthInvalidPasswordErr")), .failure(Failure(.connect, "no route"))] {
      let play = Play(other.settings)
      (play.sessionLocking, play.accountLocking) = (.unavailable("no locks"), .unavailable("no locks"))
      play.replies = [reply, .response(.ok())]
      play.meanwhile = [("load", { $0.session = other.session })]
      #expect(try play.request().summary == "delivered 1")
      #expect(play.sent.last?.secretHeader("Cookie") == "mem=s1")
    }
  }

  @Test("credentials are asked for when none are at hand, and only under the locks")
  func asking() throws {
    let play = Play(try Sample.photoShelter(["password": nil]))
    play.credentials = Secret("given")
    play.response(.cookie("c1"), .ok())
    #expect(try play.request().summary == "delivered 1")
    #expect(play.actions.prefix(4) == ["lock session", "lock account", "ask", "send POST /psapi/v3/mem/authenticate"])
    #expect(play.sent[0].form?.hasSuffix("&password=given") == true)
    play.clear()
    play.response(.ok())
    #expect(try play.request().summary == "delivered 1")
    #expect(!play.actions.contains("ask"))
  }

  @Test("without a response there is no login, and the message says what is missing", arguments: [nil, ""])
  func noCredentials(response: String?) throws {
    let play = Play(try Sample.photoShelter(["password": nil]))
    play.credentials = response.map { Secret($0) }
    #expect(try play.request().failure?.message.contains("no password") == true)
    let token = Play(try Sample.fotoWeb(["authentication": "login-token", "encryption-secret": nil]))
    let outcome = token.run(.ensure(again: false, saved: false))
    #expect(outcome.summary == "credentialsNeeded")
    #expect(outcome.failure?.message.contains("no encryption secret") == true)
    #expect(play.sent.isEmpty && token.sent.isEmpty)
  }

  @Test("an application that fails to answer ends the call with its own failure")
  func askingFails() throws {
    let play = Play(try Sample.photoShelter(["password": nil]))
    var call = CallMachine(.ensure(again: false, saved: false), play.settings)
    var action = play.step(&call, .begin)
    for _ in 0..<3 { action = play.step(&call, play.perform(action)) }
    guard case .askCredentials = action,
      case .finish(.failed(let failure)) = play.step(&call, .failed(Failure(.callback, "no"), head: nil))
    else {
      Issue.record("not asked")
      return
    }
    #expect(failure.cause == .callback)
  }

  @Test(
    "only what the server said is searched for secrets, and for none that is a part of common words",
    arguments: ["e", "the", "a"])
  func shortSecrets(password: String) throws {
    let play = Play(try Sample.photoShelter(["password": password]))
    play.response(.error(400, "AuthInvalidPasswordErr", "the end"))
    #expect(
      try play.request().failure?.message
        == "the server refuses the e-mail address or the password: the server says \"AuthInvalidPasswordErr: the end\"")
    // In our own words nothing is searched for: what is missing would spell it.
    let plain = Play(try Sample.photoShelter(["password": "password"]))
    plain.response(.error(400, "AuthInvalidPasswordErr", "password"))
    let message = try #require(try plain.request().failure?.message)
    #expect(message.hasPrefix("the server refuses the e-mail address or the password: "))
    #expect(message.hasSuffix("AuthInvalidPasswordErr: ***\""))
  }

  @Test("no message shows a password or an API key, though the server repeats them")
  func echo() throws {
    let play = Play(try Sample.photoShelter(["password": "hunter2hunter2"]))
    play.response(.error(400, "AuthInvalidPasswordErr", "hunter2hunter2 is wrong, says \(Sample.apiKey)"))
    let outcome = try play.request()
    #expect(outcome.failure?.message.contains("*** is wrong, says ***") == true)
    for line in play.lines { #expect(!line.message.contains("hunter2") && !line.message.contains(Sample.apiKey)) }
  }

  @Test(
    "nor when they are repeated in another spelling",
    arguments: [
      "p%26ss%20w%C3%B6rd%3D7%2B%25", "p%26ss+w%c3%b6rd%3d7%2b%25", "p%2526ss%2520w%25C3%25B6rd%253D7%252B%2525",
      "cCZzcyB3w7ZyZD03KyU=", "KEY%34567890%31",
    ])
  func echoInDisguise(quoted: String) throws {
    let play = Play(try Sample.photoShelter())
    play.response(.error(400, "AuthInvalidPasswordErr", "You sent \(quoted)!"))
    let message = try #require(try play.request().failure?.message)
    #expect(message.contains("***"), "\(message)")
    #expect(!message.contains(quoted), "\(message)")
  }

  @Test("logs name generations and paths, never a cookie, a query or a form")
  func logs() throws {
    let play = Play(try Sample.photoShelter(["api-key-in": "parameter"]))
    play.response(.cookie("c1secret"), .cookie("c2secret"), .expired, .cookie("c3secret"), .ok())
    _ = try play.request("mem/user?fields=private")
    _ = try play.request("mem/user?fields=private")
    #expect(play.lines.count > 5)
    for line in play.lines {
      for word in ["secret=", "c1secret", "c2secret", "c3secret", "private", Sample.apiKey, "p&ss", "p%26ss"] {
        #expect(!line.message.contains(word), "\(line.message)")
      }
    }
  }
}

@Suite("Call: organizations")
struct CallOrganizationTests {
  private static let step = "send POST /psapi/v3/mem/organization/O1/authenticate"

  @Test("the organization step follows every login, also that after an expiry")
  func everyLogin() throws {
    let play = Play(try Sample.photoShelter(["organization": "O1"]))
    play.response(.cookie("c1"), .cookie("c2"), .cookie("c3"))
    #expect(try play.request().summary == "delivered 1")
    play.response(.expired, .cookie("d1"), .cookie("d2"), .ok())
    #expect(try play.request().summary == "delivered 2, 1 replay")
    #expect(play.actions.filter { $0 == Self.step }.count == 2)
    #expect(
      play.sent.map { $0.secretHeader("Cookie") } == [nil, "mem=c1", "mem=c2", "mem=c3", nil, "mem=d1", "mem=d2"])
    #expect(play.state.statistics.organizationLogins == 2)
    #expect(play.state.statistics.logins == 2)
  }

  @Test("a session whose organization was refused is closed, and never saved or used")
  func refused() throws {
    let play = Play(try Sample.photoShelter(["organization": "O1"]))
    play.response(.cookie("c1"), .error(403, "OrgPermErr"), .ok())
    #expect(try play.request().summary == "organizationRefused")
    #expect(
      play.actions == [
        "lock session", "lock account", "send POST /psapi/v3/mem/authenticate", Self.step,
        "send POST /psapi/v3/mem/authenticate/logout", "load",
      ])
    #expect(play.sent.last?.secretHeader("Cookie") == "mem=c1")
    #expect(play.stored == nil)
    // The credentials were right: they are tried again when the membership is mended.
    #expect(play.storedAccount == nil)
  }

  @Test("a session that ends before its organization step is logged in again, and after two of them given up")
  func endsBetween() throws {
    for ended in [WireResponse.expired, WireResponse(401), WireResponse(302, ["Location: /login"])] {
      let play = Play(try Sample.photoShelter(["organization": "O1"]))
      play.response(.cookie("c1"), ended, .cookie("c2"), .cookie("c3"), .ok())
      #expect(try play.request().summary == "delivered 1")
      #expect(play.sent.last?.secretHeader("Cookie") == "mem=c3")
      let other = Play(play.settings)
      other.response(.cookie("c1"), ended, .cookie("c2"), ended, .cookie("c3"), ended, .ok())
      #expect(try other.request().summary == "sessionInvalid")
      #expect(other.stored == nil)
      #expect(other.state.statistics.logins == 3)
    }
  }

  @Test("a damaged response to the step says nothing of the organization", arguments: ["", #"{"status":"o"#, "<html>"])
  func damagedStep(body: String) throws {
    let play = Play(try Sample.photoShelter(["organization": "O1"]))
    play.response(.cookie("c1"), WireResponse(200, [], body), .ok())
    #expect(try play.request().summary == "protocolViolation")
    #expect(play.stored == nil)
  }

  @Test("closing it may fail: the refusal is still the response")
  func closingFails() throws {
    let play = Play(try Sample.photoShelter(["organization": "O1"]))
    play.replies = [.response(.cookie("c1")), .response(WireResponse(403)), .failure(Failure(.connect, "no route"))]
    #expect(try play.request().summary == "organizationRefused")
  }

  @Test("a session that this process has made anew is no sibling's")
  func own() throws {
    let play = try loggedIn()
    play.credentials = Secret(Sample.password)
    play.response(.expired, .cookie("c2"), .cookie("c3"))
    #expect(try play.request().summary == "delivered 2, 1 replay")
    #expect(play.state.statistics.logins == 2 && play.state.statistics.adoptedFromSiblings == 0)
  }
}
