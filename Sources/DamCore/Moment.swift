// Moment.swift - when a step happens. The core has no clock of its own.

public struct Moment: Sendable {
  /// Seconds since 1970 UTC.
  public var seconds: Int64
  /// Microseconds since 1970 UTC: the raw material of stamps.
  public var microseconds: UInt64

  public init(seconds: Int64, microseconds: UInt64) {
    self.seconds = seconds
    self.microseconds = microseconds
  }
}
