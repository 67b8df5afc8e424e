// swift-format-ignore-file: AlwaysUseLowerCamelCase
// CallerStores.swift - the application's table of store functions as closures, and lists of what a store holds: guard,
// convert, call, convert.

public import CDam
internal import DamCore
internal import DamIO

/// Where dam_record_fill puts what the application's load function found; a dam_record, lent for that call.
private final class Found: Handle {
  static let word = "record"
  var bytes: [UInt8]?
}

private let longestRecord = 4 << 20

@_cdecl("dam_record_fill") @implementation
public func dam_record_fill(
  _ record: OpaquePointer?, _ data: UnsafeRawPointer?, _ size: Int, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let found = unsafe try Found.take(record)
    guard let data = unsafe data else { throw Failure(.argument, "data is NULL") }
    guard (0...longestRecord).contains(size) else {
      throw Failure(.argument, "size is \(UInt(bitPattern: size)); a record has at most 4 MiB")
    }
    found.bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: data, count: size))
  }
}

@_cdecl("dam_config_set_store") @implementation
public func dam_config_set_store(
  _ config: OpaquePointer?, _ store: UnsafePointer<dam_store>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let config = unsafe try Config.take(config)
    guard let store = unsafe store else {
      config.callbacks.store = nil
      return
    }
    unsafe try checkSize(store, store.pointee.size, "store")
    config.callbacks.store = unsafe try StoreTable(store.pointee)
  }
}

/// The application's table, whole. The application vouches that its functions and data may be used from any thread.
@safe private struct StoreTable: ApplicationStore, @unchecked Sendable {
  typealias User = UnsafeMutableRawPointer?
  typealias Key = UnsafePointer<CChar>?
  private let user: User
  private let loadFunction: @convention(c) (User, Key, UInt64, OpaquePointer?) -> Int32
  private let saveFunction: @convention(c) (User, Key, UnsafeRawPointer?, Int, UInt64, UInt64) -> Int32
  private let lockFunction: @convention(c) (User, Key, UInt32, UnsafeMutablePointer<User>?) -> Int32
  private let unlockFunction: @convention(c) (User, Key, User) -> Void
  private let listFunction: @convention(c) (User, dam_name_callback?, User) -> Int32
  private let removeFunction: @convention(c) (User, Key) -> Int32

  init(_ raw: dam_store) throws(Failure) {
    guard let load = unsafe raw.load, let save = unsafe raw.save, let lock = unsafe raw.lock,
      let unlock = unsafe raw.unlock, let list = unsafe raw.list, let remove = unsafe raw.remove
    else { throw Failure(.argument, "store lacks a function; all six are needed") }
    unsafe user = raw.user_data
    unsafe (loadFunction, saveFunction, lockFunction) = (load, save, lock)
    unsafe (unlockFunction, listFunction, removeFunction) = (unlock, list, remove)
  }

  var id: String {
    unsafe "application:\(Int(bitPattern: user)):\(unsafeBitCast(loadFunction, to: Int.self))"
  }

  func load(_ key: String, known: UInt64) -> StoreAnswer.Loaded {
    let found = Found()
    let result = withExtendedLifetime(found) {
      unsafe lend(key) { key in ForkGate.outside { unsafe loadFunction(user, key, known, found.lend()) } }
    }
    switch (code(result), found.bytes) {
    case (DAM_STORE_OK, let bytes?): return .found(bytes)
    case (DAM_STORE_ABSENT, _): return .absent
    case (DAM_STORE_UNCHANGED, _) where known != 0: return .unchanged
    default: return .failed
    }
  }

  func save(_ key: String, _ bytes: [UInt8], revision: UInt64, replacing expected: UInt64) -> StoreAnswer.Saved {
    let result = unsafe lend(key) { key in
      unsafe bytes.withUnsafeBytes { data in
        ForkGate.outside { unsafe saveFunction(user, key, data.baseAddress, data.count, revision, expected) }
      }
    }
    switch code(result) {
    case DAM_STORE_OK: return .saved
    case DAM_STORE_CONFLICT: return .conflict
    default: return .failed
    }
  }

  func lock(_ key: String, milliseconds: UInt32) -> StoreAnswer.Locked {
    var held: UnsafeMutableRawPointer?
    let result = unsafe lend(key) { key in
      ForkGate.outside { unsafe lockFunction(user, key, milliseconds, &held) }
    }
    switch code(result) {
    case DAM_STORE_OK:
      let token = unsafe Token(held)
      return .held {
        unsafe lend(key) { key in ForkGate.outside { unsafe unlockFunction(user, key, token.pointer) } }
      }
    case DAM_STORE_BUSY: return .busy
    default: return .failed
    }
  }

  func list() -> [String]? {
    let names = Names()
    let result = withExtendedLifetime(names) {
      ForkGate.outside { unsafe listFunction(user, collect, Unmanaged.passUnretained(names).toOpaque()) }
    }
    return code(result) == DAM_STORE_OK ? names.all : nil
  }

  func remove(_ key: String) -> Bool? {
    let result = unsafe lend(key) { key in ForkGate.outside { unsafe removeFunction(user, key) } }
    switch code(result) {
    case DAM_STORE_OK: return true
    case DAM_STORE_ABSENT: return false
    default: return nil
    }
  }
}

/// What the application's lock function gave for its unlock function.
@safe private struct Token: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer?
  init(_ pointer: UnsafeMutableRawPointer?) { unsafe self.pointer = pointer }
}

private final class Names {
  var all: [String] = []
}

private let collect: dam_name_callback = { data, name in
  ForkGate.inside {
    guard let data = unsafe data, let name = unsafe name, let text = unsafe String(validatingCString: name) else {
      return 1
    }
    unsafe Unmanaged<Names>.fromOpaque(data).takeUnretainedValue().all.append(text)
    return 0
  }
}

private func code(_ result: Int32) -> dam_store_result { dam_store_result(rawValue: UInt32(bitPattern: result)) }

@_cdecl("dam_config_list_stored") @implementation
public func dam_config_list_stored(
  _ config: OpaquePointer?, _ callback: dam_stored_session_callback?, _ user_data: UnsafeMutableRawPointer?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let config = unsafe try Config.take(config)
    guard let callback = unsafe callback else { throw Failure(.argument, "callback is NULL") }
    try each(try Stores.list(config.values[EngineOptions.shared.store], config.callbacks.store)) { stored in
      let texts = [
        stored.key, stored.identity.system, stored.identity.origin.text, stored.identity.user,
        stored.identity.organization,
      ].map { Secret($0) }
      return withExtendedLifetime(texts) {
        let pointers = unsafe texts.map { unsafe address($0) }
        var view = unsafe dam_stored_session(
          size: ownSize(dam_stored_session.self), logged_in: stored.record.secret == nil ? 0 : 1, key: pointers[0],
          system: pointers[1], url: pointers[2], user: pointers[3], organization: pointers[4],
          generation: stored.record.generation, used_at: stored.record.usedAt)
        return ForkGate.outside { unsafe callback(user_data, &view) }
      }
    }
  }
}

@_cdecl("dam_config_remove_stored") @implementation
public func dam_config_remove_stored(
  _ config: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let config = unsafe try Config.take(config)
    try Stores.remove(unsafe try text(key, "key"), config.values[EngineOptions.shared.store], config.callbacks.store)
  }
}
