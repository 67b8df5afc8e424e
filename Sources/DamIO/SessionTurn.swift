// SessionTurn.swift - when a process may keep the session of a store to itself though others are in line for it.
//
// Each change of hands costs a wake-up and reading the record. Where a request takes less than that, one request a turn
// would be slow for everybody. So a process that is known to come back at once goes on for half a millisecond, without
// a word to those in line; who waits loses no more than that, and no process gets more than another.

internal import Synchronization

/// Of one store in this process. All times are of Clock.monotonic.
final class SessionTurn: Sendable {
  /// How long a turn is, in microseconds.
  static let longest: UInt64 = 500
  /// Who comes back sooner than this comes back at once.
  private static let atOnce: UInt64 = 200

  private struct State {
    /// When the turn began, and when the lock was taken and let go for the last time.
    var began: UInt64 = 0
    var taken: UInt64 = 0
    var released: UInt64 = 0
    /// Whether this process came back at once the last time.
    var comesBack = false
    /// Whether it kept its turn when it let go.
    var isKept = false
  }

  private let state = Mutex(State())

  /// This process wants the lock again. Whether it has kept its turn.
  func comeBack(at now: UInt64) -> Bool {
    state.withLock { state in
      state.comesBack = now &- state.released < SessionTurn.atOnce
      return state.comesBack && state.isKept
    }
  }

  func take(at now: UInt64, isBack: Bool) {
    state.withLock { state in
      state.taken = now
      if !isBack { state.began = now }
    }
  }

  /// Lets go. True: the turn is kept, since another request as long as this one fits into it.
  func release(at now: UInt64) -> Bool {
    state.withLock { state in
      state.released = now
      state.isKept = state.comesBack && (now &- state.began) &+ (now &- state.taken) <= SessionTurn.longest
      return state.isKept
    }
  }
}
