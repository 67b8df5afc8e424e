// CallConsentTests.swift - a person's consent in two halves: what is asked, and which answers are believed.

import TestSupport
import Testing

@testable import DamCore

@Suite("Consent")
struct CallConsentTests {
  @Test("the question names the program and hides the verifier; the answer proves it")
  func both() throws {
    let play = Play(try Sample.fotoWare(["scope": "read write"]))
    let url = try play.consentURL()
    let asked = Sample.query(url)
    #expect(url.hasPrefix("https://archive.example/fotoweb/oauth2/authorize?response_type=code&"))
    #expect(asked["client_id"] == "desk app" && asked["scope"] == "read write")
    #expect(asked["code_challenge_method"] == "S256")
    let verifier = try #require(play.stored?.consent?.verifier)
    #expect(asked["code_challenge"] == Base64.urlText(Hash.challenge(of: verifier.revealText())))
    #expect(asked["state"].map { Secret($0) } == play.stored?.consent?.state)
    // Another process takes the answer.
    let other = play.sibling()
    other.response(.tokens("A1", "R1"))
    #expect(other.run(.consent(.finish(redirected: " \(Sample.answer(to: url))\n"))).summary == "ready 1")
    let form = other.sent[0].fields
    #expect(form["grant_type"] == "authorization_code" && form["code"] == "c o+d&e")
    #expect(form["code_verifier"] == verifier.revealText() && form["client_secret"] == nil)
    #expect(other.stored?.consent?.verifier.isEmpty == true && other.state.statistics.consents == 1)
    #expect(!other.lines.contains { $0.message.contains(verifier.revealText()) || $0.message.contains("c o+d&e") })
  }

  @Test("RFC 7636, appendix B")
  func vector() {
    #expect(
      Base64.urlText(Hash.challenge(of: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    #expect(["", "f", "fo", "foo"].map { Base64.text($0.utf8) } == ["", "Zg==", "Zm8=", "Zm9v"])
  }

  @Test(
    "what is no answer to the last question is refused, and nothing is sent",
    arguments: [
      ("https://desk.example/callback?code=c&state=other", Failure.Cause.consent),
      ("https://desk.example/callback?code=c", .consent), ("https://desk.example/callback", .argument),
      ("", .argument), ("https://desk.example/callback?code=c&code=d&state=s", .argument),
    ])
  func wrong(answer: String, cause: Failure.Cause) throws {
    let play = Play(try Sample.fotoWare())
    _ = try play.consentURL()
    #expect(play.run(.consent(.finish(redirected: answer))).failure?.cause == cause)
    #expect(play.sent.isEmpty)
  }

  @Test("an answer is taken once, within ten minutes, and only to the last question")
  func once() throws {
    let play = Play(try Sample.fotoWare())
    let first = try play.consentURL()
    let second = try play.consentURL()
    #expect(play.run(.consent(.finish(redirected: Sample.answer(to: first)))).summary == "consent")
    play.now += 602
    #expect(play.run(.consent(.finish(redirected: Sample.answer(to: second)))).summary == "consent")
    let third = try play.consentURL()
    play.now += 600
    play.replies = [.failure(Failure(.timeout, "cut"))]
    #expect(play.run(.consent(.finish(redirected: Sample.answer(to: third)))).summary == "timeout")
    #expect(play.sibling().run(.consent(.finish(redirected: Sample.answer(to: third)))).summary == "consent")
    #expect(play.sent.count == 1)
  }

  @Test("a person who declines is told with the server's words")
  func declined() throws {
    let play = Play(try Sample.fotoWare())
    let state = Sample.query(try play.consentURL())["state"] ?? ""
    let answer = "http://localhost:9876/callback?error=access_denied&error_description=Not%20today&state=\(state)"
    let failure = play.run(.consent(.finish(redirected: answer))).failure
    #expect(failure?.cause == .consent && failure?.message.contains("access_denied: Not today") == true)
  }

  @Test("a question that cannot be kept is not asked; where nobody consents, nothing is")
  func unkept() throws {
    let play = Play(try Sample.fotoWare())
    play.sessionSaveFails = "the disk is full"
    #expect(play.run(.consent(.begin(entropy: Sample.entropy))).summary == "store")
    #expect(Play(try Sample.fotoWeb()).run(.consent(.begin(entropy: Sample.entropy))).summary == "notSupported")
  }
}
