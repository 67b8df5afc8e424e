// SessionRecord.swift - what a session is, as the store keeps it, and how two versions of it are joined. Records are
// joined, never overwritten. The join does not depend on order or repetition, so whoever saves late cannot undo what
// was saved before. A logged-out session stays in the store as a record without a secret and with a higher generation:
// that keeps a slow sibling from bringing the old session back.

/// What a login yields.
package struct SessionSecret: Equatable, Sendable {
  package var cookies = CookieSet()
  /// A token that is not a cookie.
  package var token: Secret?
  /// What renews the token, without a person and without a password. Each may be good for one renewal only.
  package var refreshToken: Secret?
  /// Where credentials travel with every request, a login yields nothing to keep. This is the slow hash of the
  /// credentials that the server has accepted, as SALT:HASH.
  package var proof: String?
  /// When the secret ends by what the server said at the login, in seconds since 1970 by our clock; nil: it did not
  /// say.
  package var expiresAt: Int64?

  package init() {}

  func hasExpired(at moment: Moment) -> Bool { expiresAt.map { $0 <= moment.seconds } ?? false }

  package var isEmpty: Bool { cookies.live.isEmpty && token == nil && refreshToken == nil && proof == nil }
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
  /// nil: logged out, or never logged in.
  package var secret: SessionSecret?
  /// When the login was made, and when the session was last used: seconds since 1970 UTC; 0: never.
  package var issuedAt: Int64 = 0
  package var usedAt: Int64 = 0
  /// How many seconds the server's clock is ahead of ours, by the last `Date` header.
  package var clockSkew: Int64 = 0
  package var organizations: [Organization] = []
  /// The fingerprint of a scarce secret that the server accepted at least once, and of one that it refused when it was
  /// new. The latter is not replaced automatically: where a new one does not work something else is wrong, and every
  /// login would use up one more.
  package var served: String?
  package var rejected: String?
  package var idle = IdleClock()
  /// Whether the refresh token is being spent; nil: it never was.
  package var renewing: RenewalMark?
  /// What a person was asked to consent to; nil: nobody was asked.
  package var consent: PendingConsent?
  /// Whose session it is, so that the contents of a store can be listed; nil in records that something else has
  /// written.
  package var identity: Identity?
  /// Fields of a newer damsession, which are kept as they are.
  package var unknown: [String: JSONValue] = [:]

  package init() {}

  /// How new the secret is: that an older one was refused says nothing about a newer one.
  package var freshness: Freshness { Freshness(generation: generation, stamp: secret?.cookies.stamp ?? 0) }

  /// What two holders of the same session know together. Of two generations the higher wins, but for what both have
  /// learned about the idle limit; of one generation each field is joined by itself.
  package func joined(_ other: SessionRecord) -> SessionRecord {
    // The usual case: what was saved, or is about to be, is what this process knows.
    if self == other { return self }
    guard generation == other.generation else {
      var newer = generation > other.generation ? self : other
      newer.idle = idle.joined(other.idle)
      return newer
    }
    var result = self
    result.issuedAt = max(issuedAt, other.issuedAt)
    result.organizations = kept(other, \.organizations) { parts, text in
      text.member("", of: parts) { $0.write(&$1) }
    }
    result.idle = idle.joined(other.idle)
    if let ours = secret, let theirs = other.secret {
      result.secret = kept(other, \.issued) { $0?.write(&$1) }
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
    result.renewing = [renewing, other.renewing].compactMap { $0 }.max()
    result.consent = [consent, other.consent].compactMap { $0 }.max()
    // All records under one key have the same one, except those that something else has written.
    if identity != other.identity {
      result.identity = [identity, other.identity].compactMap { $0 }.max {
        SessionRecord.precedes($0, $1) { $0.write(&$1) }
      }
    }
    result.unknown = unknown.merging(other.unknown, uniquingKeysWith: JSONValue.outranking)
    return result
  }

  /// Which of two different values of one part all processes keep. Two logins with one generation happen where a store
  /// has no locks. Any order does as long as it is the same everywhere: the login that was issued later wins, then the
  /// value whose JSON sorts later. Each part is decided by itself: only then does the order of joins not matter.
  private func kept<Part: Equatable>(
    _ other: SessionRecord, _ part: (SessionRecord) -> Part, _ write: (Part, inout JSONText) -> Void
  ) -> Part {
    let (ours, theirs) = (part(self), part(other))
    // The usual case first: the list of organizations may be long.
    if ours == theirs { return ours }
    guard issuedAt == other.issuedAt else { return issuedAt > other.issuedAt ? ours : theirs }
    return SessionRecord.precedes(ours, theirs, write) ? theirs : ours
  }

  private static func precedes<Part>(
    _ one: Part, _ other: Part, _ write: (Part, inout JSONText) -> Void
  ) -> Bool {
    let texts = [one, other].map { part in
      var text = JSONText()
      text.object { write(part, &$0) }
      return text.bytes
    }
    return texts[0].lexicographicallyPrecedes(texts[1])
  }

  /// The secret without its cookies: those are joined one by one.
  private var issued: SessionSecret? {
    var issued = secret
    issued?.cookies = CookieSet()
    return issued
  }
}

extension SessionRecord {
  /// The next generation without a secret: what remains after a logout, and what a login fills.
  func successor() -> SessionRecord {
    var next = SessionRecord()
    next.generation = generation &+ 1
    next.clockSkew = clockSkew
    next.idle = idle
    next.identity = identity
    // Begun by one process, and finished by another whenever the person is done.
    next.consent = consent
    next.unknown = unknown
    return next
  }
}

/// How new a session secret is: by its generation, then by the stamp of its newest cookie.
package struct Freshness: Comparable, Sendable {
  package var generation: UInt64
  package var stamp: UInt64

  package static func < (left: Freshness, right: Freshness) -> Bool {
    (left.generation, left.stamp) < (right.generation, right.stamp)
  }
}
