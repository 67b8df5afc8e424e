// Cancellation.swift - a wish to end a call early, which any thread may have.

internal import DamCore
internal import Synchronization

/// Once set, it stays set. Calls look at it several times a second.
package final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)
  package init() {}
  package func set() { flag.store(true, ordering: .releasing) }
  package var isSet: Bool { flag.load(ordering: .acquiring) }

  /// What a call ends with that was cancelled.
  static let failure = Failure(.cancelled, "the request was cancelled")
}
