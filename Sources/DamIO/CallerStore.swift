// CallerStore.swift - a store that the application provides, such as a database that a fleet shares. It holds the
// application to the contract of the header: whatever its functions return that is not in the contract counts as
// failed, and the revision of a record is read from the record's own first line alone.

internal import DamCore

/// The application's functions, which DamABI makes of the C table. They may be called from any thread.
package protocol ApplicationStore: Sendable {
  /// Tells this store from others of the process.
  var id: String { get }
  /// `known`: the revision that the caller has already; 0: none.
  func load(_ key: String, known: UInt64) -> StoreAnswer.Loaded
  func save(_ key: String, _ bytes: [UInt8], revision: UInt64, replacing expected: UInt64) -> StoreAnswer.Saved
  func lock(_ key: String, milliseconds: UInt32) -> StoreAnswer.Locked
  /// nil: the store failed.
  func list() -> [String]?
  /// Whether there was one; nil: the store failed.
  func remove(_ key: String) -> Bool?
}

/// What an application's store may say.
package enum StoreAnswer {
  package enum Loaded: Sendable {
    case absent
    case unchanged
    case found([UInt8])
    case failed
  }

  package enum Saved: Sendable {
    case saved
    case conflict
    case failed
  }

  package enum Locked: Sendable {
    /// What unlocks it.
    case held(@Sendable () -> Void)
    case busy
    case failed
  }
}

struct CallerStore: Store {
  let place = "application"
  let isLasting = true
  let functions: any ApplicationStore
  var id: String { functions.id }

  private static let broken = "the application's store says that it failed"

  func load(_ key: String, unless mark: StoreMark?) -> StoreLoad {
    switch functions.load(key, known: mark?.revision ?? 0) {
    case .absent: return .absent
    case .unchanged: return .unchanged
    case .failed: return .failed(CallerStore.broken)
    case .found(let bytes):
      return .found(bytes, mark: StoreMark(bytes))
    }
  }

  func save(_ key: String, _ write: StoreWrite) -> StoreSave {
    switch functions.save(key, write.bytes, revision: write.revision, replacing: write.replacing) {
    case .saved: return .saved(mark: StoreMark(write))
    case .failed: return .failed(CallerStore.broken)
    case .conflict:
      switch functions.load(key, known: 0) {
      case .found(let present): return .conflict(present)
      case .absent: return .conflict(nil)
      case .unchanged, .failed: return .failed(CallerStore.broken)
      }
    }
  }

  /// The application's own waiting cannot be cut short: it would lose its place in the line.
  func lock(_ key: String, wait microseconds: UInt64, unless _: () -> Bool) -> StoreLock {
    let began = Clock.monotonic
    switch functions.lock(key, milliseconds: UInt32(clamping: microseconds / 1000)) {
    case .held(let unlock):
      // The application alone knows whether it waited; a millisecond is more than a free lock takes.
      return .held(Handle(unlock), hadToWait: Clock.monotonic &- began > 1000)
    case .busy: return .busy
    case .failed: return .unavailable(CallerStore.broken)
    }
  }

  /// The application has no place for damaged records; without it a new one can be saved.
  func setAside(_ key: String, _ seen: [UInt8]) {
    if case .found(let present) = functions.load(key, known: 0), present == seen { _ = functions.remove(key) }
  }

  func list() -> Result<[String], StoreFailure> {
    functions.list().map { .success($0.sorted()) } ?? .failure(StoreFailure(reason: CallerStore.broken))
  }

  func remove(_ key: String) -> Result<Bool, StoreFailure> {
    functions.remove(key).map { .success($0) } ?? .failure(StoreFailure(reason: CallerStore.broken))
  }

  private final class Handle: StoreLockHandle {
    private let release: @Sendable () -> Void
    init(_ release: @escaping @Sendable () -> Void) { self.release = release }
    func unlock() { release() }
  }
}
