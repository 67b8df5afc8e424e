// FileStore.swift - records as files: one for each key, replaced atomically, readable by their owner alone.
//
// KEY.record   the record; replaced by rename, so readers need no lock
// KEY.lock     created once and never deleted: a waiter on a deleted lock file would hold a lock that nobody sees. What
//              its bytes mean is in LockFile.swift.
// KEY.tmp      the next record while it is written; a key has one writer at a time, so one name is enough, and what a
//              killed writer has left is overwritten, not collected
// KEY.damaged  a record that could not be read
//
// No mode is ever widened, and no link followed.

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
  private let turn = SessionTurn()

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
    case .success(let lock):
      return locked(lock) {
        saveLocked(key, write)
      } onFailure: {
        .failed($0)
      }
    }
  }

  /// Does something under the lock of saves, which nobody may hold for long.
  private func locked<Outcome>(
    _ lock: LockFile, _ body: () -> Outcome, onFailure: (String) -> Outcome
  ) -> Outcome {
    switch lock.waitForSave(patience) {
    case .success(true):
      defer { lock.unlock(LockFile.save) }
      return body()
    case .success(false): return onFailure("another process has been saving it for too long")
    case .failure(let error): return onFailure(error.text)
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
    case .failure(let error): return .unavailable(error.text)
    case .success(let lock): return FileLine(lock, turn).wait(microseconds, unless: isUnwanted)
    }
  }

  func line(_ key: String) -> (any StoreLine)? {
    guard case .success(let lock) = openLock(key) else { return nil }
    return FileLine(lock, turn)
  }

  /// Looks once more under the lock of saves, since a good record may have come meanwhile.
  func setAside(_ key: String, _ seen: [UInt8]) {
    guard case .success(let lock) = openLock(key) else { return }
    locked(lock) {
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

  private func openLock(_ key: String) -> Result<LockFile, SystemError> {
    let path = file(key, "lock")
    // Without O_CREAT as a rule: with it, the kernel locks the folder even if the file is there.
    var opened = Descriptor.open(path, O_RDWR | O_NONBLOCK)
    if case .failure(let error) = opened, error.code == ENOENT {
      opened = Descriptor.open(path, O_RDWR | O_CREAT | O_NONBLOCK)
    }
    if case .failure(let error) = opened, error.code == ENOENT {
      if let error = Folder.make(place) { return .failure(error) }
      // Somebody may have been faster.
      if let objection = Ownership.objection(toFolder: place) { return .failure(SystemError(objection)) }
      opened = Descriptor.open(path, O_RDWR | O_CREAT | O_NONBLOCK)
    }
    return opened.flatMap { descriptor in
      if let objection = descriptor.objection(path, closed: 0o022) { return .failure(SystemError(objection)) }
      return .success(LockFile(descriptor, path))
    }
  }
}
