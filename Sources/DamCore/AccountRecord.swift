// AccountRecord.swift - what must be known about an account whatever session is used: credentials that were refused,
// and the device tokens that were obtained. It outlives logins and logouts, because servers count failures and tokens
// whether we remember them or not. No password is in it: only a slow, salted hash of one.

/// Credentials with which a login failed. `Hash.slow` knows them again.
package struct Refusal: Equatable, Sendable {
  package enum Reason: String, Sendable {
    /// The server said that they are wrong.
    case wrong
    /// They are not enough: a second factor is wanted.
    case secondFactor = "second-factor"
    /// It may have said that they are wrong, or have been out of order: some servers say both in the same way.
    case unclear
  }

  package var hash: String
  /// The last time, in seconds since 1970.
  package var at: Int64
  package var reason: Reason
  /// How often in a row.
  package var count: Int64

  package init(hash: String, at: Int64, reason: Reason, count: Int64 = 1) {
    self.hash = hash
    self.at = at
    self.reason = reason
    self.count = count
  }

  /// When credentials that may be right can be tried again: after a minute, two, four, eight.
  var nextAt: Int64 { at + 60 << min(max(count - 1, 0), 10) }
}

/// One device token that this store obtained (servers give each user only so many of them).
package struct LedgerEntry: Equatable, Sendable {
  package var fingerprint: String
  package var obtainedAt: Int64
  /// When it was replaced on suspicion: the server may still count it.
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
  /// The salt of the refusals: random, 16 bytes as hex; made with the first one.
  package var key: String?
  /// All credentials that failed and have not succeeded since, the latest last: two programs with two stale passwords
  /// must not take turns.
  package var refusals: [Refusal] = []
  /// Whether the last login was refused for its credentials: nothing is, once one has succeeded.
  package var isRefused = false
  package var ledger: [LedgerEntry] = []
  /// Grows with each change of `refusals`, so that a join knows which is the last word.
  package var revision: UInt64 = 0
  package var unknown: [String: JSONValue] = [:]

  /// Dead entries beyond this are forgotten, oldest first: the ledger must not grow for ever.
  static let mostDead = 50
  /// The same for refusals. Who tries more passwords than that is locked out by the server.
  static let mostRefusals = 20
  /// After so many failures in a row nothing that failed before is tried again: half of what locks an account
  /// (reference, device token limits and lock-out).
  static let mostFailures: Int64 = 5

  package init() {}

  package var liveTokens: Int { ledger.count { $0.deadAt == nil } }
  var failuresInARow: Int64 { refusals.reduce(0) { $0 + min($1.count, AccountRecord.mostFailures) } }

  func refusal(of hash: String) -> Refusal? { refusals.first { $0.hash == hash } }

  /// `salt`: what `hash` was made with.
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

  /// Credentials with this hash (nil: nobody has asked for it, since nothing was refused) were accepted; what is known
  /// of others stays.
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

  /// Another one took its place, which proves nothing yet.
  mutating func suspect(token: Secret, now: Int64) { change(token) { $0.suspectedAt = $0.suspectedAt ?? now } }

  mutating func markDead(token: Secret, now: Int64) { change(token) { $0.deadAt = $0.deadAt ?? now } }

  private mutating func change(_ token: Secret, _ body: (inout LedgerEntry) -> Void) {
    let print = token.fingerprint
    for index in ledger.indices where ledger[index].fingerprint == print { body(&ledger[index]) }
  }

  /// What two holders know together; dead stays dead.
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

  /// A refusal goes with the key that it was hashed with, so one side's refusals are taken, or both where keys agree.
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
  /// Of two that know the same credentials, everybody must keep the same one.
  fileprivate var rank: (Int64, Int64, String) { (at, count, reason.rawValue) }
}
