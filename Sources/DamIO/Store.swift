// Store.swift - what a place for records must be able to do. Records are bytes under a key. A save says which revision
// it replaces, so that two writers cannot lose each other's work, and a lock keeps logins apart.

internal import DamCore

/// The outcome of looking for a record.
enum StoreLoad: Sendable {
  case absent
  /// Nothing new since the mark that was given.
  case unchanged
  case found([UInt8], mark: StoreMark)
  case failed(String)
  /// There is something that must not be believed, and what to do about it.
  case refused(String)
}

/// Tells whether a record has changed without reading all of it: holds what cannot be the same in two records.
struct StoreMark: Equatable, Sendable {
  var revision: UInt64 = 0
  /// The first line, which holds a checksum of the rest. An inode and a time would not do: file systems use inodes
  /// again, and count time in ticks.
  var line: [UInt8] = []
  /// How long the whole record is: one that was cut is another one.
  var size = 0

  init() {}

  init(_ record: [UInt8]) {
    let first = RecordHeader.parse(record)
    self.init(record, first?.size ?? 0, first?.header.revision ?? 0)
  }

  init(_ write: StoreWrite) {
    self.init(write.bytes, write.bytes.prefix { $0 != 0x0A }.count.plus(1), write.revision)
  }

  private init(_ record: [UInt8], _ length: Int, _ revision: UInt64) {
    self.revision = revision
    line = Array(record.prefix(length))
    // Of what is no record nothing is known.
    size = length > 0 ? record.count : 0
  }
}

/// A record about to be stored.
struct StoreWrite: Sendable {
  let bytes: [UInt8]
  let revision: UInt64
  /// The revision that it replaces; 0: nothing is there yet.
  let replacing: UInt64
  /// It must survive a loss of power.
  let isDurable: Bool
}

enum StoreSave: Sendable {
  case saved(mark: StoreMark)
  /// Somebody saved in between; this is what is there now (nil: nothing).
  case conflict([UInt8]?)
  case failed(String)
}

enum StoreLock: Sendable {
  case held(any StoreLockHandle, hadToWait: Bool)
  case busy
  case unavailable(String)
}

/// A lock of the store that is held. It is released by `unlock`, which is called once, or when the process ends.
protocol StoreLockHandle: AnyObject, Sendable {
  func unlock()
}

/// A place in the line of those who wait for a lock of the store, for a caller that must not block. Who lets go of it
/// leaves the line. One thread at a time.
protocol StoreLine: AnyObject {
  /// Takes the lock if it is free and nobody comes first. `busy`: not yet. `stays`: the caller will look again, and so
  /// gets a place.
  func look(stays: Bool) -> StoreLock
  /// When to look again.
  func rest() -> StoreRest
}

/// What ends a wait for a lock: a descriptor that becomes readable, or a time, whichever comes first.
struct StoreRest {
  /// -1: there is only the time.
  var descriptor: Int32 = -1
  /// Of Clock.monotonic.
  let until: UInt64
}

/// A place for records. All requirements are called from any thread, without a mutex held, and may block on I/O.
protocol Store: Sendable {
  /// Where it is, for people: a folder, "memory" or "application".
  var place: String { get }
  /// Tells stores apart within a process.
  var id: String { get }
  /// Whether anything outlives the process.
  var isLasting: Bool { get }
  /// Reads a record. `mark`: of the record that the caller has already; nil: of none.
  func load(_ key: String, unless mark: StoreMark?) -> StoreLoad
  func save(_ key: String, _ write: StoreWrite) -> StoreSave
  /// Waits for the lock of other processes at most `microseconds`; 0: tries once. `busy` too when nobody wants it any
  /// more.
  func lock(_ key: String, wait microseconds: UInt64, unless isUnwanted: () -> Bool) -> StoreLock
  /// A place in the line for that lock; nil: the store has no lines, and `lock` is asked again and again.
  func line(_ key: String) -> (any StoreLine)?
  /// Puts a damaged record aside if it is still the one that was `seen`, where people can look at it if the store has
  /// such a place.
  func setAside(_ key: String, _ seen: [UInt8])
  /// The keys of all records.
  func list() -> Result<[String], StoreFailure>
  /// True when there was one.
  func remove(_ key: String) -> Result<Bool, StoreFailure>
}

extension Store {
  var id: String { place }
  func line(_ key: String) -> (any StoreLine)? { nil }
  func lock(_ key: String, wait microseconds: UInt64) -> StoreLock { lock(key, wait: microseconds, unless: { false }) }
}

/// Why a store cannot do what it was asked.
struct StoreFailure: Error {
  let reason: String
}

/// Keeps nothing: the session lives as long as the process.
struct MemoryStore: Store {
  let place = "memory"
  let isLasting = false
  func load(_ key: String, unless mark: StoreMark?) -> StoreLoad { .unchanged }
  func save(_ key: String, _ write: StoreWrite) -> StoreSave { .saved(mark: StoreMark()) }
  func lock(_ key: String, wait: UInt64, unless: () -> Bool) -> StoreLock { .held(NoLock.shared, hadToWait: false) }
  func setAside(_ key: String, _ seen: [UInt8]) {}
  func list() -> Result<[String], StoreFailure> { .success([]) }
  func remove(_ key: String) -> Result<Bool, StoreFailure> { .success(false) }

  private final class NoLock: StoreLockHandle {
    static let shared = NoLock()
    func unlock() {}
  }
}
