// CallerStore.swift - a store that the application provides, such as a database that a fleet shares. It holds the
// application to the contract of the header: whatever its functions return that is not in the contract counts as
// failed, and the revision of a record is read from the record's own first line alone.

internal import DamCore

/// The application's functions, as closures that DamABI makes of the C table. They are called from any thread.
package struct CallerStoreFunctions: Sendable {
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
    /// What unlock needs.
    case held(@Sendable () -> Void)
    case busy
    case failed
  }

  /// Tells this table from others of the process.
  package var id: String
  package var load: @Sendable (_ key: String, _ known: UInt64) -> Loaded
  package var save: @Sendable (_ key: String, _ bytes: [UInt8], _ revision: UInt64, _ expected: UInt64) -> Saved
  package var lock: @Sendable (_ key: String, _ milliseconds: UInt32) -> Locked
  /// nil: the store failed.
  package var list: @Sendable () -> [String]?
  package var remove: @Sendable (_ key: String) -> Bool?

  package init(
    id: String, load: @escaping @Sendable (String, UInt64) -> Loaded,
    save: @escaping @Sendable (String, [UInt8], UInt64, UInt64) -> Saved,
    lock: @escaping @Sendable (String, UInt32) -> Locked, list: @escaping @Sendable () -> [String]?,
    remove: @escaping @Sendable (String) -> Bool?
  ) {
    self.id = id
    self.load = load
    self.save = save
    self.lock = lock
    self.list = list
    self.remove = remove
  }
}

struct CallerStore: Store {
  let place = "application"
  let isLasting = true
  let functions: CallerStoreFunctions
  var id: String { functions.id }

  private static let broken = "the application's store says that it failed"

  func load(_ key: String, unless mark: StoreMark?) -> StoreLoad {
    switch functions.load(key, mark?.revision ?? 0) {
    case .absent: return .absent
    case .unchanged: return .unchanged
    case .failed: return .failed(CallerStore.broken)
    case .found(let bytes):
      return .found(bytes, mark: StoreMark(bytes))
    }
  }

  func save(
    _ key: String, _ bytes: [UInt8], revision: UInt64, replacing expected: UInt64, isDurable: Bool
  ) -> StoreSave {
    switch functions.save(key, bytes, revision, expected) {
    case .saved: return .saved(mark: StoreMark(bytes))
    case .failed: return .failed(CallerStore.broken)
    case .conflict:
      switch functions.load(key, 0) {
      case .found(let present): return .conflict(present)
      case .absent: return .conflict(nil)
      case .unchanged, .failed: return .failed(CallerStore.broken)
      }
    }
  }

  /// The application's own waiting cannot be cut short: it would lose its place in the line.
  func lock(_ key: String, wait microseconds: UInt64, unless _: () -> Bool) -> StoreLock {
    let began = Clock.monotonic
    switch functions.lock(key, UInt32(clamping: microseconds / 1000)) {
    case .held(let unlock):
      // The application alone knows whether it waited; a millisecond is more than a free lock takes.
      return .held(Handle(unlock), hadToWait: Clock.monotonic &- began > 1000)
    case .busy: return .busy
    case .failed: return .unavailable(CallerStore.broken)
    }
  }

  /// The application has no place for damaged records; without it a new one can be saved.
  func setAside(_ key: String, _ seen: [UInt8]) {
    if case .found(let present) = functions.load(key, 0), present == seen { _ = functions.remove(key) }
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
