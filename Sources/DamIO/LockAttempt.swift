// LockAttempt.swift - how a call gets a lock: first its turn among the threads of this process, then the store's lock
// among the processes. A blocking caller and an event loop ask the same attempt how far it is; only the former lets it
// block. One thread at a time.

internal import DamCore

final class LockAttempt {
  enum Progress: ~Copyable {
    /// Ask again when the bell has rung, and at this time (Clock.monotonic) at the latest.
    case waiting(until: UInt64)
    case done(Locking, Held?)
  }

  let wish: LockWish
  private let call: Call
  private let began = Clock.monotonic
  /// When "lock-timeout" is over (Clock.monotonic).
  private let deadline: UInt64
  /// The place in the line, until the turn has come.
  private var waiter: FairLock.Waiter?
  /// The turn, while the store's lock is still to be had.
  private var turn: FairLock.Turn?
  /// Whether the call had to wait, as far as `count` has not reported it.
  private var hasWaited = false

  init(_ wish: LockWish, _ call: Call, _ holder: LockHolder, _ ring: @autoclosure () -> Ring) {
    self.wish = wish
    self.call = call
    deadline = began &+ UInt64(clamping: call.session.settings.lockTimeout) &* 1_000_000
    let entry = wish.lock.enter(ring(), holder)
    switch consume entry {
    case .turn(let turn): self.turn = consume turn
    case .line(let waiter):
      self.waiter = waiter
      hasWaited = true
    }
  }

  /// Who gives up leaves the line, or hands on the turn.
  deinit { if let waiter { _ = wish.lock.leave(waiter) } }

  /// `mayBlock`: the store's lock may be waited for here, as long as the call is wanted.
  func poll(mayBlock: Bool) -> Progress {
    if let waiter {
      guard waiter.hasTurn || Clock.monotonic >= deadline else { return .waiting(until: deadline) }
      self.waiter = nil
      turn = wish.lock.leave(waiter)
    }
    guard let turn = turn.take() else { return done(.busy, nil) }
    let now = Clock.monotonic
    let left = deadline > now ? deadline - now : 0
    switch call.shared.store.lock(wish.key, wait: mayBlock ? left : 0, unless: { mayBlock && call.isUnwanted() }) {
    case .held(let lock, let hadToWait):
      hasWaited = hasWaited || hadToWait
      return done(.held, Held(turn, lock))
    case .unavailable(let reason):
      return done(.unavailable(reason), Held(turn, nil))
    case .busy where !mayBlock && left > 0:
      self.turn = consume turn
      hasWaited = true
      // Again in two milliseconds: the kernel does not tell when a file lock is free.
      return .waiting(until: now &+ 2000)
    case .busy:
      hasWaited = true
      return done(.busy, nil)
    }
  }

  private func done(_ locking: Locking, _ held: consuming Held?) -> Progress {
    count()
    return .done(locking, held)
  }

  /// Sleeps until the turn may have come.
  func sleep() { waiter?.ring.bell.sleep(until: deadline) }

  /// Nobody waits any more, or need not.
  func count() {
    if hasWaited { call.shared.count(waitedSince: began, call.session.log) }
    hasWaited = false
  }
}
