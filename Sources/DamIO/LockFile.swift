// LockFile.swift - the locks of one lock file, and the line of those who wait.
//
// byte 0       the session's lock, held across a login or a request
// byte 1       the short lock of a save
// from 2 on    the line for byte 0: who waits has locked a byte behind those of all others, and is next when no byte
//              before it is locked
//
// The line is there for fairness: a process with many requests would else take the lock again before anybody whom it
// has let go for is awake. Who lets go of byte 0 while somebody is in line touches the file, which wakes them.
// SessionTurn says when a process may go on before those in line.
//
// All of that is for speed alone: if nobody has let go for a while, everybody may try, so that neither a process that
// was stopped in line nor a lost event holds up the rest, and versions without a line may share the file.
//
// Locks are open file description locks (fcntl_locking(2)). They go with the descriptor: a killed process loses them
// and its place at once, and two copies of this library in one process do not share them by accident.

internal import CLinux
internal import DamCore
internal import Glibc

/// A lock file that was opened for one who wants its locks.
final class LockFile: Sendable {
  static let session: Int64 = 0
  static let save: Int64 = 1
  private static let line: Int64 = 2

  private let descriptor: Descriptor
  let path: String

  init(_ descriptor: Descriptor, _ path: String) {
    self.descriptor = descriptor
    self.path = path
    // Before anything is locked, and before anybody sleeps: a child must never get hold of it.
    dam_fork_close_add(descriptor.number)
  }

  deinit { dam_fork_close_remove(descriptor.number) }

  /// False: another one has it.
  func lock(_ byte: Int64) -> Result<Bool, SystemError> {
    if dam_lock_byte(descriptor.number, byte, Int16(truncatingIfNeeded: F_WRLCK)) == 0 { return .success(true) }
    let error = SystemError.last
    return error.code == EAGAIN || error.code == EACCES ? .success(false) : .failure(error)
  }

  /// Said aloud rather than left to close(): a child that was being forked may hold the same open file.
  func unlock(_ byte: Int64) { _ = dam_lock_byte(descriptor.number, byte, Int16(truncatingIfNeeded: F_UNLCK)) }

  /// Waits for the lock of saves in short naps: it is rarely taken, and never for long.
  func waitForSave(_ microseconds: UInt64) -> Result<Bool, SystemError> {
    let began = Clock.monotonic
    var nap: UInt32 = 100
    while true {
      let taken = lock(LockFile.save)
      guard case .success(false) = taken, Clock.monotonic &- began < microseconds else { return taken }
      ForkGate.asleep { _ = usleep(nap) }
      nap = min(nap.times(2), 1000)
    }
  }

  /// Wakes those in line.
  func touch() { if first(before: nil) != nil { _ = futimens(descriptor.number, nil) } }

  /// A place in the line before this one (nil: any place); nearly always the first one.
  func first(before place: Int64?) -> Int64? {
    let size = place.map { $0.minus(LockFile.line) } ?? 0
    // No bytes would mean all bytes.
    if place != nil, size == 0 { return nil }
    let found = dam_lock_found(descriptor.number, LockFile.line, size)
    return found < 0 ? nil : found
  }

  /// Takes the place behind all others; nil: there is no line to be had.
  func enterLine() -> Int64? {
    var place = LockFile.line
    for _ in 0..<1000 {
      let other = dam_lock_found(descriptor.number, place, 0)
      if other >= place {
        place = other.plus(1)
        continue
      }
      switch lock(place) {
      case .success(true): return place
      case .success(false): continue
      case .failure: return nil
      }
    }
    return nil
  }
}
