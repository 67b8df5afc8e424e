// SessionTests.swift - whole sessions with real locks, files and libcurl, and a server that is not there: what must
// work without one, and how its absence is told. With servers, the other suites try everything.

import Synchronization
import TestSupport
import Testing

@testable import DamCore
@testable import DamIO

@Suite("Session")
struct SessionTests {
  let scratch: Scratch
  private let events = Events()

  private final class Events: Sendable {
    let prompts = Mutex<[Prompt]>([])
    let lines = Mutex<[String]>([])
  }

  init() throws { scratch = try Scratch() }

  /// Nobody listens at port 1.
  private func open(
    _ changes: [String: String] = [:], password: Result<Secret?, Failure> = .success(Secret("hunter2"))
  ) throws -> Session {
    var values = OptionValues()
    let base = [
      "system": "photoshelter", "url": "http://127.0.0.1:1", "allow-loopback-http": "yes", "user": "kim@example.com",
      "api-key": "KEY45678901", "store": scratch.path, "lock-timeout": "0",
    ]
    for (name, value) in base.merging(changes, uniquingKeysWith: { $1 }) { try values.set(name, value) }
    let events = events
    let caller = Application(
      credentials: { prompt in
        events.prompts.withLock { $0.append(prompt) }
        return password
      }, log: Logger(.debug) { _, line in events.lines.withLock { $0.append(line) } }, store: nil)
    return try Session(Settings(values), caller)
  }

  private func request(_ session: Session) throws(Failure) -> Response {
    let request = try CallerRequest(
      method: "GET", path: "mem/user", headers: [], contentType: nil, body: .none, image: nil,
      settings: session.settings)
    return try session.request(request, CallOptions())
  }

  private func store(_ record: SessionRecord, _ session: Session) {
    let bytes = record.encoded(revision: 1)
    _ = FileStore(scratch.path).save(
      session.settings.identity.sessionKey, bytes, revision: 1, replacing: 0, isDurable: false)
  }

  @Test("a server that cannot be reached is told as that, and leaves nothing behind but locks")
  func unreachable() throws {
    let session = try open()
    #expect(#expect(throws: Failure.self) { try request(session) }?.cause == .connect)
    #expect(scratch.files.allSatisfy { $0.hasSuffix(".lock") })
    #expect(session.statistics.logins == 1)
    #expect(events.lines.withLock { !$0.isEmpty && $0.allSatisfy { !$0.contains("hunter2") } })
    // The locks are free again: the next try gets as far.
    #expect(#expect(throws: Failure.self) { try session.login(again: false) }?.cause == .connect)
  }

  @Test("the caller is asked for the right thing, and its own failure comes back to it")
  func prompts() throws {
    _ = #expect(throws: Failure.self) { try request(open()) }
    let prompt = try #require(events.prompts.withLock { $0.first })
    #expect(prompt.user == "kim@example.com")
    #expect(prompt.origin == "http://127.0.0.1:1")
    #expect(prompt.kind.word == "password")
    let none = try open(["user": "eva"], password: .success(nil))
    #expect(#expect(throws: Failure.self) { try request(none) }?.cause == .credentialsNeeded)
    let broken = try open(["user": "ann"], password: .failure(Failure(.callback, "no")))
    #expect(#expect(throws: Failure.self) { try request(broken) } == Failure(.callback, "no"))
  }

  @Test("a session that another process holds is locked, and nothing is sent or asked")
  func locked() throws {
    let session = try open()
    guard case .held(let lock, _) = FileStore(scratch.path).lock(session.settings.identity.sessionKey, wait: 0) else {
      Issue.record("not locked")
      return
    }
    #expect(#expect(throws: Failure.self) { try request(session) }?.cause == .locked)
    #expect(#expect(throws: Failure.self) { try session.logout() }?.cause == .locked)
    #expect(session.statistics.exchanges == 0)
    #expect(session.statistics.waits == 2)
    #expect(events.prompts.withLock { $0.isEmpty })
    lock.unlock()
    #expect(try session.logout() == .none)
  }

  @Test("a stored session is known without a login, and forgetting it wipes the record")
  func stored() throws {
    let session = try open()
    #expect(session.current() == SessionRecord())
    store(Sample.record(3, cookie: "c3"), session)
    #expect(session.current().generation == 3)
    let snapshot = session.snapshot()
    #expect(snapshot.isStored)
    #expect(snapshot.place == scratch.path)
    #expect(try session.ensure().cookie == "c3")
    try session.forget()
    #expect(session.current().secret == nil)
    let text = try #require(scratch.read(session.settings.identity.sessionKey + ".record"))
    #expect(!text.contains("c3"))
    #expect(events.prompts.withLock { $0.isEmpty })
  }

  @Test("a logout that the server cannot be told of is unconfirmed, and the session is gone here all the same")
  func unconfirmedLogout() throws {
    let session = try open()
    store(Sample.record(3, cookie: "c3"), session)
    #expect(try session.logout() == .unconfirmed)
    #expect(session.current().secret == nil)
    #expect(try session.logout() == .none)
  }

  @Test("two sessions of one identity are one, and a memory store keeps nothing")
  func sharing() throws {
    let (one, other) = (try open(["store": "memory"]), try open(["store": "memory"]))
    _ = #expect(throws: Failure.self) { try request(one) }
    #expect(other.statistics.requests == 1)
    #expect(!other.snapshot().isStored)
    #expect(scratch.files.isEmpty)
  }

  @Test("a store that is a relative path is refused when the session is opened")
  func badStore() throws {
    #expect(#expect(throws: Failure.self) { try open(["store": "relative"]) }?.cause == .option)
  }
}
