// FileStore.swift - records as files: one for each key, replaced atomically, readable by their owner alone.
//
// KEY.record   the record; replaced by rename, so readers need no lock
// KEY.lock     created once and never deleted: a waiter on a deleted lock file would hold a lock that nobody sees.
//              Byte 0 is the session's lock (held across a login), byte 1 the short lock of a save.
// KEY.tmp      the next record while it is written; a key has one writer at a time, so one name is enough, and what a
//              killed writer has left is overwritten, not collected
// KEY.damaged  a record that could not be read
//
// Locks are open file description locks (fcntl_locking(2)). They go with the descriptor: a killed holder releases them
// at once, and two copies of this library in one process do not share them by accident. No mode is ever widened, and no
// link followed.

internal import CLinux
internal import DamCore
internal import Glibc

struct FileStore: Store {
  let place: String
  let isLasting = true

  /// A record is a few kilobytes; what is larger than this is not one.
  private static let longest = 4 << 20

  /// How long to wait for somebody else's save, in microseconds. A save takes milliseconds; a process that takes longer
  /// was stopped. This is not the option "lock-timeout", which is about logins and may be 0.
  private let patience: UInt64

  init(_ folder: String, patience: UInt64 = 10_000_000) {
    place = folder
    self.patience = patience
  }

  func load(_ key: String, unless mark: StoreMark?) -> StoreLoad {
    let path = file(key, "record")
    // Whatever has this name and is no file must not be waited for.
    switch Descriptor.open(path, O_RDONLY | O_NONBLOCK) {
    case .failure(let error):
      if error.code == ELOOP { return .refused("\(path) is a symbolic link; remove it") }
      return error.code == ENOENT || error.code == ENOTDIR ? .absent : .failed(error.text)
    case .success(let descriptor):
      guard let status = descriptor.status else { return .failed(SystemError.last.text) }
      if let objection = Ownership.objection(to: status, path, closed: 0o077) { return .refused(objection) }
      if let mark, mark.size > 0, mark.size == Int(clamping: status.st_size), descriptor.begins(with: mark.line) {
        return .unchanged
      }
      switch descriptor.readAll(limit: FileStore.longest) {
      case .failure(let error): return .failed(error.text)
      case .success(let bytes): return .found(bytes, mark: StoreMark(bytes))
      }
    }
  }

  func save(_ key: String, _ write: StoreWrite) -> StoreSave {
    switch openLock(key) {
    case .failure(let error):
      return .failed(error.text)
    case .success(let descriptor):
      return locked(descriptor) {
        saveLocked(key, write)
      } onFailure: {
        .failed($0)
      }
    }
  }

  /// Does something under the lock of saves, which nobody may hold for long.
  private func locked<Outcome>(
    _ descriptor: Descriptor, _ body: () -> Outcome, onFailure: (String) -> Outcome
  ) -> Outcome {
    switch FileLock.take(descriptor, byte: 1, wait: patience, unless: { false }) {
    case .held(let lock, _):
      defer { lock.unlock() }
      return body()
    case .busy: return onFailure("another process has been saving it for too long")
    case .unavailable(let reason): return onFailure(reason)
    }
  }

  private func saveLocked(_ key: String, _ new: StoreWrite) -> StoreSave {
    switch load(key, unless: nil) {
    case .failed(let reason), .refused(let reason): return .failed(reason)
    case .absent, .unchanged:
      if new.replacing != 0 { return .conflict(nil) }
    case .found(let present, _):
      guard RecordHeader.parse(present)?.header.revision == new.replacing else { return .conflict(present) }
    }
    switch write(key, new.bytes, new.isDurable) {
    case .failure(let error): return .failed(error.text)
    case .success: return .saved(mark: StoreMark(new.bytes))
    }
  }

  private func write(_ key: String, _ bytes: [UInt8], _ isDurable: Bool) -> Result<Void, SystemError> {
    let temporary = file(key, "tmp")
    unsafe unlink(temporary)
    switch Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL) {
    case .failure(let error):
      return .failure(error)
    case .success(let descriptor):
      if let error = descriptor.writeAll(bytes) ?? (isDurable ? descriptor.sync() : nil) {
        unsafe unlink(temporary)
        return .failure(error)
      }
      guard unsafe rename(temporary, file(key, "record")) == 0 else {
        let error = SystemError.last
        unsafe unlink(temporary)
        return .failure(error)
      }
      if isDurable, case .success(let folder) = Descriptor.open(place, O_RDONLY | O_DIRECTORY) { _ = folder.sync() }
      return .success(())
    }
  }

  func lock(_ key: String, wait microseconds: UInt64, unless isUnwanted: () -> Bool) -> StoreLock {
    switch openLock(key) {
    case .failure(let error):
      return .unavailable(error.text)
    case .success(let descriptor):
      return FileLock.take(descriptor, byte: 0, wait: microseconds, unless: isUnwanted)
    }
  }

  /// Looks once more under the lock of saves, since a good record may have come meanwhile.
  func setAside(_ key: String, _ seen: [UInt8]) {
    guard case .success(let descriptor) = openLock(key) else { return }
    locked(descriptor) {
      guard case .found(let present, _) = load(key, unless: nil), present == seen else { return }
      _ = unsafe rename(file(key, "record"), file(key, "damaged"))
    } onFailure: { _ in
    }
  }

  func list() -> Result<[String], StoreFailure> {
    switch Folder.files(place) {
    case .failure(let error):
      return error.code == ENOENT ? .success([]) : .failure(StoreFailure(reason: error.text))
    case .success(let files):
      return .success(files.filter { $0.hasSuffix(".record") }.map { String($0.dropLast(".record".count)) }.sorted())
    }
  }

  func remove(_ key: String) -> Result<Bool, StoreFailure> {
    if unsafe unlink(file(key, "record")) == 0 { return .success(true) }
    let error = SystemError.last
    return error.code == ENOENT || error.code == ENOTDIR ? .success(false) : .failure(StoreFailure(reason: error.text))
  }

  private func file(_ key: String, _ ending: String) -> String { "\(place)/\(key).\(ending)" }

  private func openLock(_ key: String) -> Result<Descriptor, SystemError> {
    let path = file(key, "lock")
    var opened = Descriptor.open(path, O_RDWR | O_CREAT | O_NONBLOCK)
    if case .failure(let error) = opened, error.code == ENOENT {
      if let error = Folder.make(place) { return .failure(error) }
      // Somebody may have been faster.
      if let objection = Ownership.objection(toFolder: place) { return .failure(SystemError(objection)) }
      opened = Descriptor.open(path, O_RDWR | O_CREAT | O_NONBLOCK)
    }
    guard case .success(let lock) = opened, let objection = lock.objection(path, closed: 0o022) else { return opened }
    return .failure(SystemError(objection))
  }
}

/// One locked byte of a lock file.
private final class FileLock: StoreLockHandle {
  private let descriptor: Descriptor
  private let byte: Int64

  private init(_ descriptor: Descriptor, _ byte: Int64) {
    self.descriptor = descriptor
    self.byte = byte
  }

  /// The kernel has no bounded wait for file locks; short sleeps are the portable way to have one. They stay short, so
  /// that a process with many threads of its own does not starve the others.
  static func take(
    _ descriptor: Descriptor, byte: Int64, wait microseconds: UInt64, unless isUnwanted: () -> Bool
  ) -> StoreLock {
    // Before it is locked, and before anybody sleeps: a child must never get hold of it.
    dam_fork_close_add(descriptor.number)
    let began = Clock.monotonic
    var pause: UInt32 = 100
    var hadToWait = false
    while dam_lock_byte(descriptor.number, byte, Int16(truncatingIfNeeded: F_WRLCK)) != 0 {
      let error = SystemError.last
      let elapsed = Clock.monotonic &- began
      let isHeld = error.code == EAGAIN || error.code == EACCES
      guard isHeld, elapsed < microseconds, !isUnwanted() else {
        dam_fork_close_remove(descriptor.number)
        return isHeld ? .busy : .unavailable(error.text)
      }
      hadToWait = true
      let nap = pause
      ForkGate.outside { _ = usleep(nap) }
      pause = min(pause.times(2), elapsed < 2_000_000 ? 1000 : 5000)
    }
    return .held(FileLock(descriptor, byte), hadToWait: hadToWait)
  }

  /// Said aloud rather than left to close(): a child that was being forked may hold the same open file.
  func unlock() {
    _ = dam_lock_byte(descriptor.number, byte, Int16(truncatingIfNeeded: F_UNLCK))
    dam_fork_close_remove(descriptor.number)
  }
}
