// RefusalMemory.swift - why a login must not be tried: what failed before, and what is left of what a login uses up.
//
// What proves that credentials are wrong is remembered for good. What may also be a server that is out of order is
// tried again after a minute, two, four and eight; after five failures in a row nothing that failed before is tried by
// itself, since servers lock an account after ten. Both hold for all processes that share the store, until the
// credentials change, succeed, or the caller insists. Which of two programs is the one that is wrong, nobody can tell.

extension CallContext {
  /// nil when the login may be tried. `salt`: of the account's hashes.
  func objectionToLogin(salt: String) -> Failure? {
    if !insists, let refusal = credentials.hash(salt).flatMap(account.refusal), let objection = objection(to: refusal) {
      return objection
    }
    guard let scarcity = system.scarcity, account.liveTokens >= scarcity.allowed else { return nil }
    return Failure(
      .tokenLimit,
      "\(account.liveTokens) device tokens of this user were obtained from here and may still count against the limit"
        + " of \(scarcity.limit); an administrator can revoke them (\"token-limit\", \"token-reserve\")")
  }

  /// A login is about to take one more.
  mutating func warn(of scarcity: Scarcity) {
    let live = account.liveTokens
    guard live + 2 >= scarcity.allowed else { return }
    log(.warning, "this login takes device token \(live + 1) of \(scarcity.limit) of the user")
  }

  private var insists: Bool {
    if case .ensure(let again, _) = goal { return again }
    return false
  }

  private func objection(to refusal: Refusal) -> Failure? {
    let minutes = max(0, moment.seconds - refusal.at) / 60
    switch refusal.reason {
    case .wrong, .secondFactor:
      return Failure(
        refusal.reason == .secondFactor ? .secondFactor : .credentialsRefused,
        "these credentials were refused \(minutes) minutes ago and are not tried again, so that the account is not"
          + " locked; change them or insist (login --again)")
    case .unclear where account.failuresInARow >= AccountRecord.mostFailures:
      return Failure(
        .credentialsRefused,
        "\(account.failuresInARow) logins in a row failed, the last \(minutes) minutes ago, and the server does not say"
          + " whether the credentials are wrong or it is out of order; no more are tried, so that the account is not"
          + " locked: check both, then insist (login --again)")
    case .unclear:
      // A clock that was set back must not make this longer than it was meant to be.
      let wait = min(refusal.nextAt.minus(moment.seconds), refusal.nextAt.minus(refusal.at))
      guard wait > 0 else { return nil }
      return Failure(
        .server,
        "a login failed \(minutes) minutes ago, and the server does not say whether the credentials are wrong or it is"
          + " out of order; the next is tried in \(wait) s, or change the credentials, or insist (login --again)",
        retryAfter: Int32(clamping: wait))
    }
  }
}

extension Scarcity {
  fileprivate var allowed: Int { limit.minus(reserve) }
}
