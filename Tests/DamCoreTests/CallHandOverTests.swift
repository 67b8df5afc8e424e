// CallHandOverTests.swift - a session on its way to another machine: it is at one place at a time, and only whoever
// knows the pass-phrase gets it.

import TestSupport
import Testing

@testable import DamCore

@Suite("Hand-over")
struct CallHandOverTests {
  private static let phrase = Secret("correct horse")

  private func consented(_ changes: [String: String?] = [:]) throws -> Play {
    let play = Play(try Sample.fotoWare(changes))
    play.response(.tokens("access-1", "refresh-1"))
    let url = try play.consentURL()
    _ = play.run(.consent(.finish(redirected: Sample.answer(to: url))))
    play.clear()
    return play
  }

  /// What was given.
  private func give(_ play: Play) throws -> Secret {
    #expect(play.run(.handOver(.give(phrase: Self.phrase, entropy: [UInt8](0..<16)))).summary == "logged out: local")
    return try #require(play.given.last)
  }

  /// At another machine: with nothing in common but the options.
  private func take(
    _ sealed: Secret, _ phrase: Secret = phrase, _ changes: [String: String?] = [:]
  ) throws -> (CallOutcome, Play) {
    let play = Play(try Sample.fotoWare(changes))
    return (play.run(.handOver(.take(sealed, phrase: phrase))), play)
  }

  @Test("it goes there whole, and is gone here")
  func whole() throws {
    let play = try consented()
    let sealed = try give(play)
    #expect(play.actions == ["lock session", "derive", "give", "save session 2 durably"])
    #expect(play.stored?.secret == nil && play.stored?.generation == 2)
    #expect(try play.request("me").summary == "consent")
    let (outcome, other) = try take(sealed)
    #expect(outcome.summary == "ready 1")
    #expect(
      other.stored?.secret?.refreshToken == Secret("refresh-1") && other.stored?.secret?.token == Secret("access-1"))
    #expect(other.stored?.consent == nil)
    other.response(.ok())
    #expect(try other.request("me").summary == "delivered 1")
    for secret in ["access", "refresh", "correct"] { #expect(!sealed.revealText().contains(secret)) }
  }

  @Test("a renewal that was in doubt stays in doubt")
  func doubt() throws {
    let play = try consented()
    play.now += 3600
    play.replies = [.failure(Failure(.timeout, "cut"))]
    _ = try play.request("me")
    let (_, other) = try take(try give(play))
    other.now = play.now
    other.response(.tokens("A2", "R2"), .ok())
    #expect(try other.request("me").summary == "delivered 2")
    #expect(other.state.statistics.renewalsInDoubt == 1)
  }

  @Test("what the application does not take stays; what cannot be wiped is told")
  func kept() throws {
    let play = try consented()
    play.refusesGift = Failure(.callback, "no")
    #expect(play.run(.handOver(.give(phrase: Self.phrase, entropy: [UInt8](0..<16)))).summary == "callback")
    #expect(play.stored?.secret?.refreshToken == Secret("refresh-1"))
    play.refusesGift = nil
    play.sessionSaveFails = "the disk is full"
    let failure = play.run(.handOver(.give(phrase: Self.phrase, entropy: [UInt8](0..<16)))).failure
    #expect(failure?.cause == .store && failure?.message.contains("forget it") == true)
  }

  @Test("without a refresh token there is nothing to hand over")
  func nothing() throws {
    #expect(
      Play(try Sample.fotoWare()).run(.handOver(.give(phrase: Self.phrase, entropy: [UInt8](0..<16)))).summary
        == "consent")
    let play = Play(try Sample.photoShelter())
    #expect(play.run(.handOver(.give(phrase: Self.phrase, entropy: [UInt8](0..<16)))).summary == "consent")
    #expect(play.given.isEmpty)
  }

  @Test("another pass-phrase, another account, or a changed line opens nothing")
  func refused() throws {
    let sealed = try give(try consented())
    let text = sealed.revealText()
    let wrong: [(Secret, Secret, [String: String?], String)] = [
      (sealed, Secret("wrong horse"), [:], "pass-phrase"),
      (sealed, Self.phrase, ["user": "somebody"], "user \"\": open one"),
      (sealed, Self.phrase, ["client-id": "other"], "open one with the same"),
      (Secret(String(text.dropLast())), Self.phrase, [:], "session"),
      (Secret(text.replacing(".00", with: ".01")), Self.phrase, [:], "pass-phrase"),
      (Secret(""), Self.phrase, [:], "not all of it"), (Secret("a.b.c"), Self.phrase, [:], "not all of it"),
      (Secret(text + "."), Self.phrase, [:], "not all of it"),
    ]
    for (line, phrase, changes, words) in wrong {
      let (outcome, play) = try take(line, phrase, changes)
      #expect(outcome.failure?.cause == .argument && outcome.failure?.message.contains(words) == true)
      #expect(play.stored == nil)
    }
  }

  @Test("white space that a mail has put in does not count; a session that was there is replaced")
  func mailed() throws {
    let sealed = try give(try consented()).revealText()
    let folded = sealed.prefix(70) + "\r\n " + sealed.dropFirst(70) + "\n"
    let play = try consented()
    #expect(play.run(.handOver(.take(Secret(String(folded)), phrase: Self.phrase))).summary == "ready 2")
    play.sessionSaveFails = "the disk is full"
    #expect(play.run(.handOver(.take(Secret(sealed), phrase: Self.phrase))).summary == "store")
  }
}
