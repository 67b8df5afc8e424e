// CallDoubtTests.swift - logins that fail without saying why: tried again later and later, by nobody too often, and
// never held for a wrong password; and credentials that travel with every request, tried by one and not by all.

import TestSupport
import Testing

@testable import DamCore

@Suite("Call: doubts about credentials")
struct CallDoubtTests {
  private static let ambiguous = [
    WireResponse(403), WireResponse(500, [], "<html>"), WireResponse(302, ["Location: /fotoweb/views/login"]),
    WireResponse(200, ["Content-Type: text/html"], "<html>"),
    WireResponse(200, ["Content-Type: text/html"], "<input type=password>"),
  ]

  @Test(
    "an outage at the login is no wrong password: tried again after a minute, two, four and eight, and then no more")
  func backsOff() throws {
    for response in Self.ambiguous {
      let play = Play(try Sample.fotoWeb())
      for wait: Int64 in [60, 120, 240, 480] {
        play.response(response)
        #expect(try play.request("Search").summary == "server")
        #expect(play.replies.isEmpty)
        // Neither this process nor another one tries it again before its time.
        for other in [play, play.sibling()] {
          other.clear()
          other.now += wait - 1
          let outcome = try other.request("Search")
          #expect(outcome.summary == "server")
          #expect(outcome.failure?.retryAfter == 1)
          #expect(outcome.failure?.message.contains("out of order") == true)
          #expect(other.sent.isEmpty)
        }
        play.now += 1
      }
      play.response(response)
      #expect(try play.request("Search").summary == "server")
      play.now += 1_000_000
      let stopped = try play.request("Search")
      #expect(stopped.summary == "credentialsRefused")
      #expect(stopped.failure?.message.contains("5 logins in a row") == true)
      #expect(stopped.failure?.message.contains("DAM_LOGIN_AGAIN") == true)
      // Who insists may; a success clears it.
      play.response(WireResponse(200, ["Set-Cookie: FWSession=t1"]), WireResponse(200))
      #expect(play.run(.ensure(again: true, saved: true)).summary == "ready 1")
      #expect(play.storedAccount?.refusals.isEmpty == true)
    }
  }

  @Test("when the server is well again the next try succeeds, and all is forgotten")
  func recovers() throws {
    let play = Play(try Sample.fotoWeb())
    play.response(WireResponse(500))
    #expect(try play.request("Search").summary == "server")
    play.now += 60
    play.response(WireResponse(200, ["Set-Cookie: FWSession=t1"]), WireResponse(200))
    #expect(try play.request("Search").summary == "delivered 1")
    #expect(play.storedAccount?.refusals.isEmpty == true)
  }

  @Test("an error class that is not on record backs off too, and quotes the server")
  func unknownClass() throws {
    let play = Play(try Sample.photoShelter())
    play.response(.error(400, "SystemErr", "Try later."))
    let outcome = try play.request()
    #expect(outcome.summary == "server")
    #expect(outcome.failure?.message.hasSuffix("the server says \"SystemErr: Try later.\"") == true)
    #expect(play.storedAccount?.isRefused == false)
    play.clear()
    #expect(try play.request().summary == "server")
    #expect(play.sent.isEmpty)
  }

  @Test("two programs with two stale passwords do not take turns until the account is locked")
  func twoPrograms() throws {
    for (response, mostTries) in [(WireResponse(401), 2), (WireResponse(403), 6)] {
      var (session, account) = (Loading<SessionRecord>.absent, Loading<AccountRecord>.absent)
      var tries = 0
      for number in 0..<40 {
        let play = Play(try Sample.fotoWeb(["password": number % 2 == 0 ? "one" : "two"]))
        (play.session, play.account) = (session, account)
        play.now += Int64(number) * 1_000
        play.response(response)
        _ = try play.request("Search")
        tries += play.sent.count
        (session, account) = (play.session, play.account)
      }
      #expect(tries <= mostTries)
      // The right one is still welcome, and clears only itself.
      let right = Play(try Sample.fotoWeb(["password": "right"]))
      (right.session, right.account) = (session, account)
      right.now += 50_000
      right.response(WireResponse(200, ["Set-Cookie: FWSession=t1"]), WireResponse(200))
      #expect(try right.request("Search").summary == "delivered 1")
      #expect(right.storedAccount?.refusals.count == 2)
    }
  }

  @Test("a clock that is set back does not make the wait longer")
  func clockSetBack() throws {
    let play = Play(try Sample.fotoWeb())
    play.response(WireResponse(403))
    _ = try play.request("Search")
    let later = play.sibling()
    later.now -= 500_000
    #expect(try later.request("Search").failure?.retryAfter == 60)
  }

  @Test("without memory for the hash nothing is remembered, and nothing traps")
  func noMemory() throws {
    let play = Play(try Sample.photoShelter())
    play.cannotDerive = true
    play.response(.error(400, "AuthInvalidPasswordErr"))
    #expect(try play.request().summary == "credentialsRefused")
    #expect(play.storedAccount == nil)
  }

  @Test(
    "what is one caller's own says nothing to those who waited for its login",
    arguments: [
      (Failure.Cause.timeout, true, false), (.timeout, false, true), (.cancelled, false, false),
      (.callback, false, false), (.connect, true, true), (.tls, true, true),
    ])
  func siblings(cause: Failure.Cause, isOwn: Bool, isShared: Bool) throws {
    let play = Play(try Sample.photoShelter())
    play.replies = [.failure(Failure(cause, "it"))]
    #expect(play.run(.ensure(again: false, saved: false), hasOwnTimeout: isOwn).summary == "\(cause)")
    #expect((play.state.loginFailure(since: 0) != nil) == isShared)
  }
}

@Suite("Call: credentials in every request, by many")
struct CallQueryCrowdTests {
  private static let data = WireResponse(200, ["Content-Type: text/xml"])

  private func accepted() throws -> Play {
    let play = Play(try Sample.fotoWeb(["authentication": "query"]))
    play.response(Self.data, Self.data)
    _ = try play.request("Search")
    play.clear()
    return play
  }

  @Test("the first of many goes out alone, under the lock; those who waited for it go in parallel")
  func leader() throws {
    let play = try accepted()
    play.response(Self.data)
    #expect(try play.request("Search").summary == "delivered 1")
    #expect(play.actions.filter { $0 != "derive" } == ["load", "lock session", "request GET \(Self.search)"])
    // One that began before that success needs no lock of its own.
    play.clear()
    play.response(Self.data)
    play.meanwhile = [("load", { $0.state.acceptedAt = .max })]
    #expect(try play.request("Search").summary == "delivered 1")
    #expect(play.actions.filter { $0 != "derive" } == ["load", "request GET \(Self.search)"])
  }

  private static let search = "/fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent/Search"

  @Test("a password that was changed at the server is asked about once, by one")
  func changedAtTheServer() throws {
    let play = try accepted()
    play.response(WireResponse(401), WireResponse(401))
    #expect(try play.request("Search").summary == "credentialsRefused")
    #expect(play.state.statistics.logins == 1)
    #expect(play.stored?.secret == nil)
    // All others find that out without sending anything.
    for _ in 0..<5 {
      let other = play.sibling()
      #expect(try other.request("Search").summary == "credentialsRefused")
      #expect(other.sent.isEmpty)
    }
  }

  @Test("one that was already out when a sibling found that out asks nothing more")
  func alreadyOut() throws {
    let play = try accepted()
    let sibling = play.sibling()
    sibling.response(WireResponse(401), WireResponse(401))
    #expect(try sibling.request("Search").summary == "credentialsRefused")
    play.state.acceptedAt = .max
    play.response(WireResponse(401))
    play.meanwhile = [("lock session", { ($0.session, $0.account) = (sibling.session, sibling.account) })]
    #expect(try play.request("Search").summary == "credentialsRefused")
    #expect(play.sent.count == 1)
  }

  @Test("one forbidden archive is no wrong password", arguments: [401, 403])
  func forbidden(status: Int32) throws {
    let play = try accepted()
    play.response(WireResponse(status), Self.data)
    #expect(try play.request("Search").summary == "delivered 1")
    #expect(play.state.statistics.logins == 1)
  }

  @Test("a refusal that may be an outage drops the proof, and is asked about a minute later")
  func doubt() throws {
    let play = try accepted()
    play.response(WireResponse(403), WireResponse(403))
    #expect(try play.request("Search").summary == "server")
    play.clear()
    #expect(try play.request("Search").summary == "server")
    #expect(play.sent.isEmpty)
    play.now += 60
    play.response(Self.data, Self.data)
    #expect(try play.request("Search").summary == "delivered 2")
  }

  @Test("what is sent by the caller's own client waits for nobody")
  func elsewhere() throws {
    let play = try accepted()
    var manner = CallManner()
    manner.isSentElsewhere = true
    var call = CallMachine(try Sample.request(play.settings, "Search"), play.settings, manner)
    var action = play.step(&call, .begin)
    for _ in 0..<5 {
      if case .send = action { break }
      action = play.step(&call, play.perform(action))
    }
    guard case .send(let request) = action, request.isForCaller else {
      Issue.record("not sent: \(play.actions)")
      return
    }
    #expect(!play.actions.contains("lock session"))
  }
}
