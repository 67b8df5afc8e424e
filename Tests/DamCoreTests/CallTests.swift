// CallTests.swift - whole calls, action by action: what is locked, sent and saved, and in which order.

import TestSupport
import Testing

@testable import DamCore

@Suite("Call")
struct CallTests {
  private static let login = "/psapi/v3/mem/authenticate"

  /// A process whose store holds a session of generation 1.
  @Test("a first request looks, locks, logs in, saves, and only then goes out")
  func firstLogin() throws {
    let play = Play(try Sample.photoShelter())
    play.response(.cookie("c1"), .cookie("c2"))
    #expect(try play.request().summary == "delivered 1")
    #expect(
      play.actions == [
        "lock session", "lock account", "send POST \(Self.login)", "save session 1", "unlock account",
        "request GET /psapi/v3/mem/user", "save session 1",
      ])
    #expect(play.sent[1].secretHeader("Cookie") == "mem=c1")
    #expect(play.storedCookie == "mem=c2")
    #expect(play.stored?.identity == play.settings.identity)
    #expect(play.state.isStored)
  }

  @Test("where requests are parallel, the locks are let go before the request goes out")
  func firstLoginInParallel() throws {
    let play = Play(try Sample.photoShelter(["authentication": "token"]))
    play.response(.ok(data: #"{"token":"T1"}"#), .ok())
    #expect(try play.request().summary == "delivered 1")
    #expect(
      play.actions == [
        "load", "lock session", "lock account", "send POST \(Self.login)", "save session 1", "unlock",
        "request GET /psapi/v3/mem/user",
      ])
    #expect(play.sent[1].secretHeader("X-PS-Auth-Token") == "T1")
  }

  @Test("a stored session is used without a login", arguments: ["serialize", "newest"])
  func storedSession(rotation: String) throws {
    let play = try loggedIn(["rotation": rotation]).sibling()
    play.response(.ok())
    #expect(try play.request().summary == "delivered 1")
    #expect(play.actions == [rotation == "serialize" ? "lock session" : "load", "request GET /psapi/v3/mem/user"])
    #expect(play.sent[0].secretHeader("Cookie") == "mem=c1")
    #expect(play.state.statistics.logins == 0)
  }

  @Test("an expired session is one login and one replay")
  func expiry() throws {
    let play = try loggedIn().sibling()
    play.response(.expired, .cookie("c2"), .cookie("c3"))
    #expect(try play.request().summary == "delivered 2, 1 replay")
    #expect(
      play.actions == [
        "lock session", "request GET /psapi/v3/mem/user", "lock account", "send POST \(Self.login)", "save session 2",
        "unlock account", "request GET /psapi/v3/mem/user", "save session 2",
      ])
    #expect(play.sent.map { $0.secretHeader("Cookie") } == ["mem=c1", nil, "mem=c2"])
    #expect(play.state.statistics.logins == 1)
    #expect(play.state.statistics.replays == 1)
  }

  @Test("a second expiry in one call is one more login; a session that is refused after that is given up")
  func refusedAgain() throws {
    let play = try loggedIn()
    play.response(.expired, .cookie("c2"), .expired, .cookie("c3"), .ok())
    #expect(try play.request().summary == "delivered 3, 2 replay")
    play.response(.expired, .cookie("c4"), .expired, .cookie("c5"), .expired)
    let outcome = try play.request()
    #expect(outcome.summary == "sessionInvalid")
    #expect(outcome.failure?.httpStatus == 400)
    #expect(play.replies.isEmpty)
  }

  @Test("the old session stays until there is a new one: a login that fails costs nothing")
  func notBuried() throws {
    let play = try loggedIn()
    play.response(.expired, WireResponse(503))
    #expect(try play.request().summary == "server")
    #expect(play.storedCookie == "mem=c1")
    play.response(.ok())
    #expect(try play.request().summary == "delivered 1")
    #expect(play.state.statistics.logins == 2)
  }

  @Test("a sibling that logged in meanwhile makes the replay without a login", arguments: ["load", "lock session"])
  func sibling(whenLooked: String) throws {
    let play = try loggedIn(["rotation": "newest"])
    let sibling = play.sibling()
    sibling.response(.expired, .cookie("s2"), .ok())
    _ = try sibling.request()
    play.response(.expired, .ok())
    // Seen at the first look, only one request is needed; seen under the lock, the refused one was already out.
    play.meanwhile = [(whenLooked, { $0.session = sibling.session })]
    let isEarly = whenLooked == "load"
    if isEarly { play.replies = [.response(.ok())] }
    #expect(try play.request().summary == (isEarly ? "delivered 2" : "delivered 2, 1 replay"))
    #expect(play.sent.last?.secretHeader("Cookie") == "mem=s2")
    #expect(play.state.statistics.logins == 1)
    #expect(!play.actions.contains("lock account"))
    #expect(play.state.statistics.adoptedFromSiblings == 1)
  }

  @Test("a request refused with an old cookie is sent again with the newer one that came meanwhile")
  func newerCookie() throws {
    let play = try loggedIn(["rotation": "newest"])
    play.response(.expired, .ok())
    play.meanwhile = [
      (
        "request",
        { play in
          _ = play.state.record.secret?.cookies.adopt(HeaderBlock(["Set-Cookie: mem=c9"]), stamp: .max / 2, now: 0)
        }
      )
    ]
    #expect(try play.request().summary == "delivered 1, 1 replay")
    #expect(play.sent.map { $0.secretHeader("Cookie") } == ["mem=c1", "mem=c9"])
    #expect(play.state.statistics.logins == 1)
  }

  @Test("a lock that stays busy is its own failure, and nothing is sent")
  func busy() throws {
    for play in [try loggedIn(), Play(try Sample.photoShelter(["rotation": "newest"]))] {
      play.sessionLocking = .busy
      #expect(try play.request().summary == "locked")
      #expect(play.sent.isEmpty)
    }
    let play = Play(try Sample.photoShelter())
    play.accountLocking = .busy
    #expect(try play.request().summary == "locked")
    #expect(play.sent.isEmpty)
  }

  @Test("a store that can be neither locked, read nor saved costs a warning, not the request")
  func poorStore() throws {
    let play = Play(try Sample.photoShelter())
    play.sessionLocking = .unavailable("no locks here")
    play.accountLocking = .unavailable("no locks here")
    play.session = .unavailable("unreadable")
    play.account = .unavailable("unreadable")
    (play.sessionSaveFails, play.accountSaveFails) = ("disk full", "disk full")
    play.response(.cookie("c1"), .cookie("c2"), .cookie("c3"))
    #expect(try play.request().summary == "delivered 1")
    #expect(try play.request().summary == "delivered 1")
    #expect(play.sent.map { $0.secretHeader("Cookie") } == [nil, "mem=c1", "mem=c2"])
    #expect(!play.state.isStored)
    #expect(play.state.statistics.saveFailures == 3)
    #expect(Set(play.lines.filter { $0.level == .warning }.map(\.message)).count >= 3)
  }

  @Test("a record of a newer damsession is left alone", arguments: ["newest", "serialize"])
  func newerRecord(rotation: String) throws {
    let play = Play(try Sample.photoShelter(["rotation": rotation]))
    play.session = .newer
    #expect(try play.request().summary == "recordNewer")
    #expect(play.run(.logout).summary == "recordNewer")
    (play.session, play.account) = (.absent, .newer)
    #expect(try play.request().summary == "recordNewer")
    #expect(play.sent.isEmpty)
    #expect(!play.actions.contains { $0.hasPrefix("save") })
  }

  @Test("an event that does not fit ends in an internal error, at every point of a call and never in a trap")
  func outOfTurn() throws {
    let record = try #require(try loggedIn().stored)
    let events: [CallEvent] = [
      .begin, .loaded(.record(record)), .sessionLocked(.held, .absent), .accountLocked(.held, .absent, entropy: []),
      .credentials(Secret("x")), .credentials(nil), .derived("x"), .derived(nil), .responded(.expired),
      .savedSession(.saved(record)),
      .savedAccount(.failed("x")), .unlocked,
    ]
    for goal in [
      try Sample.request(Sample.photoShelter()), .ensure(again: true, saved: true), .keepalive, .logout, .forget,
      .observe(.expired, nil),
    ] {
      for depth in 0..<9 {
        for event in events {
          let play = try loggedIn()
          play.response(.expired, .cookie("c2"), .expired, .expired)
          var call = CallMachine(goal, play.settings)
          var next = CallEvent.begin
          for _ in 0..<depth {
            let action = play.step(&call, next)
            if case .finish = action { break }
            next = play.perform(action)
          }
          // One of the events fits; all others must end the call.
          let fits = Play.kind(event) == Play.kind(next)
          guard case .finish(.failed(let failure)) = play.step(&call, event), !fits else {
            #expect(fits, "\(Play.kind(event)) after \(play.actions)")
            continue
          }
          #expect(failure.cause == .internalError, "\(Play.kind(event)) after \(play.actions)")
        }
      }
    }
  }

  @Test("a finished call stays finished")
  func finished() throws {
    let play = try loggedIn()
    var call = CallMachine(.ensure(again: false, saved: false), play.settings)
    let first = play.step(&call, .begin)
    guard case .finish(.ready) = play.step(&call, play.perform(first)) else {
      Issue.record("not ready")
      return
    }
    for event in [CallEvent.begin, .unlocked, .responded(.ok())] {
      guard case .finish(.failed(let failure)) = play.step(&call, event) else {
        Issue.record("it went on")
        continue
      }
      #expect(failure.cause == .internalError)
    }
  }
}

extension Play {
  /// The name of an event's case.
  static func kind(_ event: CallEvent) -> String { String("\(event)".prefix { $0.isLetter }) }
}
