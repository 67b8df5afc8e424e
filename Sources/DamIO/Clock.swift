// Clock.swift - the time of day, a clock that never steps, and random bytes: what the core may not fetch itself.

internal import DamCore
internal import Glibc

enum Clock {
  /// The time of day, which may be set back.
  static var moment: Moment {
    let time = read(CLOCK_REALTIME)
    let seconds = Int64(time.tv_sec)
    let micros = UInt64(clamping: seconds) &* 1_000_000 &+ UInt64(clamping: time.tv_nsec / 1000)
    return Moment(seconds: seconds, microseconds: micros)
  }

  /// Microseconds since some fixed point, for durations and deadlines; never set back.
  static var monotonic: UInt64 {
    let time = read(CLOCK_MONOTONIC)
    return UInt64(clamping: time.tv_sec) &* 1_000_000 &+ UInt64(clamping: time.tv_nsec / 1000)
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    _ = unsafe clock_gettime(clock, &time)
    return time
  }

  static func random(_ count: Int) -> [UInt8] {
    var source = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &source) }
  }
}
