// StoresTests.swift - which store the options name, what is in it, and stores that the caller provides.

import Synchronization
import Testing

@testable import DamCore
@testable import DamIO

@Suite("Stores")
struct StoresTests {
  @Test("the option names memory or a folder; what is neither is refused")
  func naming() throws {
    #expect(try Stores.named("memory", nil).place == "memory")
    #expect(try !Stores.named("memory", nil).isLasting)
    for (option, place) in [("/a/b", "/a/b"), ("/a/b/", "/a/b"), ("/", "/")] {
      #expect(try Stores.named(option, nil).place == place)
    }
    for option in ["relative/path", "./x", "~/x", "File"] {
      #expect(#expect(throws: Failure.self) { try Stores.named(option, nil) }?.cause == .option)
    }
  }

  @Test("memory keeps nothing, and never says no")
  func memory() throws {
    let store = MemoryStore()
    if case .saved = store.save("key", [1], revision: 1, replacing: 0, isDurable: true) {
    } else {
      Issue.record("refused")
    }
    if case .held = store.lock("key", wait: 0), case .held = store.lock("key", wait: 0) {} else { Issue.record("busy") }
    #expect(try store.list().get().isEmpty)
    #expect(try !store.remove("key").get())
  }

  @Test("a list tells whose sessions are stored; what cannot be read is left out")
  func listing() throws {
    let scratch = try Scratch()
    let store = FileStore(scratch.path)
    #expect(try Stores.list(scratch.file("none"), nil).isEmpty)
    let identity = try Sample.settings().identity
    var record = Sample.record(3, cookie: "c")
    record.identity = identity
    _ = store.save("a", record.encoded(revision: 1), revision: 1, replacing: 0, isDurable: false)
    _ = store.save("b", AccountRecord().encoded(revision: 1), revision: 1, replacing: 0, isDurable: false)
    try scratch.write("c.record", "garbage")
    let listed = try Stores.list(scratch.path, nil)
    #expect(listed.map(\.key) == ["a"])
    #expect(listed.first?.identity == identity)
    #expect(listed.first?.record.generation == 3)
    // Looking puts nothing aside.
    #expect(scratch.read("c.record") == "garbage")
  }

  @Test("a record is removed by its key; a key that could be a path is none")
  func removing() throws {
    let scratch = try Scratch()
    _ = FileStore(scratch.path).save("a1", [1], revision: 1, replacing: 0, isDurable: false)
    try Stores.remove("a1", scratch.path, nil)
    #expect(#expect(throws: Failure.self) { try Stores.remove("a1", scratch.path, nil) }?.cause == .notFound)
    for key in ["", "../a", "a/b", "a.b", "a\u{0}", "é", "²", String(repeating: "a", count: 65)] {
      #expect(#expect(throws: Failure.self) { try Stores.remove(key, scratch.path, nil) }?.cause == .argument)
    }
  }
}

@Suite("CallerStore")
struct CallerStoreTests {
  /// An application's store as one would write it: a table of revisions and bytes, with one lock.
  private final class Table: ApplicationStore {
    struct State {
      var records: [String: (revision: UInt64, bytes: [UInt8])] = [:]
      var isLocked = false
      var isBroken = false
      var waits: [UInt32] = []
    }

    let state = Mutex(State())

    let id = "table"

    func load(_ key: String, known: UInt64) -> StoreAnswer.Loaded {
      state.withLock { state in
        if state.isBroken { return .failed }
        guard let record = state.records[key] else { return .absent }
        return record.revision == known ? .unchanged : .found(record.bytes)
      }
    }

    func save(_ key: String, _ bytes: [UInt8], revision: UInt64, replacing expected: UInt64) -> StoreAnswer.Saved {
      state.withLock { state in
        if state.isBroken { return .failed }
        guard state.records[key]?.revision ?? 0 == expected else { return .conflict }
        state.records[key] = (revision, bytes)
        return .saved
      }
    }

    func lock(_ key: String, milliseconds: UInt32) -> StoreAnswer.Locked {
      state.withLock { state in
        state.waits.append(milliseconds)
        if state.isBroken { return .failed }
        if state.isLocked { return .busy }
        state.isLocked = true
        return .held { self.state.withLock { $0.isLocked = false } }
      }
    }

    func list() -> [String]? { state.withLock { $0.isBroken ? nil : Array($0.records.keys) } }

    func remove(_ key: String) -> Bool? {
      state.withLock { $0.isBroken ? nil : $0.records.removeValue(forKey: key) != nil }
    }
  }

  private func bytes(_ generation: UInt64, revision: UInt64) -> [UInt8] {
    Sample.record(generation, cookie: "c").encoded(revision: revision)
  }

  @Test("the caller's store takes the place of any option")
  func naming() throws {
    let store = try Stores.named("memory", Table())
    #expect(store.place == "application")
    #expect(store.id == "table")
    #expect(store.isLasting)
  }

  @Test("loads, saves, conflicts and marks go by the record's own revision")
  func records() throws {
    let store = CallerStore(functions: Table())
    if case .absent = store.load("k", unless: nil) {} else { Issue.record("not absent") }
    guard case .saved(let mark) = store.save("k", bytes(1, revision: 5), revision: 5, replacing: 0, isDurable: true),
      case .unchanged = store.load("k", unless: mark), case .found(_, let found) = store.load("k", unless: nil)
    else {
      Issue.record("not kept")
      return
    }
    #expect(found == mark)
    guard
      case .conflict(let present?) = store.save("k", bytes(2, revision: 9), revision: 9, replacing: 8, isDurable: true)
    else {
      Issue.record("no conflict")
      return
    }
    #expect(present == bytes(1, revision: 5))
    if case .conflict(nil) = store.save("new", bytes(2, revision: 2), revision: 2, replacing: 1, isDurable: true) {
    } else {
      Issue.record("no conflict")
    }
    store.setAside("k", present)
    if case .absent = store.load("k", unless: nil) {} else { Issue.record("still there") }
  }

  @Test("an application's lock is asked for milliseconds, and given back")
  func locks() {
    let table = Table()
    let store = CallerStore(functions: table)
    guard case .held(let handle, _) = store.lock("k", wait: 1_500_000), case .busy = store.lock("k", wait: .max) else {
      Issue.record("not locked")
      return
    }
    #expect(table.state.withLock { $0.waits } == [1500, .max])
    handle.unlock()
    #expect(!table.state.withLock { $0.isLocked })
  }

  @Test("an application's store that fails says so in every place")
  func broken() {
    let table = Table()
    table.state.withLock { $0.isBroken = true }
    let store = CallerStore(functions: table)
    if case .failed = store.load("k", unless: nil) {} else { Issue.record("load") }
    if case .failed = store.save("k", [1], revision: 1, replacing: 0, isDurable: true) {} else { Issue.record("save") }
    if case .unavailable = store.lock("k", wait: 0) {} else { Issue.record("lock") }
    #expect(throws: StoreFailure.self) { try store.list().get() }
    #expect(throws: StoreFailure.self) { try store.remove("k").get() }
    #expect(#expect(throws: Failure.self) { try Stores.list("memory", table) }?.cause == .store)
    #expect(#expect(throws: Failure.self) { try Stores.remove("k", "memory", table) }?.cause == .store)
  }

  @Test("two processes over an application's store join as over files")
  func joining() throws {
    let (table, identity) = (Table(), try Sample.settings().identity)
    func shared() -> SharedSession {
      let store = CallerStore(functions: table)
      return SharedSession(
        SharedSession.Key(identity: identity, store: store.id), store, account: Account(), process: 0)
    }
    let (one, other) = (shared(), shared())
    _ = one.saveSession(Sample.record(1, cookie: "a", stamp: 30), isDurable: true, .silent)
    let saved = other.saveSession(Sample.record(1, cookie: "b", stamp: 20), isDurable: true, .silent)
    #expect(saved.0.record?.cookie == "a")
    guard case .record(let found) = shared().loadSession(.silent).0 else {
      Issue.record("not found")
      return
    }
    #expect(found.cookie == "a")
  }
}
