// Flight.swift - one at a time among the threads of this process, in the order they came, with a limit to waiting.
// A waiter sleeps on an eventfd of its own, so that a blocking caller can poll it with a time-out and an event loop can
// watch it. It refuses to know about other processes: the store's lock does.

internal import CLinux
internal import Glibc
internal import Synchronization

final class Flight: Sendable {
  private struct State {
    var isTaken = false
    var waiters: [Waiter] = []
  }

  final class Waiter: Sendable {
    let event: Int32
    init() { event = dam_event_new() }
    deinit { if event >= 0 { close(event) } }

    var hasTurn: Bool {
      var watch = pollfd(fd: event, events: Int16(POLLIN), revents: 0)
      return unsafe poll(&watch, 1, 0) > 0
    }
  }

  private let state = Mutex(State())

  /// Without waiting: true when the flight is the caller's.
  func tryTake() -> Bool {
    state.withLock { state in
      defer { state.isTaken = true }
      return !state.isTaken
    }
  }

  /// True when the flight is the caller's; false when `timeout` microseconds ran out.
  func take(timeout: UInt64) -> Bool {
    guard let waiter = queue() else { return true }
    return Flight.wait(waiter.event, timeout) || leave(waiter)
  }

  /// nil when the flight is the caller's at once; else a place in the line, whose event says when it is.
  func queue() -> Waiter? {
    state.withLock { state in
      guard state.isTaken else {
        state.isTaken = true
        return nil
      }
      let waiter = Waiter()
      state.waiters.append(waiter)
      return waiter
    }
  }

  /// Gives up waiting. True when the turn came all the same, between the decision and this look.
  func leave(_ waiter: Waiter) -> Bool {
    state.withLock { state in
      guard let index = state.waiters.firstIndex(where: { $0 === waiter }) else { return true }
      state.waiters.remove(at: index)
      return false
    }
  }

  /// Hands the flight to the next in line.
  func release() {
    let next: Waiter? = state.withLock { state in
      guard !state.waiters.isEmpty else {
        state.isTaken = false
        return nil
      }
      return state.waiters.removeFirst()
    }
    if let next { dam_event_signal(next.event) }
  }

  private static func wait(_ event: Int32, _ timeout: UInt64) -> Bool {
    let deadline = Clock.monotonic &+ timeout
    while true {
      let now = Clock.monotonic
      guard now < deadline else { return false }
      var watch = pollfd(fd: event, events: Int16(POLLIN), revents: 0)
      let milliseconds = Int32(clamping: (deadline - now) / 1000 + 1)
      if Gate.outside({ unsafe poll(&watch, 1, milliseconds) }) > 0 { return true }
    }
  }
}
