// FairLock.swift - a lock among the threads of this process that is handed over in the order in which they came. It is
// held across I/O, so nobody spins or sleeps inside it: a waiter gets a bell. The store's lock keeps other processes
// out.

internal import DamCore
internal import Synchronization

final class FairLock: Sendable {
  /// Guarded by the mutex, which is never held across a callback or I/O.
  private struct State {
    /// Who has the turn; nil: the lock is free. When a turn is handed on there is no moment in between.
    var holder: LockHolder?
    /// The line; the first one is next.
    var waiters: [Waiter] = []
  }

  /// The right to hold the lock; the lock goes to the next in line when this ends. It cannot be copied, so that no lock
  /// is released twice.
  struct Turn: ~Copyable {
    private let lock: FairLock
    fileprivate init(_ lock: FairLock) { self.lock = lock }
    deinit { lock.handOn() }
  }

  /// A place in the line.
  final class Waiter: Sendable {
    let ring: Ring
    /// Who waits; becomes the lock's holder.
    let holder: LockHolder
    /// Whether the turn has come. Set once, by the thread that hands the lock on.
    private let turn = Atomic<Bool>(false)

    init(_ ring: Ring, _ holder: LockHolder) {
      self.ring = ring
      self.holder = holder
    }

    var hasTurn: Bool { turn.load(ordering: .acquiring) }

    fileprivate func call() {
      turn.store(true, ordering: .releasing)
      ring.call()
    }
  }

  /// What came of trying to enter.
  enum Entry: ~Copyable {
    /// The lock was free, and is the caller's now.
    case turn(Turn)
    /// The lock was taken; the caller must `leave` once, with or without the turn.
    case line(Waiter)
  }

  private let state = Mutex(State())

  /// Takes the lock if it is free, else a place in the line. `ring` is made only in the latter case, and rings when the
  /// turn has come.
  func enter(_ ring: @autoclosure () -> Ring, _ holder: LockHolder = LockHolder()) -> Entry {
    let waiter: Waiter? = state.withLock { state in
      guard state.holder != nil else {
        state.holder = holder
        return nil
      }
      let waiter = Waiter(ring(), holder)
      state.waiters.append(waiter)
      return waiter
    }
    return waiter.map { .line($0) } ?? .turn(Turn(self))
  }

  /// Leaves the line; to be called once for each waiter. Returns the turn if it has come, which may be after the waiter
  /// has decided to give up: whoever does not want it then drops it, and it goes to the next.
  func leave(_ waiter: Waiter) -> Turn? {
    let hasLeft = state.withLock { state in
      guard let index = state.waiters.firstIndex(where: { $0 === waiter }) else { return false }
      state.waiters.remove(at: index)
      return true
    }
    return hasLeft ? nil : Turn(self)
  }

  /// Hands the lock to the next in line.
  private func handOn() {
    let next: Waiter? = state.withLock { state in
      let next = state.waiters.isEmpty ? nil : state.waiters.removeFirst()
      state.holder = next?.holder
      return next
    }
    next?.call()
  }

  /// Why the calling thread, which is in line for `holder`, would wait for ever; nil: it would not. Looks at the lock's
  /// holder and at all in line: whoever came later is another thread's, and no hindrance.
  func standstill(for holder: LockHolder) -> Failure? {
    let others = state.withLock { state in [state.holder].compactMap { $0 } + state.waiters.map(\.holder) }
    return others.lazy.filter { $0 !== holder }.compactMap(\.standstill).first
  }
}
