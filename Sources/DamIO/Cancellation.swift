// Cancellation.swift - a wish to end early, which any thread may have.

internal import DamCore
internal import Synchronization

/// A wish to end early, which any thread may have.
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)
  public init() {}
  public func set() { flag.store(true, ordering: .releasing) }
  public var isSet: Bool { flag.load(ordering: .acquiring) }

  /// What a call ends with for it.
  static let failure = Failure(.cancelled, "the request was cancelled")
}
