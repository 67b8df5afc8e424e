// CallLogoutTests.swift - the end of a session: purged here first, and not brought back by anything late.

import TestSupport
import Testing

@testable import DamCore

@Suite("Call: logout")
struct CallLogoutTests {
  private static let logout = "send POST /psapi/v3/mem/authenticate/logout"
  /// The response to a logout carries a deletion and then the very cookie that was sent.
  private static let trap = WireResponse.ok(
    "Set-Cookie: mem=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT", "Set-Cookie: mem=c1", "Set-Cookie: acs=a",
    data: "null")

  @Test("a logout wipes the record durably before it tells the server, and ignores the cookies of the response")
  func logout() throws {
    let play = try loggedIn()
    play.response(Self.trap)
    #expect(play.run(.logout).summary == "logged out: server")
    #expect(play.actions == ["lock session", "save session 2 durably", Self.logout])
    #expect(play.sent[0].secretHeader("Cookie") == "mem=c1")
    #expect(play.stored?.generation == 2)
    #expect(play.stored?.secret == nil)
    #expect(play.state.record.secret == nil)
  }

  @Test(
    "whatever the server says, the session is forgotten here",
    arguments: [
      (Play.Reply.response(.error(400, "SessionRequiredErr")), "server"), (.response(WireResponse(500)), "unconfirmed"),
      (.response(WireResponse(200)), "server"), (.failure(Failure(.connect, "no route")), "unconfirmed"),
    ])
  func results(reply: Play.Reply, expected: String) throws {
    let play = try loggedIn()
    play.replies = [reply]
    #expect(play.run(.logout).summary == "logged out: \(expected)")
    #expect(play.stored?.secret == nil)
  }

  @Test("forgetting tells nobody; where there is nothing, there is nothing to do")
  func forgetting() throws {
    let play = try loggedIn()
    #expect(play.run(.forget).summary == "logged out: local")
    #expect(play.sent.isEmpty)
    for goal in [CallGoal.logout, .forget] {
      play.clear()
      #expect(play.run(goal).summary == "logged out: none")
      #expect(play.actions == ["lock session"])
      #expect(Play(play.settings).run(goal).summary == "logged out: none")
    }
  }

  @Test("a record that cannot be wiped is a failure, though the server is told")
  func unwiped() throws {
    let play = try loggedIn()
    play.sessionSaveFails = "read-only"
    play.response(Self.trap)
    let outcome = play.run(.logout)
    #expect(outcome.summary == "store")
    #expect(outcome.failure?.message.contains("read-only") == true)
    #expect(play.sent.count == 1)
    #expect(play.state.record.secret == nil)
  }

  @Test("a logout ends the session that is stored, not an old one in memory")
  func newestSession() throws {
    let play = try loggedIn()
    let sibling = play.sibling()
    sibling.response(.expired, .cookie("s2"), .ok())
    _ = try sibling.request()
    play.session = sibling.session
    play.response(Self.trap)
    play.run(.logout)
    #expect(play.sent[0].secretHeader("Cookie") == "mem=s2")
    #expect(play.stored?.generation == 3)
  }

  @Test("the late cookie of a request that was under way does not bring the session back", arguments: [true, false])
  func lateCookie(isSameProcess: Bool) throws {
    let play = try loggedIn(["rotation": "newest"])
    let other = isSameProcess ? play : play.sibling()
    play.response(.cookie("late"))
    play.meanwhile = [
      (
        "request",
        { play in
          let replies = play.replies
          play.replies = []
          other.replies = [.response(Self.trap)]
          #expect(other.run(.logout).summary == "logged out: server")
          play.session = other.session
          play.replies = replies
        }
      )
    ]
    #expect(try play.request().summary == "delivered 1")
    #expect(play.stored?.secret == nil)
    #expect(play.state.record.secret == nil)
    #expect(play.state.record.generation == 2)
    // The next request logs in.
    play.response(.cookie("c3"), .ok())
    #expect(try play.request().summary == "delivered 3")
  }

  @Test("a request that finds its session logged out logs in anew; a login after a logout has a new generation")
  func loginAfterLogout() throws {
    let play = try loggedIn()
    play.response(Self.trap)
    play.run(.logout)
    play.response(.cookie("c3"))
    #expect(play.run(.ensure(again: false, saved: false)).summary == "ready 3")
  }

  @Test("FotoWeb is told nothing: there is no logout, and the token goes on counting")
  func fotoWeb() throws {
    let play = Play(try Sample.fotoWeb())
    play.response(WireResponse(200, ["Set-Cookie: FWSession=t1"]), WireResponse(200))
    play.run(.ensure(again: false, saved: false))
    play.clear()
    #expect(play.run(.logout).summary == "logged out: local")
    #expect(play.sent.isEmpty)
    #expect(play.storedAccount?.liveTokens == 1)
  }

  @Test("unknown fields and what was learned about idleness outlive the session")
  func successor() throws {
    let play = try loggedIn()
    var record = try #require(play.stored)
    record.unknown = ["from_the_future": .integer(1)]
    record.idle.died = 7200
    record.clockSkew = 5
    play.session = .record(record)
    play.state = SessionState()
    play.response(Self.trap)
    play.run(.logout)
    #expect(play.stored?.unknown == ["from_the_future": .integer(1)])
    #expect(play.stored?.idle.died == 7200)
    #expect(play.stored?.clockSkew == 5)
  }
}
