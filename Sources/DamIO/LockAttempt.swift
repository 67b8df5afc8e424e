// LockAttempt.swift - how a call gets a lock: first its turn among the threads of this process, then the store's lock
// among the processes. A blocking caller and an event loop ask the same attempt how far it is; only the former lets it
// block. One thread at a time.

internal import DamCore

final class LockAttempt {
  enum Progress: ~Copyable {
    /// Ask again when the bell has rung or the rest is over.
    case waiting(StoreRest)
    case done(Locking, Held?)
  }

  let wish: LockWish
  private let call: Call
  private let began = Clock.monotonic
  /// When "lock-timeout" is over (Clock.monotonic); at once where the lock is not worth waiting for.
  private let deadline: UInt64
  /// The place in the line, until the turn has come.
  private var waiter: FairLock.Waiter?
  /// The turn, while the store's lock is still to be had.
  private var turn: FairLock.Turn?
  /// The place in the store's line, of a call that must not block.
  private var line: (any StoreLine)?
  /// Whether the call had to wait, as far as `count` has not reported it.
  private var hasWaited = false

  init(_ wish: LockWish, _ call: Call, _ holder: LockHolder, _ ring: @autoclosure () -> Ring) {
    self.wish = wish
    self.call = call
    deadline = began &+ (wish.waits ? UInt64(clamping: call.session.settings.lockTimeout) &* 1_000_000 : 0)
    let entry = wish.lock.enter(ring(), holder)
    switch consume entry {
    case .turn(let turn): self.turn = consume turn
    case .line(let waiter):
      self.waiter = waiter
      hasWaited = wish.waits
    }
  }

  /// Who gives up leaves the line, or hands on the turn.
  deinit { if let waiter { _ = wish.lock.leave(waiter) } }

  /// `mayBlock`: the store's lock may be waited for here, as long as the call is wanted.
  func poll(mayBlock: Bool) -> Progress {
    if let waiter {
      guard waiter.hasTurn || Clock.monotonic >= deadline else { return .waiting(StoreRest(until: deadline)) }
      self.waiter = nil
      turn = wish.lock.leave(waiter)
    }
    guard let turn = turn.take() else { return done(.busy, nil) }
    let now = Clock.monotonic
    let left = deadline > now ? deadline - now : 0
    switch mayBlock ? wait(left) : look(stays: left > 0) {
    case .held(let lock, let hadToWait):
      hasWaited = hasWaited || hadToWait
      return done(.held, Held(turn, lock))
    case .unavailable(let reason):
      return done(.unavailable(reason), Held(turn, nil))
    case .busy where !mayBlock && left > 0:
      self.turn = consume turn
      hasWaited = true
      // Without a line again in two milliseconds: nobody tells when the lock is free.
      return .waiting(line?.rest() ?? StoreRest(until: now &+ 2000))
    case .busy:
      hasWaited = wish.waits
      return done(.busy, nil)
    }
  }

  private func wait(_ microseconds: UInt64) -> StoreLock {
    call.shared.store.lock(wish.key, wait: microseconds, unless: call.isUnwanted)
  }

  private func look(stays: Bool) -> StoreLock {
    line = line ?? call.shared.store.line(wish.key)
    return line?.look(stays: stays) ?? call.shared.store.lock(wish.key, wait: 0)
  }

  private func done(_ locking: Locking, _ held: consuming Held?) -> Progress {
    line = nil
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
