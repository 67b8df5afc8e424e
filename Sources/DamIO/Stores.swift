// Stores.swift - from the option "store" to the store that it names, and lists of what is in one.

package import DamCore

/// A session as its record describes it.
package struct StoredSession: Sendable {
  package let key: String
  package let identity: Identity
  package let record: SessionRecord
}

package enum Stores {
  /// `own`: the application's store, which takes precedence over the option.
  static func named(_ place: String, _ own: (any ApplicationStore)?) throws(Failure) -> any Store {
    if let own { return CallerStore(functions: own) }
    switch place {
    case "memory": return MemoryStore()
    case "file":
      guard let folder = Folder.state else {
        throw Failure(.store, "there is no place for sessions: set HOME or XDG_STATE_HOME, or the option \"store\"")
      }
      return try files(folder)
    default:
      guard place.hasPrefix("/") else {
        throw Failure(.option, "\"store\" takes file, memory, or a folder that begins with /")
      }
      return try files(place.hasSuffix("/") && place.count > 1 ? String(place.dropLast()) : place)
    }
  }

  private static func files(_ folder: String) throws(Failure) -> FileStore {
    if let objection = Ownership.objection(toFolder: folder) {
      throw Failure(.store, "the store is not this user's alone: \(objection)")
    }
    return FileStore(folder)
  }

  /// The sessions in a store, in order of their keys. Records that cannot be read, or do not say whose they are, are
  /// left out.
  package static func list(_ place: String, _ own: (any ApplicationStore)?) throws(Failure) -> [StoredSession] {
    let store = try named(place, own)
    let keys: [String]
    do throws(StoreFailure) { keys = try store.list().get() } catch {
      throw Failure(.store, "the store cannot be listed: \(error.reason)")
    }
    return keys.compactMap { key in
      guard case .found(let bytes, _) = store.load(key, unless: nil),
        case .value((let record, _)) = SessionRecord.decode(bytes), let identity = record.identity
      else { return nil }
      return StoredSession(key: key, identity: identity, record: record)
    }
  }

  package static func remove(_ key: String, _ place: String, _ own: (any ApplicationStore)?) throws(Failure) {
    guard !key.isEmpty, key.utf8.count <= 64,
      key.unicodeScalars.allSatisfy({ $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) })
    else { throw Failure(.argument, "a key has 1 to 64 letters and digits, as the list of stored sessions shows it") }
    let store = try named(place, own)
    do throws(StoreFailure) {
      guard try store.remove(key).get() else { throw StoreFailure(reason: "") }
    } catch {
      guard error.reason.isEmpty else { throw Failure(.store, "the record cannot be removed: \(error.reason)") }
      throw Failure(.notFound, "the store has no record of this key")
    }
  }
}
