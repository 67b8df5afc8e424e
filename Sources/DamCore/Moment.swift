// Moment.swift - when a step happens. The core has no clock of its own.

package struct Moment: Sendable {
  /// Seconds since 1970 UTC.
  package var seconds: Int64
  /// Microseconds since 1970 UTC, from which stamps are made.
  package var microseconds: UInt64

  package init(seconds: Int64, microseconds: UInt64) {
    self.seconds = seconds
    self.microseconds = microseconds
  }
}
