// AccountRecord.swift - what must be known about an account whatever session is used: credentials that were refused, and
// the device tokens that were obtained. It outlives logins and logouts, because servers count failures and tokens
// whether we remember them or not. It refuses to hold a password: only a short keyed hash of one.

public struct Refusal: Equatable, Sendable {
  /// `Hash.keyed` of the credentials with the record's own key.
  public var hash: String
  public var at: Int64
  /// What the server said: refused, or a second factor wanted.
  public var wantsSecondFactor: Bool

  public init(hash: String, at: Int64, wantsSecondFactor: Bool) {
    self.hash = hash
    self.at = at
    self.wantsSecondFactor = wantsSecondFactor
  }
}

/// One device token that this store obtained (FotoWeb guide: each user has an upper limit of them).
public struct LedgerEntry: Equatable, Sendable {
  public var fingerprint: String
  public var obtainedAt: Int64
  /// When the server proved it invalid; nil: as far as known it still counts.
  public var deadAt: Int64?

  public init(fingerprint: String, obtainedAt: Int64, deadAt: Int64? = nil) {
    self.fingerprint = fingerprint
    self.obtainedAt = obtainedAt
    self.deadAt = deadAt
  }
}

public struct AccountRecord: Equatable, Sendable {
  /// Random, 16 bytes as hex; made with the first refusal.
  public var key: String?
  public var refusal: Refusal?
  public var ledger: [LedgerEntry] = []
  /// Grows with each change of `refusal`, so that a join knows which is the last word.
  public var revision: UInt64 = 0
  public var unknown: [String: JSONValue] = [:]

  /// Dead entries beyond this are forgotten, oldest first: the ledger must not grow for ever.
  static let mostDead = 50

  public init() {}

  public var liveTokens: Int { ledger.count { $0.deadAt == nil } }

  /// Whether these credentials are the ones that were refused.
  func refuses(_ credentials: Secret) -> Refusal? {
    guard let refusal, let key, refusal.hash == Hash.keyed(credentials, key: Array(key.utf8)) else { return nil }
    return refusal
  }

  mutating func remember(refused credentials: Secret, secondFactor: Bool, now: Int64, entropy: [UInt8]) {
    let own = key ?? Hash.hex(entropy)
    key = own
    refusal = Refusal(
      hash: Hash.keyed(credentials, key: Array(own.utf8)), at: now, wantsSecondFactor: secondFactor)
    revision &+= 1
  }

  mutating func forgetRefusal() {
    guard refusal != nil else { return }
    refusal = nil
    revision &+= 1
  }

  mutating func enter(token: Secret, now: Int64) {
    let print = token.fingerprint
    guard !ledger.contains(where: { $0.fingerprint == print }) else { return }
    ledger.append(LedgerEntry(fingerprint: print, obtainedAt: now))
  }

  /// True when this changes anything.
  mutating func markDead(token: Secret, now: Int64) -> Bool {
    let print = token.fingerprint
    guard let index = ledger.firstIndex(where: { $0.fingerprint == print && $0.deadAt == nil }) else { return false }
    ledger[index].deadAt = now
    return true
  }

  /// What two holders know together; dead stays dead.
  public func joined(_ other: AccountRecord) -> AccountRecord {
    var result = revision >= other.revision ? self : other
    let keys = [key, other.key].compactMap { $0 }
    // A refusal goes with the key that it was hashed with; without one, either will do for both.
    if result.refusal == nil || revision == other.revision {
      result.key = result.refusal == nil ? keys.min() : result.key
    }
    result.unknown = unknown.merging(other.unknown, uniquingKeysWith: JSONValue.outranking)
    var entries: [String: LedgerEntry] = [:]
    for entry in ledger + other.ledger {
      var known = entries[entry.fingerprint] ?? entry
      known.deadAt = known.deadAt ?? entry.deadAt
      entries[entry.fingerprint] = known
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
}
