// Refusals.swift - how often a call was told that its secret is not good, and when it stops logging in for that.

struct Refusals: Sendable {
  /// What follows from a refusal.
  enum Judgement {
    /// The call goes on: with a newer secret if there is one, else with a login.
    case needsAnother
    /// The call fails: the secret is scarce and has never worked. `isNews`: the record does not say so yet.
    case wasNew(Failure, isNews: Bool)
    /// The call fails: more logins do not help.
    case isEnough(Failure)
  }

  /// How often a secret was refused to this call.
  private var count = 0

  /// Remembers which secret was refused, and decides what follows.
  mutating func judge(_ response: WireResponse, _ sent: Exchange.Sent, _ context: inout CallContext) -> Judgement {
    // At most five refusals: of the secret that was there, after each of two logins of our own, and of newer ones that
    // siblings had.
    count += 1
    if let judgement = judgeNew(response, sent, &context) { return judgement }
    // What a renewal has just made would not be better for another one.
    let isRenewed = context.made.renewed == sent.freshness.generation
    guard context.relogins < 2, count < 5, !isRenewed else {
      let what = isRenewed ? "renewal" : "new login"
      return .isEnough(
        Failure(
          .sessionInvalid, "the session was refused again right after a \(what) (HTTP \(response.status))",
          httpStatus: response.status
        ).adding(context.system.causeOfNewRefusal))
    }
    // From the second refusal on, every cookie of the refused login counts as refused: one more is not worth a try.
    context.refused =
      context.refused == nil
      ? sent.freshness : Freshness(generation: sent.freshness.generation, stamp: .max)
    if let restedSince = sent.restedSince, context.system.hasIdleLimit {
      context.state.record.idle.sawDeath(after: context.moment.seconds - restedSince)
    }
    context.log(.info, "the server refuses generation \(sent.freshness.generation) (HTTP \(response.status))")
    return .needsAnother
  }

  /// Whether a scarce secret was refused that has never worked. It is not replaced automatically: something else is
  /// wrong (a licence, a right, a restart), and every request would use up one more. One that nobody knows to have been
  /// refused before may be replaced, since the process that obtained it may have ended before it could try it. nil: it
  /// may be replaced.
  private func judgeNew(
    _ response: WireResponse, _ sent: Exchange.Sent, _ context: inout CallContext
  ) -> Judgement? {
    guard context.system.isScarce, context.state.record.generation == sent.freshness.generation, !context.isServed()
    else { return nil }
    let isNews = context.reject()
    guard context.isRejected else { return nil }
    return .wasNew(
      Failure(
        .sessionInvalid,
        "the server refuses the device token (HTTP \(response.status)), which has never worked, so no other is taken"
          + " for it: a licence or a right may be missing, or the server out of order; if the token was revoked, forget the"
          + " session and log in again", httpStatus: response.status), isNews: isNews)
  }
}
