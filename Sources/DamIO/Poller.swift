// Poller.swift - many descriptors and one deadline behind a single descriptor that an event loop can watch.

internal import CLinux
internal import Glibc

final class Poller {
  /// Readable when something is ready.
  let descriptor: Int32
  private let timer: Int32

  init?() {
    descriptor = dam_poller_new()
    timer = dam_timer_new()
    guard descriptor >= 0, timer >= 0 else { return nil }
    dam_poller_set(descriptor, timer, Int32(POLLIN))
  }

  deinit {
    close(timer)
    close(descriptor)
  }

  /// `events`: POLLIN, POLLOUT; 0: no longer.
  func watch(_ other: Int32, _ events: Int32) { dam_poller_set(descriptor, other, events) }

  /// Becomes ready at this time of `Clock.monotonic`; nil: not for the time alone.
  func wake(at time: UInt64?) {
    guard let time else { return dam_timer_set(timer, -1) }
    let now = Clock.monotonic
    dam_timer_set(timer, time > now ? Int64(clamping: time - now) : 0)
  }

  /// What is ready now; the timer is not among it.
  func ready() -> [(descriptor: Int32, events: Int32)] {
    var descriptors = [Int32](repeating: 0, count: 64)
    var events = [Int32](repeating: 0, count: 64)
    let count = unsafe dam_poller_ready(descriptor, &descriptors, &events, 64)
    return zip(descriptors, events).prefix(Int(count)).filter { $0.0 != timer }.map { ($0.0, $0.1) }
  }
}
