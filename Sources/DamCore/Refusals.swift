// Refusals.swift - how often a call was told that its secret is not good, and when that is enough.

struct Refusals: Sendable {
  enum Judgement {
    /// Something newer is to be used, or somebody logs in.
    case needsAnother
    /// A scarce secret that has never worked; `isNews`: nobody has written that down yet.
    case wasNew(Failure, isNews: Bool)
    /// Logins do not help.
    case isEnough(Failure)
  }

  private var count = 0

  /// Remembers which secret was refused.
  mutating func judge(_ response: WireResponse, _ sent: Exchange.Sent, _ context: inout CallContext) -> Judgement {
    // Five times at the most: as it was, after each of two logins of our own, and with what siblings had newer.
    count += 1
    if let judgement = judgeNew(response, sent, &context) { return judgement }
    guard context.relogins < 2, count < 5 else {
      return .isEnough(
        Failure(
          .sessionInvalid, "the session was refused again right after a new login (HTTP \(response.status))",
          httpStatus: response.status))
    }
    // A newer cookie of the same login was refused as well: nothing of that login is worth another try.
    context.refused =
      context.refused == nil
      ? sent.freshness : Freshness(generation: sent.freshness.generation, stamp: .max)
    if let restedSince = sent.restedSince, context.system.hasIdleLimit {
      context.state.record.idle.sawDeath(after: context.moment.seconds - restedSince)
    }
    context.log(.info, "the server refuses generation \(sent.freshness.generation) (HTTP \(response.status))")
    return .needsAnother
  }

  /// A scarce secret that was refused when it was new is not replaced by itself: something else is wrong (a licence, a
  /// right, a restart), and every request would use up one more. One that nobody has tried yet may be replaced: its
  /// process may have ended before it could. nil: it may.
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
