// Held.swift - a lock that a call wants, and one that it has. The latter cannot be copied and releases the lock when it
// ends, so that no lock is released twice or never.
/// A lock that a call needs before it goes on.
struct LockWish {
  let lock: FairLock
  /// The key of the record whose lock in the store follows the turn.
  let key: String
  let isAccount: Bool
  /// Whether it is worth waiting for, as long as "lock-timeout" says.
  var waits = true
}

/// A turn, and the store's lock behind it. Both are released when this ends, the store's first.
struct Held: ~Copyable {
  private let turn: FairLock.Turn
  /// nil: the store has no locks.
  private let lock: (any StoreLockHandle)?

  init(_ turn: consuming FairLock.Turn, _ lock: (any StoreLockHandle)?) {
    self.turn = turn
    self.lock = lock
  }

  deinit { lock?.unlock() }
}
