// Adoption.swift - what a session learns from a response: rotated cookies, and whether a scarce secret has ever worked.

extension CallContext {
  /// Takes the cookies of a response into `secret` under the order rule (see Cookies.swift). `stamp`: of the request.
  mutating func adopt(_ response: WireResponse, _ secret: inout SessionSecret, stamp: UInt64) -> CookieSet.Adoption {
    // Where cookies do not rotate, an error response may come from somebody else on the way (a proxy), and so its
    // cookies.
    guard system.keepsCookies, system.rotates || response.status < 400 else { return CookieSet.Adoption() }
    var changed = secret
    let adoption = changed.cookies.adopt(
      response.headers, stamp: stamp, now: moment.seconds, own: system.cookieNames)
    guard !system.isScarce || system.isUsable(changed) else {
      // A device token is valid until it is revoked (guide), and a revoked one is refused.
      log(.warning, "a response deletes the device token, which is kept until it is refused")
      return CookieSet.Adoption()
    }
    secret = changed
    if let lost = adoption.lost { log(.warning, "the server set \(lost) to a value that no cookie can hold") }
    state.statistics.cookiesAdopted += adoption.adopted
    state.statistics.cookiesLate += adoption.late
    if adoption.late > 0 { log(.debug, "dropped a late cookie of an earlier request") }
    if adoption.adopted > 0 { log(.debug, "adopted a rotated cookie: \(secret.cookies.header?.description ?? "none")") }
    return adoption
  }

  /// Whether the time of last use in the store is out of date. Siblings judge idleness by it, but a save for every
  /// request would cost too much.
  var isUseWorthSaving: Bool {
    system.hasIdleLimit && state.record.usedAt - state.savedUsedAt >= IdleClock.resolution
  }

  // MARK: Scarce secrets

  private var tokenPrint: String? { state.record.secret.flatMap(system.token)?.fingerprint }

  /// The secret that this call's login replaced had been refused, and its successor is accepted now: that proves that
  /// the old one is dead. False: nothing was replaced, or it is noted already.
  mutating func takeProof() -> Bool {
    guard let replaced = made.replaced else { return false }
    account.markDead(token: replaced, now: moment.seconds)
    made.replaced = nil
    return true
  }

  /// Notes in the record that the secret was accepted at least once.
  mutating func serve() {
    if !isServed() { state.record.served = tokenPrint }
  }

  /// Whether the secret has ever been accepted.
  mutating func isServed() -> Bool {
    if state.servedGeneration == state.record.generation { return true }
    guard let print = tokenPrint, state.record.served == print else { return false }
    state.servedGeneration = state.record.generation
    return true
  }

  /// Notes that the secret of this call's own login was refused; false if it is another's, or was noted before.
  mutating func reject() -> Bool {
    guard state.record.generation == made.generation, !isServed(), let print = tokenPrint,
      state.record.rejected != print
    else { return false }
    state.record.rejected = print
    return true
  }

  /// Whether the secret was refused when it was new.
  var isRejected: Bool { tokenPrint.map { state.record.rejected == $0 } ?? false }
}
