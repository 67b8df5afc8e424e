// RefusalMemory.swift - why a login must not be tried: what failed before, and what is left of what a login uses up.
//
// What proves that credentials are wrong is remembered for good. A failure that may also be a server out of order is
// tried again after a minute, then two, four and eight. After five failures in a row, credentials that failed before
// are not tried again automatically, since servers lock an account after ten (reference, device token limits and
// lock-out). All of this holds for every process that shares the store, until the credentials change or succeed, or the
// caller insists.

extension CallContext {
  /// Why the login must not be tried; nil: it may. `salt`: what the account's hashes were made with.
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

  /// Logs that a login is about to take one of the last device tokens.
  mutating func warn(of scarcity: Scarcity) {
    let live = account.liveTokens
    guard live + 2 >= scarcity.allowed else { return }
    log(.warning, "this login takes device token \(live + 1) of \(scarcity.limit) of the user")
  }

  /// Whether the caller asked for a login in spite of earlier refusals.
  private var insists: Bool {
    if case .ensure(let again, _) = goal { return again }
    return false
  }

  private func objection(to refusal: Refusal) -> Failure? {
    let ago = howLongAgo(moment.seconds.minus(refusal.at))
    let again = "a login with \"again\" (DAM_LOGIN_AGAIN, --again) tries in spite of it"
    switch refusal.reason {
    case .wrong, .secondFactor:
      return Failure(
        refusal.reason == .secondFactor ? .secondFactor : .credentialsRefused,
        "these credentials were refused \(ago) and are not tried again, so that the account is not locked:"
          + " change them; \(again)")
    case .unclear where account.failuresInARow >= AccountRecord.mostFailures:
      return Failure(
        .credentialsRefused,
        "\(account.failuresInARow) logins in a row failed, the last \(ago), and the server does not say"
          + " whether the credentials are wrong or it is out of order; no more are tried, so that the account is not"
          + " locked: check both; \(again)")
    case .unclear:
      // The second part: if the clock was set back since, the wait is still no longer than it was meant to be.
      let wait = min(refusal.nextAt.minus(moment.seconds), refusal.nextAt.minus(refusal.at))
      guard wait > 0 else { return nil }
      return Failure(
        .server,
        "a login failed \(ago), and the server does not say whether the credentials are wrong or it is"
          + " out of order; the next is tried in \(wait) s, or with other credentials; \(again)",
        retryAfter: Int32(clamping: wait))
    }
  }
}

/// "12 minutes ago"; a clock that was set back since makes it "just now".
private func howLongAgo(_ seconds: Int64) -> String {
  let units: [(Int64, String)] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")]
  guard let (size, word) = units.first(where: { seconds >= $0.0 }) else { return "just now" }
  let count = seconds / size
  return "\(count) \(word)\(count == 1 ? "" : "s") ago"
}

extension Scarcity {
  /// How many tokens this store may hold before no more are asked for.
  fileprivate var allowed: Int { limit.minus(reserve) }
}
