// Bell.swift - how those who wait for a turn hear that it has come: a blocking caller has a bell of its own and sleeps
// on it, an event loop has one for all of its calls and watches it.

internal import CLinux
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

  /// Until a turn has come, or `deadline` (Clock.monotonic), but for a fifth of a second at the most: who waits has
  /// more to look at.
  func sleep(until deadline: UInt64) {
    let now = Clock.monotonic
    guard now < deadline else { return }
    var watch = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // Without a descriptor to sleep on: looking again and again is better than failing.
    let milliseconds = descriptor < 0 ? 10 : min(200, Int32(clamping: (deadline - now) / 1000 + 1))
    _ = ForkGate.outside { unsafe poll(&watch, 1, milliseconds) }
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

/// A bell, and what it says when it rings for one who waits.
struct Ring: Sendable {
  let bell: Bell
  private let tag: UInt64

  init(_ bell: Bell, _ tag: UInt64 = 0) {
    self.bell = bell
    self.tag = tag
  }

  func call() { bell.ring(tag) }
}
