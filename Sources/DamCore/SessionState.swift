// SessionState.swift - what one process knows about one session, shared by all its threads. The driver keeps it behind
// a lock and lends it to each step of a call.

package struct SessionState: Sendable {
  /// The newest record that this process knows of.
  package var record = SessionRecord()
  /// Whether the store holds `record`.
  package var isStored = false
  /// Credentials that the application gave, where they travel with every request: it is not asked each time.
  var credentials: Secret?
  /// The slow hash of credentials that stay in memory, so that it is made once and not for every call.
  var derived: (credentials: Secret, salt: String, hash: String)?
  /// When the server last accepted such credentials, in microseconds since 1970.
  var acceptedAt: UInt64 = 0
  /// The generation whose scarce secret is known to have been accepted; spares every request a look at the record.
  var servedGeneration: UInt64 = 0
  package var statistics = Statistics()
  /// Until when no renewal is tried ahead of time, since one has failed; in seconds since 1970.
  var renewalPause: Int64 = 0
  /// From 0 to 100: how long this process waits with a renewal ahead of time, so that not all renew at once.
  package var patience: Int64
  /// What was warned of.
  var complaints: Set<String> = []
  /// The last login that failed for other reasons than the credentials, and when in microseconds since 1970.
  private var loginFailure: (failure: Failure, at: UInt64)?
  /// `record.usedAt` as the store has it.
  var savedUsedAt: Int64 = 0
  /// The last stamp that was given to a request.
  private var lastStamp: UInt64 = 0

  package init(patience: Int64 = 50) { self.patience = patience }

  /// A stamp for a request that is sent now. It is larger than every stamp seen before, even if the clock was set back.
  mutating func nextStamp(_ moment: Moment) -> UInt64 {
    lastStamp = max(moment.microseconds, lastStamp &+ 1, record.freshness.stamp &+ 1)
    return lastStamp
  }

  mutating func noteLogin(failed failure: Failure, _ moment: Moment) { loginFailure = (failure, moment.microseconds) }

  /// The failure for a call that waited since `start` for a login of a sibling thread, and would only repeat it.
  func loginFailure(since start: UInt64) -> Failure? {
    loginFailure.flatMap { $0.at >= start ? $0.failure : nil }
  }

  /// Joins in what this call has made.
  mutating func takeOwn(_ made: SessionRecord) { record = record.joined(made) }

  /// Joins in what the store or a sibling knows.
  mutating func take(_ other: SessionRecord) {
    let before = record
    record = record.joined(other)
    if before.generation > 0, record.freshness > before.freshness { statistics.adoptedFromSiblings += 1 }
  }

  /// Joins in what was read from the store, if anything was.
  package mutating func note(_ loading: Loading<SessionRecord>) {
    if case .record(let found) = loading { noteStored(found) }
  }

  /// Joins in what the store holds now.
  mutating func noteStored(_ stored: SessionRecord) {
    take(stored)
    // What could not be saved is newer than what the store still has.
    isStored = stored.freshness >= record.freshness
    savedUsedAt = max(savedUsedAt, stored.usedAt)
  }
}
