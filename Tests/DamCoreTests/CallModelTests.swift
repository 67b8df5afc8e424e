// CallModelTests.swift - the promises of the engine, over thousands of schedules. A failure names its seed; run that
// one alone by narrowing `seeds`.

import TestSupport
import Testing

@testable import DamCore

@Suite("Call: any schedule")
struct CallModelTests {
  static let seeds: Range<UInt64> = 0..<600

  static let kinds = [
    ModelKind(description: "cookies one by one, superseded ones refused", options: [:], isStrict: true),
    ModelKind(
      description: "the same with an organization, logouts and lost responses", options: ["organization": "O1"],
      isStrict: true, expiry: .status401, losesAnswers: true, logsOut: true),
    ModelKind(
      description: "the same where an expiry looks like a page", options: [:], isStrict: true, expiry: .redirect,
      logsOut: true),
    ModelKind(
      description: "cookies in parallel, older ones accepted", options: ["rotation": "newest"], losesAnswers: true,
      logsOut: true),
    ModelKind(
      description: "tokens", options: ["authentication": "token", "organization": "O1"], expiry: .status401,
      losesAnswers: true, logsOut: true),
    ModelKind(
      description: "device tokens", options: ["token-limit": "10000", "token-reserve": "0"], isFotoWeb: true,
      expiry: .status401, losesAnswers: true, logsOut: true),
    ModelKind(description: "refresh tokens that are good once", options: [:], expiry: .status401, renewals: .strict),
    ModelKind(
      description: "the same where a renewal ends older access tokens", options: [:], expiry: .status401,
      renewals: .endsAccess),
    ModelKind(
      description: "the same with lost responses and kills", options: [:], expiry: .status401, losesAnswers: true,
      renewals: .strict, kills: true),
    ModelKind(
      description: "refresh tokens that are good until their successor was used, with lost responses and kills",
      options: [:], expiry: .status401, losesAnswers: true, renewals: .forgiving, kills: true),
  ]

  @Test("one expiry is one login, nobody is refused, nothing comes back from the past", arguments: kinds)
  func promises(kind: ModelKind) throws {
    for seed in Self.seeds {
      var model = try Model(kind, seed: seed)
      do throws(Violation) {
        try model.run()
        try checkEnd(model)
      } catch {
        Issue.record("seed \(seed): \(error)\n\(model.trace.suffix(60).joined(separator: "\n"))")
        return
      }
    }
  }

  private func checkEnd(_ model: Model) throws(Violation) {
    guard model.server.logins <= model.loginsAllowed else {
      throw Violation(description: "\(model.server.logins) logins where \(model.loginsAllowed) were needed")
    }
    for (process, both) in model.knowledge() {
      guard process.generation == both.generation, secret(process) == secret(both), secret(both) == secret(model.stored)
      else { throw Violation(description: "records do not converge: \(process) \(both)") }
    }
    if let tokens = model.server.tokens { try checkTokens(tokens, model) }
    guard model.kind.isFotoWeb else { return }
    let ledger = model.account?.ledger.count ?? 0
    guard ledger == model.tokensReceived else {
      throw Violation(description: "\(model.tokensReceived) device tokens obtained, \(ledger) in the ledger")
    }
  }

  /// Whatever was lost on the way, the store has a token that the server takes, unless the server has ended them all;
  /// and it ends them only where an answer was lost.
  private func checkTokens(_ tokens: RefreshTokens, _ model: Model) throws(Violation) {
    guard !tokens.isOver || (tokens.manner != .forgiving && (model.kind.losesAnswers || model.kind.kills)) else {
      throw Violation(description: "a person must consent again, although nothing was lost")
    }
    guard !tokens.isOver, !model.kind.losesAnswers || tokens.manner == .forgiving else { return }
    guard let token = model.refreshToken, tokens.isGood(token) else {
      throw Violation(description: "the store holds no refresh token that is any good")
    }
  }

  private func secret(_ record: SessionRecord?) -> String {
    guard let secret = record?.secret else { return "none" }
    let cookies = secret.cookies.live.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value)" }
    return "\(cookies) \(secret.token?.revealText() ?? "")"
  }
}
