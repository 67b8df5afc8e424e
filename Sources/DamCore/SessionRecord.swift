// SessionRecord.swift - what a session is, as every process knows it, and how what two of them know is joined. Records
// are joined, never overwritten: the join does not care about order or repetition, so whoever saves late cannot undo
// what was saved before. A logged-out session stays as a record without a secret and with a higher generation, which is
// what keeps a slow sibling from bringing the old one back.

/// What a login yields.
package struct SessionSecret: Equatable, Sendable {
  package var cookies = CookieSet()
  /// A token that is no cookie.
  package var token: Secret?
  /// Where credentials travel with every request, a login yields nothing: this is the slow hash of those that the
  /// server has accepted, as SALT:HASH.
  package var proof: String?
  /// When it ends by what the server said at the login, in seconds since 1970 by our clock; nil: nobody said.
  package var expiresAt: Int64?

  package init() {}

  func hasExpired(at moment: Moment) -> Bool { expiresAt.map { $0 <= moment.seconds } ?? false }

  package var isEmpty: Bool { cookies.live.isEmpty && token == nil && proof == nil }
}

package struct Organization: Equatable, Sendable {
  package var id: String
  package var name: String
  /// nil: the server did not say.
  package var isMember: Bool?

  package init(id: String, name: String, isMember: Bool?) {
    self.id = id
    self.name = name
    self.isMember = isMember
  }
}

package struct SessionRecord: Equatable, Sendable {
  /// The number of the session secret; 0: there never was one. It only grows, also when the session is forgotten.
  package var generation: UInt64 = 0
  /// nil: logged out.
  package var secret: SessionSecret?
  /// Seconds since 1970 UTC; 0: never.
  package var issuedAt: Int64 = 0
  package var usedAt: Int64 = 0
  /// The server's clock minus ours, in seconds, when it last said its `Date`.
  package var clockSkew: Int64 = 0
  package var organizations: [Organization] = []
  /// The fingerprint of a scarce secret that the server has accepted at least once, and of one that it refused when it
  /// was new. The latter is not replaced by itself: where a new one does not work, something else is wrong, and every
  /// login would use up one more.
  package var served: String?
  package var rejected: String?
  package var idle = IdleClock()
  /// Whose session it is, for lists of what a store holds; nil in records of others' making.
  package var identity: Identity?
  /// Fields of a newer damsession, kept as they are.
  package var unknown: [String: JSONValue] = [:]

  package init() {}

  /// How new the secret is: a refusal of an older one says nothing about a newer one.
  package var freshness: Freshness { Freshness(generation: generation, stamp: secret?.cookies.stamp ?? 0) }

  /// What two holders of the same session know together.
  package func joined(_ other: SessionRecord) -> SessionRecord {
    guard generation == other.generation else {
      var newer = generation > other.generation ? self : other
      newer.idle = idle.joined(other.idle)
      return newer
    }
    var result = self
    result.issuedAt = max(issuedAt, other.issuedAt)
    result.organizations = kept(other, \.organizations) { .array($0.map(\.json)) }
    result.idle = idle.joined(other.idle)
    if let ours = secret, let theirs = other.secret {
      result.secret = kept(other, \.issued) { $0?.json ?? .null }
      result.secret?.cookies = ours.cookies.joined(theirs.cookies)
    } else {
      // One of them was told to forget this generation: forgetting wins.
      result.secret = nil
    }
    result.usedAt = max(usedAt, other.usedAt)
    result.clockSkew =
      usedAt == other.usedAt ? max(clockSkew, other.clockSkew) : usedAt > other.usedAt ? clockSkew : other.clockSkew
    result.served = [served, other.served].compactMap { $0 }.max()
    result.rejected = [rejected, other.rejected].compactMap { $0 }.max()
    // All records of a key have the same one, but for those of others' making.
    if identity != other.identity {
      result.identity = [identity, other.identity].compactMap { $0 }.max {
        $0.json.encoded().lexicographicallyPrecedes($1.json.encoded())
      }
    }
    result.unknown = unknown.merging(other.unknown, uniquingKeysWith: JSONValue.outranking)
    return result
  }

  /// Two logins of one generation happen where a store has no locks: every process must keep the same of what they
  /// yielded. Any order will do as long as it is everybody's: later issued first, then by how it is written. Each part
  /// stands for itself, or it would matter what a part that is gone had been.
  private func kept<Part: Equatable>(
    _ other: SessionRecord, _ part: (SessionRecord) -> Part, _ json: (Part) -> JSONValue
  ) -> Part {
    let (ours, theirs) = (part(self), part(other))
    // Nearly always, and the list of organizations may be long.
    if ours == theirs { return ours }
    guard issuedAt == other.issuedAt else { return issuedAt > other.issuedAt ? ours : theirs }
    return json(ours).encoded().lexicographicallyPrecedes(json(theirs).encoded()) ? theirs : ours
  }

  /// What the login itself has yielded.
  private var issued: SessionSecret? {
    var issued = secret
    issued?.cookies = CookieSet()
    return issued
  }
}

extension SessionRecord {
  /// What remains when the secret is gone, and what a new one is added to: the next generation, empty.
  func successor() -> SessionRecord {
    var next = SessionRecord()
    next.generation = generation &+ 1
    next.clockSkew = clockSkew
    next.idle = idle
    next.identity = identity
    next.unknown = unknown
    return next
  }
}

/// A point in the life of a session secret.
package struct Freshness: Comparable, Sendable {
  package var generation: UInt64
  package var stamp: UInt64

  package static func < (left: Freshness, right: Freshness) -> Bool {
    (left.generation, left.stamp) < (right.generation, right.stamp)
  }
}
