// Flight.swift - one at a time among the threads of this process, in the order they came, with a limit to waiting.
// Who waits is told by a bell: a blocking caller has one of its own and sleeps on it, an event loop has one for all of
// its calls and watches it. It refuses to know about other processes: the store's lock does.

internal import CLinux
internal import DamCore
internal import Glibc
internal import Synchronization

/// Rings when a turn has come, and says whose.
final class Bell: Sendable {
  /// Readable while a turn has come that nobody took; -1 where no descriptors are left.
  let descriptor: Int32
  private let turns = Mutex<[UInt64]>([])

  init() { descriptor = dam_event_new() }
  deinit { if descriptor >= 0 { close(descriptor) } }

  func ring(_ tag: UInt64) {
    turns.withLock { $0.append(tag) }
    if descriptor >= 0 { dam_event_signal(descriptor) }
  }

  /// Whose turn has come since the last time.
  func takeTurns() -> [UInt64] {
    if descriptor >= 0 { dam_event_clear(descriptor) }
    return turns.withLock { turns in
      defer { turns = [] }
      return turns
    }
  }
}

final class Flight: Sendable {
  private struct State {
    var holder: Keeper?
    var waiters: [Waiter] = []
  }

  final class Waiter: Sendable {
    let bell: Bell
    let tag: UInt64
    let keeper: Keeper
    private let turn = Atomic<Bool>(false)

    init(_ bell: Bell, _ tag: UInt64, _ keeper: Keeper) {
      self.bell = bell
      self.tag = tag
      self.keeper = keeper
    }

    var hasTurn: Bool { turn.load(ordering: .acquiring) }

    func call() {
      turn.store(true, ordering: .releasing)
      bell.ring(tag)
    }
  }

  private let state = Mutex(State())

  /// Without waiting: true when the flight is the caller's.
  func tryTake(_ keeper: Keeper = Keeper()) -> Bool {
    state.withLock { state in
      guard state.holder == nil else { return false }
      state.holder = keeper
      return true
    }
  }

  /// True when the flight is the caller's; false when `timeout` microseconds ran out, or nobody wants it any more.
  func take(_ keeper: Keeper = Keeper(), timeout: UInt64, unless isUnwanted: () -> Bool = { false }) -> Bool {
    guard let waiter = queue(Bell(), keeper) else { return true }
    return Flight.wait(waiter, timeout, isUnwanted) || leave(waiter)
  }

  /// nil when the flight is the caller's at once; else a place in the line, whose bell rings with `tag` when it is.
  func queue(_ bell: @autoclosure () -> Bell, _ keeper: Keeper = Keeper(), tag: UInt64 = 0) -> Waiter? {
    state.withLock { state in
      guard state.holder != nil else {
        state.holder = keeper
        return nil
      }
      let waiter = Waiter(bell(), tag, keeper)
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
      let next = state.waiters.isEmpty ? nil : state.waiters.removeFirst()
      state.holder = next?.keeper
      return next
    }
    next?.call()
  }

  /// Why the calling thread would wait in vain; nil: it would not. Whoever comes later is no hindrance, and cannot be
  /// the thread's own while it waits.
  func standstill(for keeper: Keeper) -> Failure? {
    let others = state.withLock { state in [state.holder].compactMap { $0 } + state.waiters.map(\.keeper) }
    return others.lazy.filter { $0 !== keeper }.compactMap(\.standstill).first
  }

  private static func wait(_ waiter: Waiter, _ timeout: UInt64, _ isUnwanted: () -> Bool) -> Bool {
    let deadline = Clock.monotonic &+ timeout
    let event = waiter.bell.descriptor
    while !waiter.hasTurn {
      let now = Clock.monotonic
      guard now < deadline, !isUnwanted() else { return false }
      var watch = pollfd(fd: event, events: Int16(POLLIN), revents: 0)
      // Without a descriptor to sleep on: looking again and again is better than failing.
      let milliseconds = event < 0 ? 10 : min(200, Int32(clamping: (deadline - now) / 1000 + 1))
      _ = Gate.outside { unsafe poll(&watch, 1, milliseconds) }
    }
    return true
  }
}
