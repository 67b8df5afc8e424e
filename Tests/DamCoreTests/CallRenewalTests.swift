// CallRenewalTests.swift - sessions that renew themselves: a refresh token is spent once, and what it yields is saved
// before it is used; whatever happens in between, no token is lost that the server still takes.

import TestSupport
import Testing

@testable import DamCore

@Suite("Renewal")
struct CallRenewalTests {
  /// A session with the token "A1", which lives for so long, and the refresh token "R1".
  @Test("an expired token is renewed before it is sent, with one refresh token, and both are saved first")
  func expired() throws {
    let play = try Play.consented()
    play.now += 3600
    play.response(.tokens("A2", "R2"), .ok())
    #expect(try play.request("me").summary == "delivered 2")
    #expect(
      play.actions == [
        "load", "lock session", "save session 1 durably", "send POST /fotoweb/oauth2/token", "save session 2 durably",
        "unlock", "request GET /fotoweb/me",
      ])
    #expect(play.sent[0].fields["refresh_token"] == "R1" && play.sent[1].bearer == "A2")
    #expect(play.stored?.secret?.refreshToken == Secret("R2") && play.stored?.renewing == nil)
    #expect(play.state.statistics.renewals == 1 && play.state.statistics.renewalsInDoubt == 0)
    play.response(.ok())
    #expect(try play.request("me").summary == "delivered 2")
  }

  @Test("an answer without a refresh token keeps the old one")
  func kept() throws {
    let play = try Play.consented()
    play.now += 3600
    play.response(.tokens("A2", nil), .ok())
    #expect(try play.request("me").summary == "delivered 2")
    #expect(play.stored?.secret?.refreshToken == Secret("R1"))
  }

  @Test("a token that ends soon is renewed ahead of time, some processes later than others")
  func ahead() throws {
    for (patience, left, renews) in [(0, 60, true), (0, 61, false), (100, 31, false), (100, 30, true)]
      as [(Int64, Int, Bool)]
    {
      let play = try Play.consented(life: 3600)
      play.state.patience = patience
      play.now += 3600 - Int64(left)
      if renews { play.response(.tokens("A2", "R2")) }
      play.response(.ok())
      #expect(try play.request("me").summary == (renews ? "delivered 2" : "delivered 1"))
    }
  }

  @Test("a renewal ahead of time does not wait for whoever has the session: they may be at it")
  func aheadBusy() throws {
    let play = try Play.consented(life: 3600)
    play.now += 3590
    play.sessionLocking = .busy
    play.response(.ok(), .ok())
    #expect(try play.request("me").summary == "delivered 1")
    #expect(play.actions == ["load", "try to lock session", "unlock", "request GET /fotoweb/me"])
    play.clear()
    #expect(try play.request("me").summary == "delivered 1")
    #expect(play.actions == ["load", "request GET /fotoweb/me"])
  }

  @Test("a renewal ahead of time that fails changes nothing, and is not repeated at once")
  func aheadFails() throws {
    let play = try Play.consented(life: 3600)
    play.now += 3590
    play.response(WireResponse(500), .ok(), .ok())
    #expect(try play.request("me").summary == "delivered 1")
    #expect(try play.request("me").summary == "delivered 1")
    #expect(play.sent.map(\.method) == ["POST", "GET", "GET"])
    play.now += 10
    play.response(.tokens("A2", "R2"), .ok())
    #expect(try play.request("me").summary == "delivered 2")
    #expect(play.state.statistics.renewalsInDoubt == 1)
  }

  @Test("a token that the server ended is renewed, and the request is sent again")
  func refused() throws {
    let play = try Play.consented()
    play.response(WireResponse(401), .tokens("A2", "R2"), .ok())
    #expect(try play.request("me").summary == "delivered 2, 1 replay")
    #expect(play.sent.map { $0.bearer ?? "" } == ["A1", "", "A2"])
  }

  @Test("a sibling's renewal ends our token: that is a replay with its token, and no renewal")
  func sibling() throws {
    let play = try Play.consented()
    let other = play.sibling()
    other.now += 3590
    other.response(.tokens("A2", "R2"), .ok())
    #expect(try other.request("me").summary == "delivered 2")
    play.meanwhile = [("request GET", { $0.session = other.session })]
    play.response(WireResponse(401), .ok())
    #expect(try play.request("me").summary == "delivered 2, 1 replay")
    #expect(play.state.statistics.renewals == 0)
  }

  @Test("a new token that is refused at once is not renewed again: something else is wrong")
  func refusedAnew() throws {
    let play = try Play.consented()
    play.response(WireResponse(401), .tokens("A2", "R2"), WireResponse(401))
    let failure = try play.request("me").failure
    #expect(failure?.cause == .sessionInvalid && failure?.message.contains("proxy") == true)
    #expect(play.sent.count == 3)
  }

  // MARK: In doubt

  @Test(
    "whoever is killed, or hears no answer, leaves a mark; the next one sends the same token once more",
    arguments: [Failure.Cause.timeout, .transfer, .cancelled])
  func doubt(cause: Failure.Cause) throws {
    let play = try Play.consented()
    play.now += 3600
    play.replies = [.failure(Failure(cause, "cut"))]
    #expect(try play.request("me").summary == "\(cause)")
    #expect(play.stored?.secret?.refreshToken == Secret("R1") && play.stored?.renewing?.isOver == false)
    let next = play.sibling()
    next.response(.tokens("A2", "R2"), .ok())
    #expect(try next.request("me").summary == "delivered 2")
    #expect(next.sent[0].fields["refresh_token"] == "R1" && next.state.statistics.renewalsInDoubt == 1)
    #expect(next.stored?.renewing == nil)
  }

  @Test("what was never sent is in no doubt", arguments: [Failure.Cause.connect, .tls])
  func unsent(cause: Failure.Cause) throws {
    let play = try Play.consented()
    play.now += 3600
    play.replies = [.failure(Failure(cause, "nobody there"))]
    #expect(try play.request("me").summary == "\(cause)")
    #expect(play.stored?.renewing?.isOver == true)
    play.response(.tokens("A2", "R2"), .ok())
    #expect(try play.request("me").summary == "delivered 2")
    #expect(play.state.statistics.renewalsInDoubt == 0)
  }

  @Test("a refresh token is not spent where the next one could not be kept")
  func unkept() throws {
    let play = try Play.consented()
    play.now += 3600
    play.sessionSaveFails = "the disk is full"
    #expect(try play.request("me").summary == "store")
    #expect(play.sent.isEmpty)
    play.sessionSaveFails = nil
    play.response(.tokens("A2", "R2"), .ok())
    #expect(try play.request("me").summary == "delivered 2")
  }

  @Test("new tokens that cannot be saved are used, told of, and saved with the next request")
  func unsaved() throws {
    let play = try Play.consented()
    play.now += 3600
    play.response(.tokens("A2", "R2"), .ok(), .ok())
    play.meanwhile = [("send POST", { $0.sessionSaveFails = "the disk is full" })]
    #expect(try play.request("me").summary == "delivered 2")
    #expect(play.lines.contains { $0.level == .error && $0.message.contains("could not be saved") })
    play.sessionSaveFails = nil
    #expect(try play.request("me").summary == "delivered 2")
    #expect(play.stored?.secret?.refreshToken == Secret("R2"))
  }

  // MARK: With an organization step

  /// The same at PhotoShelter, for an organization.
  private func member() throws -> Play {
    let options = ["authentication": "oauth", "client-id": "desk", "organization": "O1"]
    let play = Play(try Sample.photoShelter(options))
    play.response(.tokens("A1", "R1"), .ok())
    let url = try play.consentURL()
    #expect(play.run(.consent(.finish(redirected: Sample.answer(to: url)))).summary == "ready 2")
    #expect(
      play.actions == [
        "lock session", "save session 0 durably", "lock session", "save session 0 durably",
        "send POST /psapi/v4.0/oauth/token", "save session 1 durably",
        "send POST /psapi/v3/mem/organization/O1/authenticate", "save session 2 durably",
      ])
    play.clear()
    play.now += 3600
    return play
  }

  @Test("the next refresh token is saved before the organization step, and no access token with it")
  func half() throws {
    let play = try member()
    play.response(.tokens("A2", "R2"), .ok(), .ok())
    play.meanwhile = [
      (
        "send POST /psapi/v3/mem/organization",
        { play in
          #expect(play.stored?.secret?.refreshToken == Secret("R2") && play.stored?.secret?.token == nil)
        }
      )
    ]
    #expect(try play.request().summary == "delivered 4")
    #expect(play.stored?.secret?.token == Secret("A2") && play.stored?.secret?.refreshToken == Secret("R2"))
    #expect(play.state.statistics.renewals == 1 && play.state.statistics.organizationLogins == 2)
  }

  @Test(
    "whatever becomes of the organization step, the next refresh token is kept, and the next call renews with it",
    arguments: [
      .failure(Failure(.timeout, "cut")), .failure(Failure(.connect, "nobody there")), .response(WireResponse(500)),
      .response(WireResponse(401)), .response(.error(403, "OrgErr")),
    ] as [Play.Reply])
  func halfFailed(reply: Play.Reply) throws {
    let play = try member()
    play.response(.tokens("A2", "R2"))
    play.replies.append(reply)
    #expect(try play.request().failure?.cause != .consent)
    #expect(play.stored?.secret?.refreshToken == Secret("R2") && play.stored?.secret?.token == nil)
    let next = play.sibling()
    next.response(.tokens("A3", "R3"), .ok(), .ok())
    #expect(try next.request().summary.hasPrefix("delivered") == true)
    #expect(next.sent[0].fields["refresh_token"] == "R2" && next.state.statistics.renewalsInDoubt == 0)
  }

  @Test("a renewal ahead of time whose organization step fails keeps the token that still works")
  func halfAhead() throws {
    let play = try member()
    play.now -= 10
    play.response(.tokens("A2", "R2"), WireResponse(500), .ok())
    #expect(try play.request().summary == "delivered 3")
    #expect(play.sent.last?.bearer == "A1" && play.stored?.secret?.refreshToken == Secret("R2"))
    play.now += 10
    play.response(.tokens("A3", "R3"), .ok(), .ok())
    #expect(try play.request().summary == "delivered 5")
    #expect(play.sent.last?.bearer == "A3")
  }

  // MARK: Refused

  @Test(
    "a refresh token that is refused is forgotten, and a person must consent; nobody is asked for a password",
    arguments: [
      #"{"error":"invalid_grant","error_description":"Token has been revoked"}"#, "",
      #"{"errors":[{"id":"OAuthServerException","title":"The refresh token is invalid."}]}"#,
    ])
  func refusedGrant(body: String) throws {
    let play = try Play.consented()
    play.now += 3600
    play.response(WireResponse(400, [], body))
    let failure = try play.request("me").failure
    #expect(failure?.cause == .consent && failure?.message.contains("R1") == false)
    #expect(play.stored?.secret == nil && play.stored?.generation == 2)
    #expect(!play.actions.contains("ask") && !play.actions.contains("lock account"))
    #expect(try play.request("me").summary == "consent")
    #expect(play.sent.count == 1)
  }

  @Test("a refresh token that is refused ahead of time leaves what still works, until that ends")
  func refusedAhead() throws {
    let play = try Play.consented()
    play.now += 3590
    play.response(WireResponse(400, [], #"{"error":"invalid_grant"}"#), .ok(), .ok())
    #expect(try play.request("me").summary == "delivered 2")
    #expect(play.stored?.secret?.token == Secret("A1") && play.stored?.secret?.refreshToken == nil)
    #expect(try play.request("me").summary == "delivered 2")
    play.now += 10
    #expect(try play.request("me").summary == "consent")
    #expect(play.sent.count == 3)
  }

  @Test("a refusal looks at the store again: a sibling on a store without locks was quicker")
  func quicker() throws {
    let play = try Play.consented()
    play.now += 3600
    let other = play.sibling()
    other.response(.tokens("A2", "R2"), .ok())
    play.meanwhile = [
      (
        "send POST",
        { play in
          #expect((try? other.request("me").summary) == "delivered 2")
          play.session = other.session
        }
      )
    ]
    play.response(WireResponse(400, [], #"{"error":"invalid_grant"}"#), .ok())
    #expect(try play.request("me").summary == "delivered 2")
    #expect(play.stored?.secret?.refreshToken == Secret("R2"))
  }

  @Test("an error that says nothing of the token does not cost it", arguments: [429, 500, 503, 404, 403])
  func unrelated(status: Int32) throws {
    let play = try Play.consented()
    play.now += 3600
    play.response(WireResponse(status))
    #expect(try play.request("me").failure?.cause != .consent)
    #expect(play.stored?.secret?.refreshToken == Secret("R1"))
    play.response(.tokens("A2", "R2"), .ok())
    #expect(try play.request("me").summary == "delivered 2")
    // A server that failed may have spent it before.
    #expect(play.state.statistics.renewalsInDoubt == (status < 500 ? 0 : 1))
  }

  @Test("a session that was never consented to says so")
  func never() throws {
    let play = Play(try Sample.fotoWare())
    #expect(try play.request("me").failure?.message.contains("must consent first") == true)
    #expect(play.run(.ensure(again: false, saved: true)).summary == "consent")
  }
}
