// CallRequestTests.swift - using a session: cookies that rotate, suspicions that are looked into, idleness.

import TestSupport
import Testing

@testable import DamCore

@Suite("Call: requests")
struct CallRequestTests {
  private static let keepalive = "send GET /psapi/v3/mem/user/session"
  private static let request = "request GET /psapi/v3/mem/user"

  @Test(
    "a rotated cookie is saved before the response is handed over, also when the response is an error",
    arguments: [(200, "delivered 1"), (404, "delivered 1"), (400, "delivered 1"), (500, "server"), (429, "throttled")])
  func rotation(status: Int32, expected: String) throws {
    let play = try loggedIn()
    play.response(WireResponse(status, ["Set-Cookie: mem=c2"]))
    #expect(try play.request().summary == expected)
    #expect(play.actions == ["lock session", Self.request, "save session 1"])
    #expect(play.storedCookie == "mem=c2")
    #expect(play.state.statistics.cookiesAdopted == 1)
  }

  @Test("a response without a new cookie is not worth a save")
  func noRotation() throws {
    let play = try loggedIn()
    play.response(.ok(), .cookie("c1"))
    for _ in 0..<2 { #expect(try play.request().summary == "delivered 1") }
    #expect(!play.actions.contains { $0.hasPrefix("save") })
  }

  @Test("the cookie of a response that broke off is kept, since the server has rotated")
  func brokenAnswer() throws {
    let play = try loggedIn()
    play.replies = [
      .failure(Failure(.transfer, "broke"), head: WireResponse(200, ["Set-Cookie: mem=c2"], "", isWhole: false))
    ]
    #expect(try play.request().summary == "transfer")
    #expect(play.storedCookie == "mem=c2")
    // One that may deny the session has rotated it as well.
    play.replies = [.failure(Failure(.transfer, "broke"), head: WireResponse(401, ["Set-Cookie: mem=c3"]))]
    #expect(try play.request().summary == "transfer")
    play.replies = [.failure(Failure(.connect, "no route"))]
    #expect(try play.request().summary == "connect")
    #expect(play.storedCookie == "mem=c3")
    #expect(play.state.statistics.logins == 1)
  }

  @Test("a late cookie of an earlier-sent request is dropped and counted")
  func lateCookie() throws {
    let play = try loggedIn(["rotation": "newest"])
    // The second request is sent and answered while the first is under way.
    play.response(.cookie("early"))
    play.meanwhile = [
      (
        "request",
        { play in
          play.replies.insert(.response(.cookie("later")), at: 0)
          #expect((try? play.request().summary) == "delivered 1")
        }
      )
    ]
    #expect(try play.request().summary == "delivered 1")
    #expect(play.storedCookie == "mem=later")
    #expect(play.state.statistics.cookiesLate == 1)
    #expect(play.state.statistics.cookiesAdopted == 1)
  }

  @Test("the cookie of a request that was sent before a new login belongs to the past")
  func cookieOfOldGeneration() throws {
    let play = try loggedIn(["rotation": "newest"])
    // One of a name that the new session knows, and one that nothing stands against.
    play.response(.ok("Set-Cookie: mem=old", "Set-Cookie: other=old"))
    play.meanwhile = [
      (
        "request",
        { play in
          let replies = play.replies
          play.replies = [.response(.expired), .response(.cookie("new")), .response(.ok())]
          #expect((try? play.request().summary) == "delivered 2, 1 replay")
          play.replies = replies
        }
      )
    ]
    #expect(try play.request().summary == "delivered 1")
    #expect(play.storedCookie == "mem=new")
  }

  @Test("where tokens are used cookies are nobody's business")
  func tokenMode() throws {
    let play = try loggedIn(["authentication": "token"])
    play.response(.cookie("c9"))
    _ = try play.request()
    #expect(play.stored?.secret?.cookies.all.isEmpty == true)
    #expect(play.actions == ["load", Self.request])
  }

  @Test("a suspicious response is the application's own when the session proves to live")
  func suspicionUnfounded() throws {
    for response in [
      WireResponse(403), WireResponse(401), .error(403, "GalleryPermErr"),
      WireResponse(401, [], #"{"errors":[{"title":"x"}]}"#),
      WireResponse(200, ["Content-Type: text/html"], "<html>"),
      WireResponse(200, ["Content-Type: text/html"], "<input type=password>"),
    ] {
      let play = try loggedIn()
      play.response(response, .ok())
      #expect(try play.request().summary == "delivered 1")
      #expect(play.actions == ["lock session", Self.request, Self.keepalive])
      #expect(play.state.statistics.logins == 1)
    }
  }

  @Test("a redirect that looked like one to a login page is followed when the session proves to live")
  func redirectIsFollowed() throws {
    let play = try loggedIn()
    play.response(WireResponse(302, ["Location: /gallery/login/1"]), .ok(), .ok())
    #expect(try play.request().summary == "delivered 1")
    #expect(play.actions == ["lock session", Self.request, Self.keepalive, "request GET /gallery/login/1"])
    #expect(play.state.statistics.logins == 1)
  }

  @Test("a page for everything that asks for no password is maintenance: nothing is given up")
  func maintenance() throws {
    let play = try loggedIn()
    let page = WireResponse(200, ["Content-Type: text/html"], "<html>Back soon</html>")
    for _ in 0..<3 {
      play.response(page, page)
      #expect(try play.request().summary == "server")
    }
    play.response(page)
    #expect(play.run(.keepalive).summary == "server")
    #expect(play.storedCookie == "mem=c1")
    #expect(play.state.statistics.logins == 1)
    #expect(play.replies.isEmpty)
  }

  @Test("a suspicion that is confirmed is an expiry: one login, one replay")
  func suspicionFounded() throws {
    for confirmation in [WireResponse.expired, WireResponse(403), WireResponse(302, ["Location: /login"])] {
      let play = try loggedIn()
      play.response(WireResponse(302, ["Location: /login"]), confirmation, .cookie("c2"), .ok())
      #expect(try play.request().summary == "delivered 2, 1 replay")
      #expect(play.state.statistics.logins == 2)
    }
  }

  @Test("what stays suspicious after a login, while the session lives, goes to the caller")
  func suspicionAgain() throws {
    let play = try loggedIn()
    play.response(WireResponse(403), WireResponse(403), .cookie("c2"), WireResponse(403), .ok())
    #expect(try play.request().summary == "delivered 2, 1 replay")
    #expect(play.state.statistics.logins == 2)
  }

  @Test("a rotated cookie of a suspicious response carries the question")
  func suspicionRotates() throws {
    let play = try loggedIn()
    play.response(WireResponse(403, ["Set-Cookie: mem=c2"]), .cookie("c3"))
    #expect(try play.request().summary == "delivered 1")
    #expect(play.sent.map { $0.secretHeader("Cookie") } == ["mem=c1", "mem=c2"])
    #expect(play.storedCookie == "mem=c3")
  }

  @Test("nothing is sent again because the server asks for time, unless the options allow it: not after no time either")
  func waitsOnlyIfAllowed() throws {
    for (asked, allowed, expected) in [("0", "0", "throttled"), ("-5", "0", "throttled"), ("0", "1", "delivered 1")] {
      let play = try loggedIn(["retry-after": allowed])
      play.response(WireResponse(429, ["Retry-After: \(asked)"]), .ok())
      #expect(try play.request().summary == expected)
      #expect(play.actions.contains("wait 1000 ms") == (expected != "throttled"))
    }
  }
}

@Suite("Call: idleness")
struct CallIdleTests {
  private func loggedIn(_ changes: [String: String] = ["idle-limit": "7200"]) throws -> Play {
    let play = Play(try Sample.photoShelter(changes.mapValues { $0 }))
    play.response(.cookie("c1"))
    play.run(.ensure(again: false, saved: false))
    play.clear()
    return play
  }

  private static let probe = "send GET /psapi/v3/mem/user/session"

  @Test("a keepalive whose response shows nothing is no success; what it sets is taken all the same")
  func keepaliveWithoutProof() throws {
    for (number, response) in [
      WireResponse(404), .error(400, "SomethingErr"), WireResponse(302, ["Location: /offline"]),
    ].enumerated() {
      let play = try loggedIn()
      var response = response
      response.headers.append(Array("Set-Cookie: mem=c2\r\n".utf8))
      play.response(response)
      let outcome = play.run(.keepalive)
      #expect(outcome.summary == "protocolViolation", "\(number)")
      #expect(outcome.failure?.httpStatus == response.status)
      #expect(play.storedCookie == "mem=c2")
    }
  }

  @Test("a keepalive asks the server, takes the rotated cookie, and logs in when the session is over")
  func keepalive() throws {
    let play = try loggedIn()
    play.response(.cookie("c2"))
    #expect(play.run(.keepalive).summary == "ready 1")
    #expect(play.actions == ["lock session", Self.probe, "save session 1"])
    play.response(.expired, .cookie("d1"), .ok())
    #expect(play.run(.keepalive).summary == "ready 2")
    #expect(play.state.statistics.keepalives == 3)
    play.response(WireResponse(500))
    #expect(play.run(.keepalive).summary == "server")
  }

  @Test(
    "a long upload late in the idle time asks first whether the session lives",
    arguments: [
      (3600, 65_536, true), (3599, 65_536, false), (3600, 65_535, false), (90_000, 1 << 40, true), (0, 1 << 40, false),
    ] as [(Int64, UInt64, Bool)])
  func probing(rest: Int64, size: UInt64, isDue: Bool) throws {
    let play = try loggedIn()
    play.now += rest
    play.response(.ok(), .ok())
    #expect(try play.request("mem/image/upload", bodySize: size).summary == "delivered 1")
    #expect(play.actions.contains(Self.probe) == isDue)
  }

  @Test("a dead session is found by the probe, and the upload goes out once, with the new one")
  func probeFindsDeath() throws {
    let play = try loggedIn()
    play.now += 8000
    play.response(.expired, .cookie("d1"), .ok())
    #expect(try play.request("mem/image/upload", bodySize: 1 << 20).summary == "delivered 2")
    #expect(play.actions.filter { $0.hasPrefix("request") }.count == 1)
    #expect(play.sent.last?.secretHeader("Cookie") == "mem=d1")
  }

  @Test("a probe that fails for another reason does not stop the upload")
  func probeFails() throws {
    let play = try loggedIn()
    play.now += 8000
    play.replies = [.response(WireResponse(500)), .response(.ok())]
    #expect(try play.request("mem/image/upload", bodySize: 1 << 20).summary == "delivered 1")
  }

  @Test("where no limit is known nothing is probed, and deaths are learned from")
  func learning() throws {
    let play = try loggedIn([:])
    play.now += 8000
    play.response(.expired, .cookie("d1"), .ok())
    _ = try play.request("mem/image/upload", bodySize: 1 << 20)
    #expect(!play.actions.contains(Self.probe))
    #expect(play.stored?.idle.learned == 8000)
    // Learned, it makes the next upload ask.
    play.now += 5000
    play.response(.ok(), .ok())
    _ = try play.request("mem/image/upload", bodySize: 1 << 20)
    #expect(play.actions.contains(Self.probe))
    #expect(play.stored?.idle.survived == 4940)
  }

  @Test("the time of last use is written now and then, for siblings to judge by")
  func savedUse() throws {
    let play = try loggedIn()
    for (rest, saves): (Int64, Int) in [(59, 0), (1, 1), (59, 0), (60, 1)] {
      play.clear()
      play.now += rest
      play.response(.ok())
      _ = try play.request()
      #expect(play.actions.count { $0.hasPrefix("save") } == saves, "after \(rest) s")
    }
    #expect(play.stored?.usedAt == play.now)
  }
}
