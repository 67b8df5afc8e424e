// SessionState.swift - what one process knows about one identity at this moment, shared by all its threads. The driver
// keeps it behind a lock and lends it to each step of a call.

package struct SessionState: Sendable {
  package var record = SessionRecord()
  /// Whether `record` is what the store holds.
  package var isStored = false
  /// Credentials that the application gave where they travel with every request.
  var credentials: Secret?
  /// The slow hash of credentials that travel with every request, so that it is made once.
  var derived: (credentials: Secret, salt: String, hash: String)?
  /// When such credentials were last accepted (microseconds since 1970).
  var acceptedAt: UInt64 = 0
  /// The generation whose scarce secret is known to have served; spares every request a look.
  var servedGeneration: UInt64 = 0
  package var statistics = Statistics()
  /// The last login that failed for reasons other than the credentials, and when (microseconds since 1970).
  private var loginFailure: (failure: Failure, at: UInt64)?
  /// `record.usedAt` as the store knows it.
  var savedUsedAt: Int64 = 0
  private var lastStamp: UInt64 = 0

  package init() {}

  /// A stamp for a request that is sent now: larger than every stamp seen, also when the clock was set back.
  mutating func nextStamp(_ moment: Moment) -> UInt64 {
    lastStamp = max(moment.microseconds, lastStamp &+ 1, record.freshness.stamp &+ 1)
    return lastStamp
  }

  mutating func noteLogin(failed failure: Failure, _ moment: Moment) { loginFailure = (failure, moment.microseconds) }

  /// What those hear who waited for a login since `start`, and would only repeat it.
  func loginFailure(since start: UInt64) -> Failure? {
    loginFailure.flatMap { $0.at >= start ? $0.failure : nil }
  }

  /// Takes what the store or a sibling knows.
  mutating func take(_ other: SessionRecord) {
    let before = record
    record = record.joined(other)
    if before.generation > 0, record.freshness > before.freshness { statistics.adoptedFromSiblings += 1 }
  }

  /// Takes what the store was found to hold.
  package mutating func note(_ loading: Loading<SessionRecord>) {
    if case .record(let found) = loading { noteStored(found) }
  }

  mutating func noteStored(_ stored: SessionRecord) {
    take(stored)
    isStored = true
    savedUsedAt = max(savedUsedAt, stored.usedAt)
  }
}
