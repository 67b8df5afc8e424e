// CallDeviceTokenTests.swift - FotoWeb's device tokens in whole calls: proven, saved, counted, never wasted; and its
// method without tokens, where credentials travel with every request.

import TestSupport
import Testing

@testable import DamCore

@Suite("Call: device tokens")
struct CallDeviceTokenTests {
  private static let login = "send POST /fotoweb/cmdrequest/Login.fwx"
  private static let information = "/fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent/Information"

  private static func token(_ value: String) -> WireResponse { WireResponse(200, ["Set-Cookie: FWSession=\(value)"]) }

  private func loggedIn(_ changes: [String: String] = [:]) throws -> Play {
    let play = Play(try Sample.fotoWeb(changes.mapValues { $0 }))
    play.response(Self.token("t1"), WireResponse(200))
    #expect(play.run(.ensure(again: false, saved: true)).summary == "ready 1")
    play.clear()
    return play
  }

  @Test("the store is proven before a token is asked for, and the token is saved durably before its first use")
  func order() throws {
    let play = Play(try Sample.fotoWeb())
    play.response(Self.token("t1"), WireResponse(200))
    #expect(try play.request("Search").summary == "delivered 1")
    #expect(
      play.actions == [
        "load", "lock session", "lock account", "save account", Self.login, "save session 1 durably", "save account",
        "unlock", "request GET /fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent/Search", "save session 1 durably",
      ])
    #expect(play.storedAccount?.ledger == [LedgerEntry(fingerprint: Secret("t1").fingerprint, obtainedAt: play.now)])
    #expect(play.stored?.served == Secret("t1").fingerprint)
  }

  @Test("where nothing can be saved no token is asked for")
  func unprovenStore() throws {
    let play = Play(try Sample.fotoWeb())
    (play.sessionSaveFails, play.accountSaveFails) = ("disk full", "disk full")
    let outcome = try play.request("Search")
    #expect(outcome.summary == "store")
    #expect(outcome.failure?.message.contains("disk full") == true)
    #expect(play.sent.isEmpty)
  }

  @Test("a token that cannot be saved after all is used by this process, loudly; who asked for it to be saved is told")
  func unsaved() throws {
    for (goal, expected) in [
      (CallGoal.ensure(again: false, saved: false), "ready 1"), (.ensure(again: false, saved: true), "store"),
    ] {
      let play = Play(try Sample.fotoWeb())
      play.sessionSaveFails = "disk full"
      play.response(Self.token("t1"), WireResponse(200))
      #expect(play.run(goal).summary == expected)
      #expect(play.lines.contains { $0.level == .error })
      #expect(play.state.record.secret?.cookies.value("FWSession") == Secret("t1"))
      #expect(play.storedAccount?.liveTokens == 1)
    }
  }

  @Test("a token is given up only after a second response denies it")
  func suspicion() throws {
    let play = try loggedIn()
    play.response(WireResponse(403), WireResponse(200, ["Content-Type: text/xml"]))
    #expect(try play.request("Search").summary == "delivered 1")
    #expect(
      play.actions.suffix(2) == [
        "request GET /fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent/Search", "send GET \(Self.information)",
      ])
    play.clear()
    play.response(WireResponse(401), WireResponse(401), Self.token("t2"), WireResponse(200))
    #expect(try play.request("Search").summary == "delivered 2, 1 replay")
    #expect(play.sent.map { $0.secretHeader("Cookie") } == ["FWSession=t1", "FWSession=t1", nil, "FWSession=t2"])
    #expect(play.storedAccount?.ledger.map { $0.deadAt != nil } == [true, false])
  }

  @Test("where no request follows the login, a small one proves the new token and the old one's death")
  func provenByProbe() throws {
    let play = try loggedIn()
    play.response(WireResponse(200), WireResponse(401), Self.token("t2"), WireResponse(200))
    _ = try play.request("Search")
    #expect(play.run(.observe(WireResponse(401), nil)).summary == "ready 2")
    #expect(play.sent.last?.target == Self.information)
    #expect(play.storedAccount?.ledger.map { $0.deadAt != nil } == [true, false])
  }

  @Test("where everything but the login is refused, one token more is taken and not one a request")
  func refusesEverything() throws {
    for denial in [
      WireResponse(401), WireResponse(403), WireResponse(302, ["Location: /fotoweb/views/login"]),
      WireResponse(200, ["Content-Type: text/html"], "<input type=password>"),
    ] {
      let play = try loggedIn()
      play.response(WireResponse(200))
      _ = try play.request("Search")
      play.response(denial, denial, Self.token("t2"), denial, denial)
      #expect(try play.request("Search").summary == "sessionInvalid")
      for number in 0..<15 {
        // Other processes know as much.
        let next = number % 2 == 0 ? play : play.sibling()
        next.response(denial, denial)
        let outcome = try next.request("Search")
        #expect(outcome.summary == "sessionInvalid")
        #expect(outcome.failure?.message.contains("has never worked") == true)
      }
      // Neither is proven dead: the server counts both.
      #expect(play.storedAccount?.liveTokens == 2)
      #expect(play.storedAccount?.ledger.map { $0.suspectedAt != nil } == [true, false])
      // It is well again, and so is the token that was obtained last.
      play.response(WireResponse(200))
      #expect(try play.request("Search").summary == "delivered 2")
      #expect(play.storedAccount?.liveTokens == 2)
      // Whoever knows that it was revoked says so.
      play.run(.forget)
      play.response(Self.token("t3"), WireResponse(200))
      #expect(try play.request("Search").summary == "delivered 4")
    }
  }

  @Test("a login that no request follows asks once whether its token is accepted; that it is not is no failure")
  func proves() throws {
    for (response, isServed) in [
      (WireResponse(200), true), (WireResponse(401), false), (WireResponse(500), false), (WireResponse(404), false),
    ] {
      let play = Play(try Sample.fotoWeb())
      play.response(Self.token("t1"), response)
      #expect(play.run(.ensure(again: false, saved: true)).summary == "ready 1")
      #expect(play.sent.last?.target == Self.information)
      #expect((play.stored?.served == Secret("t1").fingerprint) == isServed)
      #expect(play.replies.isEmpty)
    }
  }

  @Test("a token that nobody has tried is replaced when it is refused: its process may have ended before it could")
  func untried() throws {
    let play = try loggedIn()
    play.response(WireResponse(401), WireResponse(401), Self.token("t2"))
    play.meanwhile = [("unlock", { $0.replies = [.failure(Failure(.connect, "killed"))] })]
    #expect(try play.request("Search").summary == "connect")
    let next = play.sibling()
    next.response(WireResponse(401), WireResponse(401), Self.token("t3"), WireResponse(200))
    #expect(try next.request("Search").summary == "delivered 3, 1 replay")
    #expect(next.storedAccount?.ledger.count == 3)
    #expect(next.storedAccount?.liveTokens == 2)
  }

  @Test("a live token is kept when the login for a new one fails")
  func loginFails() throws {
    let play = try loggedIn()
    play.response(WireResponse(200))
    _ = try play.request("Search")
    for (failure, expected) in [(WireResponse(502), "server"), (WireResponse(401), "credentialsRefused")] {
      play.response(WireResponse(401), WireResponse(401), failure)
      #expect(try play.request("Search").summary == expected)
      #expect(play.storedCookie == "FWSession=t1")
    }
    #expect(play.storedAccount?.liveTokens == 1)
    play.response(WireResponse(200))
    #expect(try play.request("Search").summary == "delivered 1")
  }

  @Test("a page for everything that asks for no password is maintenance, also at the login: no token is taken or lost")
  func maintenance() throws {
    let page = WireResponse(200, ["Content-Type: text/html"], "<html>Back soon</html>")
    let play = try loggedIn()
    play.response(WireResponse(200))
    _ = try play.request("Search")
    for _ in 0..<3 {
      play.response(page, page)
      #expect(try play.request("Search").summary == "server")
    }
    #expect(play.storedCookie == "FWSession=t1")
    // A document may be a page: it is what was asked for when the session lives.
    play.response(page, WireResponse(200))
    #expect(try play.request("Download?Id=1").summary == "delivered 1")
  }

  @Test("a login whose response breaks after its head has yielded its token: kept, counted, used")
  func brokenLogin() throws {
    let play = Play(try Sample.fotoWeb())
    let head = WireResponse(200, ["Set-Cookie: FWSession=t1"], "", isWhole: false)
    play.replies = [.failure(Failure(.transfer, "broke"), head: head), .response(WireResponse(200))]
    #expect(try play.request("Search").summary == "delivered 1")
    #expect(play.sent.last?.secretHeader("Cookie") == "FWSession=t1")
    #expect(play.storedAccount?.liveTokens == 1)
    #expect(play.state.statistics.logins == 1)
    // Where there is none in it, it is the failure that it is.
    let other = Play(play.settings)
    other.replies = [.failure(Failure(.transfer, "broke"), head: WireResponse(200, [], "", isWhole: false))]
    #expect(try other.request("Search").summary == "transfer")
    #expect(other.storedAccount?.refusals.isEmpty == true)
  }

  @Test("what cannot be confirmed is a failure, and the token is kept")
  func unconfirmed() throws {
    let play = try loggedIn()
    play.response(WireResponse(403), WireResponse(500))
    #expect(try play.request("Search").summary == "server")
    play.replies = [.response(WireResponse(403)), .failure(Failure(.connect, "no route"))]
    #expect(try play.request("Search").summary == "connect")
    #expect(play.storedCookie == "FWSession=t1")
  }

  @Test("tokens that may still count stop a login before it burns another")
  func limit() throws {
    let play = Play(try Sample.fotoWeb(["token-limit": "4", "token-reserve": "2"]))
    for number in 1...2 {
      play.response(Self.token("t\(number)"), WireResponse(200))
      #expect(play.run(.ensure(again: false, saved: true)).summary == "ready \(number * 2 - 1)")
      // Forgotten here, it still counts at the server.
      #expect(play.run(.forget).summary == "logged out: local")
    }
    play.clear()
    let outcome = play.run(.ensure(again: false, saved: true))
    #expect(outcome.summary == "tokenLimit")
    #expect(outcome.failure?.message.contains("2 device tokens") == true)
    #expect(play.sent.isEmpty)
    // Not even who insists: an administrator must act.
    #expect(play.run(.ensure(again: true, saved: true)).summary == "tokenLimit")
  }

  @Test("a token that the server refused no longer counts once its successor was accepted; until then it does")
  func revoked() throws {
    let play = Play(try Sample.fotoWeb(["token-limit": "3", "token-reserve": "1"]))
    play.response(Self.token("t1"), WireResponse(200))
    _ = try play.request("Search")
    for number in 2...4 {
      play.response(WireResponse(401), WireResponse(401), Self.token("t\(number)"), WireResponse(200))
      #expect(try play.request("Search").summary == "delivered \(number), 1 replay")
      #expect(play.storedAccount?.liveTokens == 1)
    }
    let full = Play(try Sample.fotoWeb(["token-limit": "2", "token-reserve": "1"]))
    full.response(Self.token("t1"), WireResponse(200), WireResponse(401), WireResponse(401))
    _ = try full.request("Search")
    #expect(try full.request("Search").summary == "tokenLimit")
    #expect(full.storedCookie == "FWSession=t1")
  }

  @Test("the last tokens before the limit are taken with a warning")
  func warning() throws {
    for (limit, warns) in [("4", false), ("3", true), ("2", true)] {
      let play = Play(try Sample.fotoWeb(["token-limit": limit, "token-reserve": "1"]))
      play.response(Self.token("t1"), WireResponse(200))
      play.run(.ensure(again: false, saved: true))
      #expect(play.lines.contains { $0.level == .warning && $0.message.contains("token 1 of \(limit)") } == warns)
    }
  }

  @Test("cookies that come along with a device token are sent with it, those of an error response are not taken")
  func otherCookies() throws {
    let play = try loggedIn()
    play.response(
      WireResponse(200, ["Set-Cookie: extra=1"]), WireResponse(404, ["Set-Cookie: FWSession=guest"]), WireResponse(200))
    for _ in 0..<3 { _ = try play.request("Search") }
    #expect(
      play.sent.map { $0.secretHeader("Cookie") } == ["FWSession=t1", "FWSession=t1; extra=1", "FWSession=t1; extra=1"])
    #expect(play.actions.contains("save session 1 durably"))
  }

  @Test("a response that deletes the device token does not cost one: only a refusal ends it")
  func deletion() throws {
    let play = try loggedIn()
    play.response(
      WireResponse(200, ["Set-Cookie: FWSession=deleted; Max-Age=0", "Set-Cookie: extra=1"]), WireResponse(200))
    for _ in 0..<2 { #expect(try play.request("Search").summary == "delivered 1") }
    #expect(play.storedCookie == "FWSession=t1")
    // One that is set anew in the same response is no deletion.
    play.response(WireResponse(200, ["Set-Cookie: FWSession=deleted; Max-Age=0", "Set-Cookie: FWSession=t1"]))
    #expect(try play.request("Search").summary == "delivered 1")
    #expect(play.storedCookie == "FWSession=t1")
  }

  @Test("an image request goes out for the token it is bound to, and for no other")
  func images() throws {
    let play = try loggedIn()
    let handle = try play.settings.bind(image: "12/3 4", generation: 0, try #require(play.stored)).text
    let preview = try Sample.request(play.settings, "Preview?Id={image}&Size=1", image: handle)
    play.response(WireResponse(200))
    #expect(play.run(preview).summary == "delivered 1")
    #expect(play.sent[0].target.hasSuffix("/Preview?Id=12%2F3%204&Size=1"))
    // Revoked while it was asked for: the new token knows nothing of the image.
    play.response(WireResponse(401), WireResponse(401), Self.token("t2"), WireResponse(200))
    #expect(play.run(preview).summary == "handleStale")
    #expect(play.sent.count == 5)
    #expect(play.storedAccount?.liveTokens == 1)
    play.clear()
    #expect(play.run(preview).summary == "handleStale")
    #expect(play.sent.isEmpty)
  }
}

@Suite("Call: credentials in every request")
struct CallQueryTests {
  private static let data = WireResponse(200, ["Content-Type: text/xml"])

  private func play(_ password: String? = Sample.password) throws -> Play {
    Play(try Sample.fotoWeb(["authentication": "query", "password": password]))
  }

  @Test("new credentials are proven once, alone; what is stored is a proof and no password")
  func proof() throws {
    let play = try play()
    play.response(Self.data, Self.data, Self.data)
    #expect(try play.request("Search").summary == "delivered 1")
    #expect(try play.request("Search").summary == "delivered 1")
    #expect(play.state.statistics.logins == 1)
    #expect(play.sent.allSatisfy { $0.secretQuery?.revealText() == "u=kim&p=\(Sample.encodedPassword)" })
    let bytes = String(decoding: try #require(play.stored).encoded(revision: 1), as: UTF8.self)
    #expect(!bytes.contains(Sample.password))
    let sibling = play.sibling()
    sibling.response(Self.data)
    #expect(try sibling.request("Search").summary == "delivered 1")
    #expect(sibling.state.statistics.logins == 0)
  }

  @Test("a changed password is proven anew; a wrong one is tried once and by nobody else")
  func changed() throws {
    let first = try play()
    first.response(Self.data)
    first.run(.ensure(again: false, saved: false))
    let wrong = try play("wrong")
    (wrong.session, wrong.account) = (first.session, first.account)
    wrong.response(WireResponse(401))
    #expect(try wrong.request("Search").summary == "credentialsRefused")
    #expect(wrong.sent.count == 1)
    let again = try play("wrong")
    (again.session, again.account) = (wrong.session, wrong.account)
    #expect(try again.request("Search").summary == "credentialsRefused")
    #expect(again.sent.isEmpty)
    // The proof of the right one is still there.
    first.session = wrong.session
    first.response(Self.data)
    #expect(try first.request("Search").summary == "delivered 1")
  }

  @Test("credentials that the caller gave are asked for once in a process, and again after they were refused")
  func asking() throws {
    let play = try play(nil)
    play.credentials = Secret("given")
    play.response(Self.data, Self.data, Self.data)
    _ = try play.request("Search")
    _ = try play.request("Search")
    #expect(play.actions.filter { $0 == "ask" }.count == 1)
    play.response(WireResponse(401), WireResponse(401))
    #expect(try play.request("Search").summary == "credentialsRefused")
    // The request and the question whether that was meant: no login on top of it.
    #expect(play.replies.isEmpty)
    #expect(play.state.statistics.logins == 1)
    // Each request with them would be another failed attempt, and ten lock the account.
    let other = play.sibling()
    other.credentials = Secret("given")
    #expect(try other.request("Search").summary == "credentialsRefused")
    #expect(other.sent.isEmpty)
    play.clear()
    play.credentials = Secret("changed")
    play.response(Self.data, Self.data)
    #expect(try play.request("Search").summary == "delivered 2")
    #expect(play.actions.filter { $0 == "ask" }.count == 1)
    #expect(play.sent.allSatisfy { $0.secretQuery?.revealText() == "u=kim&p=changed" })
  }
}
