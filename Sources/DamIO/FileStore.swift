// FileStore.swift - records as files: one for each key, replaced atomically, readable by their owner alone.
//
// KEY.record   the record
// KEY.lock     created once and never deleted: a waiter on a deleted lock file would hold a lock that nobody sees. What
//              its bytes mean is in LockFile.swift.
// KEY.tmp      the next record while it is written, and the last but one between saves. A key has one writer at a time,
//              so one name is enough, and what a killed writer has left is overwritten, not collected.
// KEY.damaged  a record that could not be read
//
// A save writes KEY.tmp and puts it in the place of KEY.record in one step, so that no reader needs a lock and a killed
// writer has changed nothing. There are two ways:
//
// - What must survive a loss of power goes into a new file, is written through to the disk, and is renamed over the
//   record. The old record is gone with that, so a logout leaves no secret behind.
// - Rotated cookies, which come with every response, go into the file that KEY.tmp is already, and the two files are
//   exchanged. That takes 10 microseconds where a new file takes 150 (ext4 writes a file that replaces another one to
//   the disk at once). After a loss of power such a record may be an old one, or damaged: that costs a login.
//
// The second way writes into a file that was the record two saves ago. A reader that has been in the middle of it since
// then gets a mixture, whose checksum tells: it reads again. Versions that know only the first way share the store
// without noticing.
//
// No mode is ever widened, and no link followed.

internal import CLinux
internal import DamCore
internal import Glibc

struct FileStore: Store {
  let place: String
  /// `place` with a slash.
  private let prefix: String
  let isLasting = true

  /// A record is a few kilobytes; what is larger than this is not one.
  private static let longest = 4 << 20

  /// How long to wait for somebody else's save, in microseconds. A save takes milliseconds; a process that takes longer
  /// was stopped. This is not the option "lock-timeout", which is about logins and may be 0.
  private let patience: UInt64
  /// See FileLine, in microseconds: longer than a turn takes, and no longer than anybody would mind. Where a test must
  /// not depend on how fast the machine is, it is longer.
  private let silence: UInt64
  private let turn = SessionTurn()

  init(_ folder: String, patience: UInt64 = 10_000_000, silence: UInt64 = 5000) {
    place = folder
    prefix = folder + "/"
    self.patience = patience
    self.silence = silence
  }

  func load(_ key: String, unless mark: StoreMark?) -> StoreLoad {
    var last: [UInt8]?
    while true {
      let load = read(key, unless: mark)
      // Either somebody has saved twice meanwhile, or it is damaged: then it is the same once more.
      guard case .found(let bytes, _) = load, bytes != last, !RecordHeader.isWhole(bytes) else { return load }
      last = bytes
    }
  }

  private func read(_ key: String, unless mark: StoreMark?) -> StoreLoad {
    switch open(key) {
    case .failure(let objection): return objection.load
    case .success(let record):
      if let mark, mark.size > 0, mark.size == record.size, record.file.beginning(mark.line.count) == mark.line {
        return .unchanged
      }
      switch record.file.readAll(limit: FileStore.longest, size: record.size) {
      case .failure(let error): return .failed(because(error))
      case .success(let bytes): return .found(bytes, mark: StoreMark(bytes))
      }
    }
  }

  /// A record that is open and can be believed.
  private struct OpenRecord {
    let file: Descriptor
    let size: Int
  }

  /// Why there is none.
  private enum Objection: Error {
    case absent
    case failed(String)
    case refused(String)

    var load: StoreLoad {
      switch self {
      case .absent: .absent
      case .failed(let reason): .failed(reason)
      case .refused(let reason): .refused(reason)
      }
    }
  }

  private func open(_ key: String) -> Result<OpenRecord, Objection> {
    let path = file(key, ".record")
    // Whatever has this name and is no file must not be waited for.
    switch Descriptor.open(path, O_RDONLY | O_NONBLOCK) {
    case .failure(let error):
      if error.code == ELOOP { return .failure(.refused("\(path) is a symbolic link; remove it")) }
      return .failure(error.code == ENOENT || error.code == ENOTDIR ? .absent : .failed(because(error)))
    case .success(let file):
      guard let status = file.status else { return .failure(.failed(because(SystemError.last))) }
      if let objection = Ownership.objection(to: status, path, closed: 0o077) { return .failure(.refused(objection)) }
      return .success(OpenRecord(file: file, size: Int(clamping: status.st_size)))
    }
  }

  func save(_ key: String, _ write: StoreWrite) -> StoreSave {
    switch openLock(key) {
    case .failure(let error):
      return .failed(because(error))
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
    case .failure(let error): return onFailure(because(error))
    }
  }

  private func saveLocked(_ key: String, _ new: StoreWrite) -> StoreSave {
    switch open(key) {
    case .failure(.failed(let reason)), .failure(.refused(let reason)): return .failed(reason)
    case .failure(.absent):
      if new.replacing != 0 { return .conflict(nil) }
    case .success(let record):
      let line = record.file.beginning(RecordHeader.longest)
      guard RecordHeader.parse(line)?.header.revision == new.replacing else { return conflict(record) }
    }
    let isFirst = new.replacing == 0
    if let error = new.isDurable || isFirst ? replace(key, new) : exchange(key, new) { return .failed(because(error)) }
    return .saved(mark: StoreMark(new))
  }

  private func conflict(_ record: OpenRecord) -> StoreSave {
    switch record.file.readAll(limit: FileStore.longest, size: record.size) {
    case .failure(let error): .failed(because(error))
    case .success(let present): .conflict(present)
    }
  }

  /// A new file in the place of the old one.
  private func replace(_ key: String, _ new: StoreWrite) -> SystemError? {
    finish(key, create(key, new.bytes, isSynced: new.isDurable)) {
      guard unsafe rename(file(key, ".tmp"), file(key, ".record")) == 0 else { return .last }
      if new.isDurable, case .success(let folder) = Descriptor.open(place, O_RDONLY | O_DIRECTORY) { _ = folder.sync() }
      return nil
    }
  }

  /// The spare file in the place of the record, which becomes the spare one.
  private func exchange(_ key: String, _ new: StoreWrite) -> SystemError? {
    // Once on the disk, it has its place there: no loss of power can make an empty file of it.
    finish(key, overwrite(key, new.bytes) ? nil : create(key, new.bytes, isSynced: true)) {
      let (spare, record) = (file(key, ".tmp"), file(key, ".record"))
      // Some file systems cannot exchange, and somebody may have removed the record.
      return unsafe dam_exchange(spare, record) == 0 || rename(spare, record) == 0 ? nil : .last
    }
  }

  /// Goes on if the temporary file was written, and leaves none behind if something fails.
  private func finish(_ key: String, _ error: SystemError?, _ step: () -> SystemError?) -> SystemError? {
    let error = error ?? step()
    if error != nil { _ = unsafe unlink(file(key, ".tmp")) }
    return error
  }

  /// Writes into the temporary file that is there; false: there is none that can be used.
  private func overwrite(_ key: String, _ bytes: [UInt8]) -> Bool {
    let path = file(key, ".tmp")
    guard case .success(let spare) = Descriptor.open(path, O_WRONLY | O_NONBLOCK), let status = spare.status,
      Ownership.objection(to: status, path, closed: 0o077) == nil, spare.writeAll(bytes) == nil
    else { return false }
    return status.st_size <= bytes.count || ftruncate(spare.number, off_t(clamping: bytes.count)) == 0
  }

  /// Writes a new temporary file.
  private func create(_ key: String, _ bytes: [UInt8], isSynced: Bool) -> SystemError? {
    let path = file(key, ".tmp")
    let flags = O_WRONLY | O_CREAT | O_EXCL
    var created = Descriptor.open(path, flags)
    if case .failure(let error) = created, error.code == EEXIST {
      unsafe unlink(path)
      created = Descriptor.open(path, flags)
    }
    switch created {
    case .failure(let error): return error
    case .success(let file): return file.writeAll(bytes) ?? (isSynced ? file.sync() : nil)
    }
  }

  func lock(_ key: String, wait microseconds: UInt64, unless isUnwanted: () -> Bool) -> StoreLock {
    switch openLock(key) {
    case .failure(let error): return .unavailable(because(error))
    case .success(let lock): return FileLine(lock, turn, silence: silence).wait(microseconds, unless: isUnwanted)
    }
  }

  func line(_ key: String) -> (any StoreLine)? {
    guard case .success(let lock) = openLock(key) else { return nil }
    return FileLine(lock, turn, silence: silence)
  }

  /// Looks once more under the lock of saves, since a good record may have come meanwhile.
  func setAside(_ key: String, _ seen: [UInt8]) {
    guard case .success(let lock) = openLock(key) else { return }
    locked(lock) {
      guard case .found(let present, _) = load(key, unless: nil), present == seen else { return }
      _ = unsafe rename(file(key, ".record"), file(key, ".damaged"))
    } onFailure: { _ in
    }
  }

  func list() -> Result<[String], StoreFailure> {
    switch Folder.files(place) {
    case .failure(let error):
      return error.code == ENOENT ? .success([]) : .failure(StoreFailure(reason: because(error)))
    case .success(let files):
      return .success(files.filter { $0.hasSuffix(".record") }.map { String($0.dropLast(".record".count)) }.sorted())
    }
  }

  func remove(_ key: String) -> Result<Bool, StoreFailure> {
    if unsafe unlink(file(key, ".record")) == 0 {
      // The spare file holds what the record was before. A save that is under way still needs it.
      if case .success(let lock) = openLock(key) {
        locked(lock) {
          _ = unsafe unlink(file(key, ".tmp"))
        } onFailure: { _ in
        }
      }
      return .success(true)
    }
    let error = SystemError.last
    return error.code == ENOENT || error.code == ENOTDIR
      ? .success(false) : .failure(StoreFailure(reason: because(error)))
  }

  private func file(_ key: String, _ ending: String) -> String { prefix + key + ending }

  /// Why something is not possible here.
  private func because(_ error: SystemError) -> String { "\(place): \(error.text)" }

  private func openLock(_ key: String) -> Result<LockFile, SystemError> {
    let path = file(key, ".lock")
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
