// FairLock.swift - one at a time among the threads of this process, in the order they came. Other processes are kept
// out by the store's lock.

internal import DamCore
internal import Synchronization

final class FairLock: Sendable {
  private struct State {
    var holder: LockHolder?
    var waiters: [Waiter] = []
  }

  /// The lock is somebody's as long as this is there. It cannot be copied, so that nothing is let go twice.
  struct Turn: ~Copyable {
    private let lock: FairLock
    fileprivate init(_ lock: FairLock) { self.lock = lock }
    deinit { lock.handOn() }
  }

  /// A place in the line.
  final class Waiter: Sendable {
    let ring: Ring
    let holder: LockHolder
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

  enum Entry: ~Copyable {
    case turn(Turn)
    case line(Waiter)
  }

  private let state = Mutex(State())

  /// The lock at once; or a place in the line, whose bell rings when the turn has come.
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

  /// Gives up the place in the line, once. The turn if it has come, perhaps between the decision and this look.
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

  /// Why the calling thread would wait in vain; nil: it would not. Whoever comes later is no hindrance, and cannot be
  /// the thread's own while it waits.
  func standstill(for holder: LockHolder) -> Failure? {
    let others = state.withLock { state in [state.holder].compactMap { $0 } + state.waiters.map(\.holder) }
    return others.lazy.filter { $0 !== holder }.compactMap(\.standstill).first
  }
}
