// Cancellation.swift - a wish to end early, which any thread may have.

internal import DamCore
internal import Synchronization

/// A wish to end early, which any thread may have.
package final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)
  package init() {}
  package func set() { flag.store(true, ordering: .releasing) }
  package var isSet: Bool { flag.load(ordering: .acquiring) }

  /// What a call ends with for it.
  static let failure = Failure(.cancelled, "the request was cancelled")
}
