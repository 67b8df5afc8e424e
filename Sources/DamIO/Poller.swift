// Poller.swift - many descriptors and one deadline behind a single descriptor that an event loop can watch (epoll,
// timerfd and eventfd). One thread at a time.

internal import CLinux
internal import DamCore
internal import Glibc

final class Poller {
  /// Readable when a watched descriptor is ready, or the time has come.
  let descriptor: Int32
  private let timer: Int32
  /// Readable as long as the time is now: a timer that is to fire at once costs thirty times as much to set.
  private let event: Int32
  private var isSignalled = false
  /// When the timer fires (Clock.monotonic); nil: it does not.
  private var armed: UInt64?
  private var descriptors = [Int32](repeating: 0, count: 64)
  private var events = [Int32](repeating: 0, count: 64)

  init?() {
    descriptor = dam_poller_new()
    timer = dam_timer_new()
    event = dam_event_new()
    guard descriptor >= 0, timer >= 0, event >= 0 else { return nil }
    dam_poller_set(descriptor, timer, Int32(POLLIN))
    dam_poller_set(descriptor, event, Int32(POLLIN))
  }

  deinit {
    for each in [event, timer, descriptor] where each >= 0 { close(each) }
  }

  /// From now on watches for `events`: POLLIN, POLLOUT; 0: not any more.
  func watch(_ other: Int32, _ events: Int32) { dam_poller_set(descriptor, other, events) }

  /// Makes `descriptor` readable at this time of Clock.monotonic, and perhaps once before: a timer that was set for an
  /// earlier time stays. nil: at no time.
  func wake(at time: UInt64?) {
    guard let time else {
      signal(false)
      return arm(nil)
    }
    let now = Clock.monotonic
    signal(time <= now)
    guard time > now else { return }
    if let armed, armed > now, armed <= time { return }
    arm(time)
  }

  private func signal(_ isNow: Bool) {
    guard isNow != isSignalled else { return }
    isSignalled = isNow
    if isNow { dam_event_signal(event) } else { dam_event_clear(event) }
  }

  private func arm(_ time: UInt64?) {
    guard time != armed else { return }
    armed = time
    dam_timer_set(timer, time.map { Int64(clamping: $0.minus(Clock.monotonic)) } ?? -1)
  }

  /// What is ready now, except the time; at most 64, the rest next time.
  func ready() -> [(descriptor: Int32, events: Int32)] {
    let count = unsafe dam_poller_ready(descriptor, &descriptors, &events, 64)
    var ready: [(descriptor: Int32, events: Int32)] = []
    for place in 0..<Int(count) where descriptors[place] != timer && descriptors[place] != event {
      ready.append((descriptors[place], events[place]))
    }
    return ready
  }
}
