// AccountRecord.swift - what must be known about an account whatever session is used: credentials that were refused,
// and the device tokens that were obtained. It outlives logins and logouts, because servers count failed logins and
// tokens whether we remember them or not. It holds no password: only a slow, salted hash of one.

/// Credentials with which a login failed, known by their slow hash (`Hash.slow`).
package struct Refusal: Equatable, Sendable {
  package enum Reason: String, Sendable {
    /// The server said that they are wrong.
    case wrong
    /// They are not enough: the server wants a second factor.
    case secondFactor = "second-factor"
    /// The server said that they are wrong, or was out of order: some servers say both in the same way.
    case unclear
  }

  package var hash: String
  /// When the last login with them failed, in seconds since 1970.
  package var at: Int64
  package var reason: Reason
  /// How many logins with them failed in a row, if the reason is `unclear`; else 1.
  package var count: Int64

  package init(hash: String, at: Int64, reason: Reason, count: Int64 = 1) {
    self.hash = hash
    self.at = at
    self.reason = reason
    self.count = count
  }

  /// When credentials that may be right are tried again: one minute after the first failure, then two, four, eight.
  var nextAt: Int64 { at + 60 << min(max(count - 1, 0), 10) }
}

/// One device token that was obtained through this store. Servers give each user only so many.
package struct LedgerEntry: Equatable, Sendable {
  package var fingerprint: String
  package var obtainedAt: Int64
  /// When another one took its place. That proves nothing: the server may still count it.
  package var suspectedAt: Int64?
  /// When the server proved it invalid, by refusing it and accepting its successor right after; nil: it counts.
  package var deadAt: Int64?

  package init(fingerprint: String, obtainedAt: Int64, suspectedAt: Int64? = nil, deadAt: Int64? = nil) {
    self.fingerprint = fingerprint
    self.obtainedAt = obtainedAt
    self.suspectedAt = suspectedAt
    self.deadAt = deadAt
  }

  fileprivate func joined(_ other: LedgerEntry) -> LedgerEntry {
    var result = self
    result.obtainedAt = min(obtainedAt, other.obtainedAt)
    result.suspectedAt = [suspectedAt, other.suspectedAt].compactMap { $0 }.min()
    result.deadAt = [deadAt, other.deadAt].compactMap { $0 }.min()
    return result
  }
}

package struct AccountRecord: Equatable, Sendable {
  /// The salt of the refusals' hashes: 16 random bytes as hex digits, made with the first refusal.
  package var key: String?
  /// All credentials that failed and have not succeeded since, the latest last. Not only the last ones: else two
  /// programs with two stale passwords would take turns for ever.
  package var refusals: [Refusal] = []
  /// Whether the last login was refused for its credentials; false again once one has succeeded.
  package var isRefused = false
  /// The device tokens, oldest first.
  package var ledger: [LedgerEntry] = []
  /// Grows with each change of `refusals` or `isRefused`, so that a join knows which side has the last word on them.
  package var revision: UInt64 = 0
  /// Fields of a newer damsession, which are kept as they are.
  package var unknown: [String: JSONValue] = [:]

  /// Dead entries beyond this number are forgotten, oldest first: the ledger must not grow for ever.
  static let mostDead = 50
  /// Refusals beyond this number are forgotten as well. Whoever tries more passwords is locked out by the server.
  static let mostRefusals = 20
  /// After so many failures in a row nothing that failed before is tried again. It is half of what locks an account
  /// (reference, device token limits and lock-out).
  static let mostFailures: Int64 = 5

  package init() {}

  /// How many tokens may count against the server's limit.
  package var liveTokens: Int { ledger.count { $0.deadAt == nil } }
  var failuresInARow: Int64 { refusals.reduce(0) { $0 + min($1.count, AccountRecord.mostFailures) } }

  func refusal(of hash: String) -> Refusal? { refusals.first { $0.hash == hash } }

  /// Remembers that credentials with this hash failed. `salt`: what the hash was made with; under another one the
  /// refusals known so far say nothing.
  mutating func remember(_ reason: Refusal.Reason, hash: String, salt: String, now: Int64) {
    if key != salt { refusals = [] }
    key = salt
    let before = refusal(of: hash)
    let count = reason == .unclear && before?.reason == .unclear ? min((before?.count ?? 0) + 1, 1000) : 1
    refusals.removeAll { $0.hash == hash }
    refusals.append(Refusal(hash: hash, at: now, reason: reason, count: count))
    refusals = refusals.suffix(AccountRecord.mostRefusals)
    isRefused = reason != .unclear
    revision &+= 1
  }

  /// Credentials with this hash were accepted. nil: it was not made, since there was no refusal to compare it with.
  /// What is known of other credentials stays.
  mutating func accept(_ hash: String?) {
    guard isRefused || refusals.contains(where: { $0.hash == hash }) else { return }
    refusals.removeAll { $0.hash == hash }
    isRefused = false
    revision &+= 1
  }

  mutating func enter(token: Secret, now: Int64) {
    let print = token.fingerprint
    guard !ledger.contains(where: { $0.fingerprint == print }) else { return }
    ledger.append(LedgerEntry(fingerprint: print, obtainedAt: now))
  }

  /// A login has put another token in its place, which proves nothing yet.
  mutating func suspect(token: Secret, now: Int64) { change(token) { $0.suspectedAt = $0.suspectedAt ?? now } }

  mutating func markDead(token: Secret, now: Int64) { change(token) { $0.deadAt = $0.deadAt ?? now } }

  private mutating func change(_ token: Secret, _ body: (inout LedgerEntry) -> Void) {
    let print = token.fingerprint
    for index in ledger.indices where ledger[index].fingerprint == print { body(&ledger[index]) }
  }

  /// What two holders know together, whatever the order of joins; a dead token stays dead.
  package func joined(_ other: AccountRecord) -> AccountRecord {
    var result = isLaterWord(than: other) ? self : other
    if revision == other.revision, key == other.key {
      result.refusals = bothRefusals(other)
      result.isRefused = isRefused || other.isRefused
    }
    result.unknown = unknown.merging(other.unknown, uniquingKeysWith: JSONValue.outranking)
    var entries: [String: LedgerEntry] = [:]
    for entry in ledger + other.ledger {
      entries[entry.fingerprint] = entries[entry.fingerprint]?.joined(entry) ?? entry
    }
    let all = entries.values.sorted { ($0.obtainedAt, $0.fingerprint) < ($1.obtainedAt, $1.fingerprint) }
    let surplus = max(0, all.count { $0.deadAt != nil } - AccountRecord.mostDead)
    var dropped = 0
    result.ledger = all.filter { entry in
      guard entry.deadAt != nil, dropped < surplus else { return true }
      dropped += 1
      return false
    }
    return result
  }

  /// Refusals go with the salt that they were hashed with. So those of one side are taken, or both if revision and salt
  /// are the same.
  private func isLaterWord(than other: AccountRecord) -> Bool {
    (revision, key ?? "") >= (other.revision, other.key ?? "")
  }

  private func bothRefusals(_ other: AccountRecord) -> [Refusal] {
    var known: [String: Refusal] = [:]
    for refusal in refusals + other.refusals {
      guard let before = known[refusal.hash] else {
        known[refusal.hash] = refusal
        continue
      }
      known[refusal.hash] = before.rank < refusal.rank ? refusal : before
    }
    return known.values.sorted { ($0.at, $0.hash) < ($1.at, $1.hash) }.suffix(AccountRecord.mostRefusals)
  }
}

extension Refusal {
  /// Of two refusals of the same credentials the one of higher rank is kept, in every process.
  fileprivate var rank: (Int64, Int64, String) { (at, count, reason.rawValue) }
}
