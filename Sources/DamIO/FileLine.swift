// FileLine.swift - waiting for the session's lock of a lock file: in line, woken by a watch or, where there is none, by
// looking again. See LockFile.swift.

internal import CLinux
internal import DamCore
internal import Glibc

/// The session's lock, held.
private final class FileLock: StoreLockHandle {
  private let file: LockFile
  private let turn: SessionTurn

  init(_ file: LockFile, _ turn: SessionTurn) {
    self.file = file
    self.turn = turn
  }

  func unlock() {
    file.unlock(LockFile.session)
    if !turn.release(at: Clock.monotonic) { file.touch() }
  }
}

/// A place in the line for it, for a blocking caller and for an event loop.
final class FileLine: StoreLine {
  private let file: LockFile
  private let turn: SessionTurn
  private var place: Int64?
  private var watch: LockWatch?
  /// How many are in line before this one, at most; 0: it is next.
  private var ahead: Int64 = 0
  /// Whether a place, or a watch, was asked for and not to be had.
  private var isPlaceless = false
  private var isUnwatched = false
  private var isFirstLook = true
  private var hasWaited = false
  /// When the lock was let go of for the last time, as far as is known (Clock.monotonic), and whether that is news.
  private var released = Clock.monotonic
  private var isNews = true
  /// The next nap where nothing wakes the caller, in microseconds.
  private var nap: UInt64 = 100

  /// After so many microseconds without a word everybody may try.
  private let silence: UInt64
  /// So many in line are woken whenever the lock is free. Those behind them sleep: a crowd would cost more than its
  /// turn.
  private static let near: Int64 = 3
  /// Less than a request takes, in microseconds: for that long at least, nobody moves up in the line.
  private static let shortest: Int64 = 100

  init(_ file: LockFile, _ turn: SessionTurn, silence: UInt64) {
    self.file = file
    self.turn = turn
    self.silence = silence
  }

  deinit { leave() }

  /// Waits at most so long, as a blocking caller does.
  func wait(_ microseconds: UInt64, unless isUnwanted: () -> Bool) -> StoreLock {
    let began = Clock.monotonic
    while true {
      let elapsed = Clock.monotonic &- began
      let outcome = look(stays: elapsed < microseconds)
      guard case .busy = outcome, elapsed < microseconds, !isUnwanted() else { return outcome }
      sleep(upTo: microseconds.minus(elapsed))
    }
  }

  func look(stays: Bool) -> StoreLock {
    while true {
      let outcome = look()
      guard case .busy = outcome, stays else { return outcome }
      hasWaited = true
      // The lock may have become free before this one was in line, or could hear of it.
      guard settle() else { return outcome }
    }
  }

  func rest() -> StoreRest {
    let now = Clock.monotonic
    if let watch, ahead <= FileLine.near {
      // Whoever got the lock may have kept its turn and not come back.
      let turns = SessionTurn.longest &* UInt64(clamping: ahead.plus(1))
      defer { isNews = false }
      return StoreRest(descriptor: watch.descriptor, until: now &+ (isNews ? turns : silence))
    }
    let longer = UInt64(clamping: ahead.times(FileLine.shortest))
    defer { nap = min(nap.times(2), 1000) }
    return StoreRest(until: now &+ min(max(nap, longer), silence))
  }

  private func look() -> StoreLock {
    let now = Clock.monotonic
    if let watch, watch.hasRung() { (released, isNews) = (now, true) }
    let isBack = isFirstLook && turn.comeBack(at: now)
    isFirstLook = false
    ahead = isBack ? 0 : file.first(before: place).map { (place ?? .max).minus($0) } ?? 0
    guard ahead == 0 || now &- released >= silence else { return .busy }
    switch file.lock(LockFile.session) {
    case .success(true):
      turn.take(at: now, isBack: isBack)
      leave()
      return .held(FileLock(file, turn), hadToWait: hasWaited)
    case .success(false): return .busy
    case .failure(let error): return .unavailable(error.text)
    }
  }

  /// Takes what is still missing for a wait: a place, a watch. False: nothing was.
  private func settle() -> Bool {
    if place == nil, !isPlaceless {
      place = file.enterLine()
      isPlaceless = place == nil
      return true
    }
    if watch == nil, !isUnwatched, ahead <= FileLine.near {
      watch = LockWatch(file.path)
      isUnwatched = watch == nil
      return true
    }
    return false
  }

  private func leave() {
    if let place { file.unlock(place) }
    (place, watch) = (nil, nil)
  }

  private func sleep(upTo microseconds: UInt64) {
    let rest = rest()
    let time = min(microseconds, rest.until.minus(Clock.monotonic))
    ForkGate.asleep {
      if rest.descriptor >= 0 {
        dam_wait_readable(rest.descriptor, Int64(clamping: time))
      } else {
        _ = usleep(UInt32(clamping: time))
      }
    }
  }
}
