// Promises.swift - what a record says of things that are under way, so that another process can go on where one was
// killed: a refresh token that is being spent, and a person who was asked for consent. Both can only grow, so that the
// join of two records keeps what happened last, whoever saves late.

/// That a refresh token was sent, or is about to be: saved before that, since it may be good for one renewal only, and
/// whoever is killed in between must not look as if nothing had happened.
package struct RenewalMark: Equatable, Comparable, Sendable {
  /// The fingerprint of the refresh token.
  package var token: String
  /// When it was sent first, in seconds since 1970.
  package var since: Int64
  /// It is known not to have reached the server.
  package var isOver = false

  package static func < (left: RenewalMark, right: RenewalMark) -> Bool {
    (left.since, left.isOver ? 1 : 0, left.token) < (right.since, right.isOver ? 1 : 0, right.token)
  }
}

/// That a person was sent to the server's page for consent, and what the answer must hold to be believed.
package struct PendingConsent: Equatable, Comparable, Sendable {
  /// Comes back with the answer: whoever does not know it cannot slip in an answer of their own (RFC 6749, 10.12).
  /// Where there is an `interval`, what the server is asked with (the device code; RFC 8628, 3.2).
  package var state: Secret
  /// Whose hash went with the question (PKCE, RFC 7636): an answer that was overheard is worth nothing without it.
  package var verifier: Secret
  package var begunAt: Int64
  /// An answer was taken: there is no second one.
  package var isUsed = false
  /// How many seconds to let pass between two questions to the server; nil: the answer comes with a browser.
  package var interval: Int64?
  /// How long an answer is taken, in seconds.
  package var life = PendingConsent.usualLife

  package static let usualLife: Int64 = 600

  func isOpen(at moment: Moment) -> Bool { !isUsed && moment.seconds.minus(begunAt) <= life }

  package static func < (left: PendingConsent, right: PendingConsent) -> Bool {
    if left.begunAt != right.begunAt { return left.begunAt < right.begunAt }
    if left.isUsed != right.isUsed { return right.isUsed }
    if left.interval != right.interval { return (left.interval ?? 0) < (right.interval ?? 0) }
    return left.state.reveal().lexicographicallyPrecedes(right.state.reveal())
  }
}
