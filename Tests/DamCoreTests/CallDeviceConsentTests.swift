// CallDeviceConsentTests.swift - a person's consent by a code that they type elsewhere (RFC 8628): how often the server
// is asked, by which process, and when it is over.

import TestSupport
import Testing

@testable import DamCore

@Suite("Consent by a code")
struct CallDeviceConsentTests {
  private static let question =
    #"{"device_code":"D1","user_code":"ABCD-EFGH","verification_uri":"https://a.example/type","interval":3,"expires_in":900}"#

  private func play(_ body: String = question) throws -> Play {
    let play = Play(try Sample.fotoWare(["device-path": "/fotoweb/oauth2/device", "scope": "read"]))
    play.response(WireResponse(200, [], body))
    return play
  }

  private func refused(_ word: String) -> WireResponse { WireResponse(400, [], #"{"error":"\#(word)"}"#) }

  @Test("a code is asked for, typed elsewhere, and asked after by another process until it was")
  func typed() throws {
    let play = try play()
    #expect(play.run(.consent(.beginDevice)).summary == "type ABCD-EFGH")
    #expect(play.sent[0].target == "/fotoweb/oauth2/device" && play.sent[0].form == "scope=read&client_id=desk%20app")
    #expect(play.stored?.consent?.interval == 3 && play.stored?.consent?.life == 900)
    let other = play.sibling()
    other.response(refused("authorization_pending"), refused("slow_down"), .tokens("A1", "R1"), .ok())
    for wait in [3, 8] as [Int32] {
      let failure = other.run(.consent(.poll)).failure
      #expect(failure?.cause == .consent && failure?.retryAfter == wait)
    }
    // Slower for everybody, and for good.
    #expect(other.stored?.consent?.interval == 8)
    #expect(other.run(.consent(.poll)).summary == "ready 1")
    #expect(other.sent[2].fields["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code")
    #expect(other.sent[2].fields["device_code"] == "D1" && other.state.statistics.consents == 1)
    #expect(try other.request("me").summary == "delivered 1")
    // Whoever asks late finds the session that there is, and does not spend the code again.
    let third = other.sibling()
    #expect(third.run(.consent(.poll)).summary == "ready 1" && third.sent.isEmpty)
  }

  @Test("a no, and a code whose time is over, are the end", arguments: ["access_denied", "expired_token"])
  func declined(word: String) throws {
    let play = try play()
    _ = play.run(.consent(.beginDevice))
    play.response(refused(word))
    let failure = play.run(.consent(.poll)).failure
    #expect(failure?.cause == .consent && failure?.retryAfter == nil && failure?.message.contains(word) == true)
  }

  @Test("nothing is asked after once the time is over, or where nobody was given a code")
  func late() throws {
    let play = try play()
    #expect(play.run(.consent(.poll)).summary == "consent")
    _ = play.run(.consent(.beginDevice))
    play.now += 901
    #expect(play.run(.consent(.poll)).summary == "consent")
    #expect(play.sent.count == 1)
  }

  @Test("what fails on the way says nothing of the person: the next one asks again")
  func trouble() throws {
    let play = try play()
    _ = play.run(.consent(.beginDevice))
    play.replies = [.failure(Failure(.timeout, "cut"))]
    play.response(WireResponse(503), .tokens("A1", "R1"))
    #expect(play.run(.consent(.poll)).summary == "timeout")
    #expect(play.run(.consent(.poll)).summary == "server")
    #expect(play.run(.consent(.poll)).summary == "ready 1")
  }

  @Test(
    "what is no question is refused, and nothing is kept of it",
    arguments: [
      "{}", "<html>", #"{"user_code":"A","verification_uri":"u"}"#,
      #"{"device_code":"D1","user_code":"A\u001b","verification_uri":"u"}"#,
      #"{"device_code":"D 1","user_code":"A","verification_uri":"u"}"#,
    ])
  func strange(body: String) throws {
    let play = try play(body)
    #expect(play.run(.consent(.beginDevice)).summary == "protocolViolation")
    #expect(play.stored?.consent == nil)
  }

  @Test("without a place for it, or without anybody who consents, there is no code")
  func unsupported() throws {
    let play = Play(try Sample.fotoWare())
    #expect(play.run(.consent(.beginDevice)).failure?.message.contains("device-path") == true)
    #expect(Play(try Sample.photoShelter()).run(.consent(.beginDevice)).summary == "notSupported")
    #expect(play.sent.isEmpty)
  }

  @Test("an answer from a browser is none to a question by code")
  func otherWay() throws {
    let play = try play()
    _ = play.run(.consent(.beginDevice))
    #expect(play.run(.consent(.finish(redirected: "?code=c&state=D1"))).summary == "consent")
    #expect(play.sent.count == 1)
  }

  @Test("a refusal in a renewal that only a person could mean costs no refresh token")
  func renewal() throws {
    let play = try play()
    _ = play.run(.consent(.beginDevice))
    play.response(.tokens("A1", "R1"))
    _ = play.run(.consent(.poll))
    play.now += 3600
    play.response(refused("access_denied"))
    #expect(try play.request("me").summary == "protocolViolation")
    #expect(play.stored?.secret?.refreshToken == Secret("R1"))
  }
}
