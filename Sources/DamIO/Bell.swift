// Bell.swift - how those who wait for a turn at a FairLock hear that it has come. A blocking caller has a bell of its
// own and sleeps on it; an event loop has one for all of its jobs and watches its descriptor.

internal import CLinux
internal import Glibc
internal import Synchronization

/// Any thread rings; one thread sleeps or takes the turns.
final class Bell: Sendable {
  /// Readable from `ring` until `takeTurns` (an eventfd); -1 where no descriptors are left.
  let descriptor: Int32
  /// The tags that it was rung with since `takeTurns`.
  private let turns = Mutex<[UInt64]>([])

  init() { descriptor = dam_event_new() }
  deinit { if descriptor >= 0 { close(descriptor) } }

  /// A turn has come. `tag`: whose, for a bell with several waiters.
  func ring(_ tag: UInt64) {
    turns.withLock { $0.append(tag) }
    if descriptor >= 0 { dam_event_signal(descriptor) }
  }

  /// Sleeps until the bell rings, or until `deadline` (Clock.monotonic); but no longer than a fifth of a second, since
  /// the caller also has to look whether its call was cancelled.
  func sleep(until deadline: UInt64) {
    let now = Clock.monotonic
    guard now < deadline else { return }
    var watch = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // Without a descriptor to sleep on, looking again and again is better than failing.
    let milliseconds = descriptor < 0 ? 10 : min(200, Int32(clamping: (deadline - now) / 1000 + 1))
    _ = ForkGate.asleep { unsafe poll(&watch, 1, milliseconds) }
  }

  /// The tags that it was rung with since the last time.
  func takeTurns() -> [UInt64] {
    // Cleared first: a ring that comes after that makes the descriptor readable again, so that no turn is missed.
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
