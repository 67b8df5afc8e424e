// CallObserveEndTests.swift - responses to requests that were sent elsewhere and say that the session is over, or may
// say so: one login for all of them, none where there is a newer session, one question where there is a doubt.

import TestSupport
import Testing

@testable import DamCore

@Suite("Call: observing an end")
struct CallObserveEndTests {
  private static let keepalive = "send GET /psapi/v3/mem/user/session"
  private static let login = "send POST /psapi/v3/mem/authenticate"

  @Test("an end is one login for everybody who was sent with that secret")
  func expiry() throws {
    let play = try loggedIn()
    let tickets = (0..<3).map { _ in play.ticket() }
    play.response(.cookie("d1"))
    #expect(play.observe(.expired, tickets[1]) == "ready 2")
    #expect(
      play.actions == [
        "lock session", "lock account", Self.login, "save session 2", "unlock account",
      ])
    play.clear()
    #expect(play.observe(.expired, tickets[0]) == "ready 2")
    #expect(play.observe(WireResponse(401), tickets[2]) == "ready 2")
    #expect(play.actions == ["lock session", "lock session"])
    #expect(play.state.statistics.logins == 2)
    // Nobody can know which one it was: the present one.
    play.response(.cookie("e1"))
    #expect(play.observe(.expired, nil) == "ready 3")
  }

  @Test("a login that is refused is the verdict")
  func loginRefused() throws {
    let play = try loggedIn()
    play.response(.error(400, "AuthInvalidPasswordErr"))
    #expect(play.observe(.expired, play.ticket()) == "credentialsRefused")
  }

  @Test(
    "a session that was replaced meanwhile: its cookies are of the past, its end is no news",
    arguments: [
      (.ok("Set-Cookie: mem=old", "Set-Cookie: other=old"), "delivered 1"), (.expired, "ready 2"),
      (WireResponse(401), "ready 2"), (WireResponse(403), "ready 2"),
      (WireResponse(302, ["Location: /login"]), "ready 2"),
      (WireResponse(404), "delivered 1"), (WireResponse(500), "server"),
    ] as [(WireResponse, String)], ["own", "sibling"])
  func replaced(observed: (response: WireResponse, expected: String), by whom: String) throws {
    let play = try loggedIn()
    let ticket = play.ticket()
    let other = whom == "own" ? play : play.sibling()
    other.response(.expired, .cookie("new"), .ok())
    #expect(try other.request().summary == "delivered 2, 1 replay")
    play.session = other.session
    play.clear()
    #expect(play.observe(observed.response, ticket) == observed.expected)
    #expect(play.actions == ["lock session"])
    #expect(play.storedCookie == "mem=new")
    #expect(play.state.record.secret?.cookies.header?.revealText() == "mem=new")
  }

  @Test("a cookie that has been rotated since was refused: there is a newer one, and no login")
  func olderCookie() throws {
    let play = try loggedIn()
    let ticket = play.ticket()
    play.response(.cookie("c2"))
    #expect(try play.request().summary == "delivered 1")
    play.clear()
    #expect(play.observe(.expired, ticket) == "ready 1")
    #expect(play.actions == ["lock session"])
    // The newest was refused as well: now it is over.
    play.response(.cookie("d1"))
    #expect(play.observe(.expired, play.ticket()) == "ready 2")
  }

  @Test("after a logout no cookie comes back")
  func loggedOut() throws {
    let play = try loggedIn()
    let ticket = play.ticket()
    play.response(.ok())
    #expect(play.run(.logout).summary == "logged out: server")
    #expect(play.observe(.cookie("c2"), ticket) == "delivered 1")
    #expect(play.state.record.secret == nil)
    #expect(play.stored?.secret == nil)
  }

  @Test(
    "a suspicion costs one small request: the response was the application's own",
    arguments: [WireResponse(403), WireResponse(302, ["Location: /login"])], ["cookie", "token"])
  func suspicionUnfounded(response: WireResponse, authentication: String) throws {
    let play = try loggedIn(["authentication": authentication])
    play.response(.ok())
    #expect(play.observe(response, play.ticket()) == "delivered 1")
    #expect(play.actions.filter { $0.hasPrefix("send") } == [Self.keepalive])
    #expect(play.state.statistics.logins == 1)
  }

  @Test(
    "or it was an end: one login, once more",
    arguments: [WireResponse.expired, WireResponse(403), WireResponse(302, ["Location: /login"])])
  func suspicionFounded(confirmation: WireResponse) throws {
    let play = try loggedIn()
    play.response(confirmation, .cookie("d1"))
    #expect(play.observe(WireResponse(403), play.ticket()) == "ready 2")
    #expect(play.actions.filter { $0.hasPrefix("send") } == [Self.keepalive, Self.login])
  }

  @Test("or the question itself fails, which is the verdict")
  func suspicionOpen() throws {
    let play = try loggedIn()
    play.response(WireResponse(500))
    #expect(play.observe(WireResponse(403), play.ticket()) == "server")
    play.replies = [.failure(Failure(.connect, "no route"))]
    #expect(play.observe(WireResponse(403), play.ticket()) == "connect")
    #expect(play.state.statistics.logins == 1)
  }

  @Test("the rotated cookie of a suspicious response carries the question")
  func suspicionRotates() throws {
    let play = try loggedIn()
    play.response(.cookie("c3"))
    #expect(play.observe(WireResponse(403, ["Set-Cookie: mem=c2"]), play.ticket()) == "delivered 1")
    #expect(play.sent.map { $0.secretHeader("Cookie") } == ["mem=c2"])
    #expect(play.storedCookie == "mem=c3")
  }

  @Test("a page is no suspicion, since nobody knows what was asked for")
  func page() throws {
    let play = try loggedIn()
    #expect(play.observe(WireResponse(200, ["Content-Type: text/html"], "<html>"), play.ticket()) == "delivered 1")
    #expect(play.sent.isEmpty)
  }

  @Test("a server that quotes the secret is not quoted")
  func quoted() throws {
    for authentication in ["cookie", "token"] {
      let play = try loggedIn(["authentication": authentication])
      let secret = "long-enough-\(authentication)"
      play.response(
        .expired, authentication == "token" ? .ok(data: #"{"token":"\#(secret)"}"#) : .cookie(secret), .ok())
      _ = try play.request()
      let failure = play.run(.observe(.error(400, "ApiKeyInvalidErr", "you sent \(secret)"), play.ticket())).failure
      #expect(failure?.cause == .apiKeyRefused)
      #expect(failure?.message.contains("you sent ***") == true)
    }
  }

  @Test("nobody knows when it was sent, so nothing is learned of idleness and clocks")
  func learning() throws {
    let play = try loggedIn()
    let early = play.ticket()
    play.now += 4000
    #expect(play.observe(WireResponse(200, ["Date: Thu, 01 Jan 1970 00:00:00 GMT"]), early) == "delivered 1")
    #expect(play.state.record.idle == IdleClock())
    #expect(play.state.record.clockSkew == 0)
    play.response(.expired, .cookie("d1"), .ok())
    #expect(try play.request().summary == "delivered 2, 1 replay")
    play.now += 400
    #expect(play.observe(.expired, early) == "ready 2")
    #expect(play.state.record.idle == IdleClock())
  }

  @Test("a device token is given up only when it is proven dead", arguments: [401, 403] as [Int32])
  func deviceToken(status: Int32) throws {
    let play = Play(try Sample.fotoWeb())
    let token = { (value: String) in WireResponse(200, ["Set-Cookie: FWSession=\(value)"]) }
    play.response(token("d1"), WireResponse(200))
    #expect(play.run(.ensure(again: false, saved: true)).summary == "ready 1")
    play.response(WireResponse(200))
    #expect(play.observe(WireResponse(status, ["Set-Cookie: FWSession=guest"]), play.ticket()) == "delivered 1")
    #expect(play.storedCookie == "FWSession=d1")
    play.response(WireResponse(status), token("d2"), WireResponse(200))
    #expect(play.observe(WireResponse(status), play.ticket()) == "ready 2")
    #expect(play.storedCookie == "FWSession=d2")
  }
}
