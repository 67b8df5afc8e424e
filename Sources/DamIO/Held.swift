// Held.swift - a lock that a call wants, and one that it has. The latter cannot be copied and lets go when it ends, so
// that nothing is let go twice or never.
/// A lock that a call needs before it goes on.
struct LockWish {
  let lock: FairLock
  let key: String
  let isAccount: Bool
}

/// A turn, and the store's lock behind it; both are let go with it, the store's first.
struct Held: ~Copyable {
  private let turn: FairLock.Turn
  private let lock: (any StoreLockHandle)?

  init(_ turn: consuming FairLock.Turn, _ lock: (any StoreLockHandle)?) {
    self.turn = turn
    self.lock = lock
  }

  deinit { lock?.unlock() }
}
