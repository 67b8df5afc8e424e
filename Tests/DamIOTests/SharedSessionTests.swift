// SharedSessionTests.swift - one identity's knowledge in a process against a store that other processes write to as
// well. Each shared session here plays a process of its own.

import Glibc
import Synchronization
import Testing

@testable import DamCore
@testable import DamIO

@Suite("SharedSession")
struct SharedSessionTests {
  let scratch: Scratch
  let identity: Identity
  private let lines = Lines()

  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  init() throws {
    scratch = try Scratch()
    identity = try Sample.settings().identity
  }

  private func shared() -> SharedSession {
    let store = FileStore(scratch.path)
    return SharedSession(
      SharedSession.Key(identity: identity, store: store.id), store, account: Account(), process: Process.number)
  }

  private var log: Logger { Logger(.debug) { [lines] _, line in lines.all.withLock { $0.append(line) } } }

  private func load(_ shared: SharedSession) -> SessionRecord? {
    if case .record(let record) = take(shared) { return record }
    return nil
  }

  /// As a call does.
  private func take(_ shared: SharedSession) -> Loading<SessionRecord> {
    let (loading, place) = shared.loadSession(log)
    shared.state.withLock { state in
      state.session.note(loading)
      state.take(place)
    }
    return loading
  }

  private func isUnchanged(_ shared: SharedSession) -> Bool {
    if case .unchanged = take(shared) { return true }
    return false
  }

  @discardableResult
  private func save(_ shared: SharedSession, _ record: SessionRecord) -> SessionRecord? {
    let (saving, place) = shared.saveSession(record, isDurable: false, log)
    shared.state.withLock { state in
      if let record = saving.record { state.session.note(.record(record)) }
      state.take(place)
    }
    return saving.record
  }

  @Test("what one process saves another one finds, and its own saves are no news to itself")
  func sharing() throws {
    let (one, other) = (shared(), shared())
    if case .absent = take(one) {} else { Issue.record("found before it was saved") }
    #expect(save(one, Sample.record(1, cookie: "c1"))?.cookie == "c1")
    #expect(isUnchanged(one))
    #expect(load(other)?.cookie == "c1")
    #expect(isUnchanged(other))
    save(other, Sample.record(2, cookie: "c2"))
    #expect(load(one)?.cookie == "c2")
  }

  @Test("what was found is known before anybody in the process can be told that nothing changed")
  func foundIsTaken() {
    let (one, other) = (shared(), shared())
    save(one, Sample.record(1, cookie: "c1"))
    // Another thread that looks before this one has taken what it found is not told that it is known.
    _ = other.loadSession(log)
    guard case .record = other.loadSession(log).0 else {
      Issue.record("nobody has taken it yet")
      return
    }
    #expect(other.refresh(log).cookie == "c1")
    #expect(isUnchanged(other))
  }

  @Test("who saves late joins: the newer cookie stays, whoever saves it last")
  func joining() {
    let (one, other) = (shared(), shared())
    save(one, Sample.record(1, cookie: "c0", stamp: 1))
    _ = load(other)
    save(one, Sample.record(1, cookie: "newer", stamp: 30))
    #expect(save(other, Sample.record(1, cookie: "older", stamp: 20))?.cookie == "newer")
    #expect(load(shared())?.cookie == "newer")
    #expect(save(other, Sample.record(1, cookie: "newest", stamp: 40))?.cookie == "newest")
    #expect(load(shared())?.cookie == "newest")
  }

  @Test("a slow process does not bring a logged-out session back")
  func tombstone() {
    let (one, other) = (shared(), shared())
    save(one, Sample.record(1, cookie: "c1"))
    _ = load(other)
    save(one, Sample.record(2, cookie: nil))
    let saved = save(other, Sample.record(1, cookie: "late", stamp: 99))
    #expect(saved?.generation == 2)
    #expect(saved?.secret == nil)
    #expect(load(shared())?.secret == nil)
  }

  @Test("a damaged record is set aside, counted and reported, and a new one takes its place")
  func damaged() throws {
    let shared = shared()
    save(shared, Sample.record(1, cookie: "c1"))
    let file = identity.sessionKey + ".record"
    let whole = try #require(scratch.read(file))
    try scratch.write(file, String(whole.dropLast(3)))
    if case .absent = take(shared) {} else { Issue.record("damage was read") }
    #expect(scratch.read(identity.sessionKey + ".damaged") == String(whole.dropLast(3)))
    #expect(shared.state.withLock { $0.session.statistics.recordsDamaged } == 1)
    #expect(lines.all.withLock { $0.contains { $0.contains("damaged") } })
    #expect(save(shared, Sample.record(2, cookie: "c2"))?.cookie == "c2")
    #expect(load(self.shared())?.cookie == "c2")
  }

  @Test("damage that appears between a look and a save is no obstacle either")
  func damagedMeanwhile() throws {
    let shared = shared()
    save(shared, Sample.record(1, cookie: "c1"))
    try scratch.write(identity.sessionKey + ".record", "garbage")
    #expect(save(shared, Sample.record(1, cookie: "c2", stamp: 5))?.cookie == "c2")
    #expect(scratch.read(identity.sessionKey + ".damaged") == "garbage")
  }

  @Test("a record of a newer damsession is neither read nor overwritten")
  func newer() throws {
    let line = "damsession-record 2 1 7 "
    let checksum = Hash.sha256(Array("\(line)future!".utf8))
    try scratch.write(identity.sessionKey + ".record", "\(line)\(checksum)\nfuture!")
    let shared = shared()
    if case .newer = take(shared) {} else { Issue.record("it was read") }
    if case .failed = shared.saveSession(Sample.record(1, cookie: "c1"), isDurable: true, log).0 {
    } else {
      Issue.record("it was overwritten")
    }
    #expect(scratch.read(identity.sessionKey + ".record")?.hasSuffix("future!") == true)
    #expect(scratch.mode(identity.sessionKey + ".damaged") == nil)
  }

  @Test("a record that somebody removed is saved anew")
  func removed() {
    let shared = shared()
    save(shared, Sample.record(1, cookie: "c1"))
    unlink(scratch.file(identity.sessionKey + ".record"))
    #expect(save(shared, Sample.record(1, cookie: "c2", stamp: 5))?.cookie == "c2")
    #expect(load(self.shared())?.cookie == "c2")
  }

  @Test("fields that only a newer damsession knows survive a save")
  func unknownFields() {
    var record = Sample.record(1, cookie: "c1")
    record.unknown = ["from_the_future": .integer(7)]
    save(shared(), record)
    let other = shared()
    var next = load(other) ?? SessionRecord()
    next.usedAt = 5
    save(other, next)
    #expect(load(shared())?.unknown == ["from_the_future": .integer(7)])
  }

  @Test("the account's record is one for all processes: refusals and tokens add up")
  func account() {
    let (one, other) = (shared(), shared())
    var refused = AccountRecord()
    refused.remember(.wrong, hash: "h", salt: "s", now: 1)
    refused.enter(token: Secret("t1"), now: 1)
    _ = one.saveAccount(refused, log)
    var more = AccountRecord()
    more.enter(token: Secret("t2"), now: 2)
    let saved = other.saveAccount(more, log).record
    #expect(saved?.liveTokens == 2)
    #expect(saved?.refusals.map(\.hash) == ["h"])
    guard case .record(let found) = one.loadAccount(log) else {
      Issue.record("not found")
      return
    }
    #expect(found.liveTokens == 2)
  }

  @Test("a refusal is remembered for all sessions of the account in a process, also where nothing is stored")
  func accountInMemory() throws {
    let account = Account()
    let (one, other) = (
      SharedSession(
        SharedSession.Key(identity: identity, store: "memory"), MemoryStore(), account: account, process: Process.number
      ),
      SharedSession(
        SharedSession.Key(identity: try Sample.settings(["organization": "O1"]).identity, store: "memory"),
        MemoryStore(),
        account: account, process: Process.number)
    )
    var refused = AccountRecord()
    refused.remember(.wrong, hash: "h", salt: "s", now: 1)
    _ = one.saveAccount(refused, log)
    guard case .record(let found) = other.loadAccount(log) else {
      Issue.record("not found")
      return
    }
    #expect(found.refusals.map(\.hash) == ["h"])
  }

  @Test("sessions of one identity at one store share one state; another store or user has its own")
  func world() throws {
    let (here, there) = (FileStore(scratch.file("a")), FileStore(scratch.file("b")))
    let other = try Sample.settings(["user": "eva@example.com"]).identity
    let organization = try Sample.settings(["organization": "O1"]).identity
    let shared = ProcessSessions.current.shared(identity, here)
    #expect(ProcessSessions.current.shared(identity, FileStore(scratch.file("a"))) === shared)
    #expect(ProcessSessions.current.shared(identity, there) !== shared)
    #expect(ProcessSessions.current.shared(other, here) !== shared)
    #expect(ProcessSessions.current.shared(organization, here) !== shared)
    #expect(ProcessSessions.current.shared(organization, here).account === shared.account)
    #expect(ProcessSessions.current.shared(other, here).account !== shared.account)
  }
}
