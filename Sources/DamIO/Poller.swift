// Poller.swift - many descriptors and one deadline behind a single descriptor that an event loop can watch (epoll and
// timerfd). One thread at a time.

internal import CLinux
internal import Glibc

final class Poller {
  /// Readable when a watched descriptor is ready, or the time has come.
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

  /// From now on watches for `events`: POLLIN, POLLOUT; 0: not any more.
  func watch(_ other: Int32, _ events: Int32) { dam_poller_set(descriptor, other, events) }

  /// Makes `descriptor` readable at this time of Clock.monotonic; nil: at no time.
  func wake(at time: UInt64?) {
    guard let time else { return dam_timer_set(timer, -1) }
    let now = Clock.monotonic
    dam_timer_set(timer, time > now ? Int64(clamping: time - now) : 0)
  }

  /// What is ready now, except the timer; at most 64, the rest next time.
  func ready() -> [(descriptor: Int32, events: Int32)] {
    var descriptors = [Int32](repeating: 0, count: 64)
    var events = [Int32](repeating: 0, count: 64)
    let count = unsafe dam_poller_ready(descriptor, &descriptors, &events, 64)
    return zip(descriptors, events).prefix(Int(count)).filter { $0.0 != timer }.map { ($0.0, $0.1) }
  }
}
