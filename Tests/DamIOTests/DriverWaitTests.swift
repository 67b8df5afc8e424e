// DriverWaitTests.swift - calls on threads of their own that wait for each other, and what is left of one that failed
// or was cancelled meanwhile.

import Synchronization
import Testing

@testable import DamCore
@testable import DamIO

@Suite("Waiting drivers")
struct DriverWaitTests {
  /// A call on a thread of its own, and what became of it.
  private final class Caller: Sendable {
    private let ending = Mutex("")
    private let isOver = Signal()
    private let thread = Mutex<Waiter?>(nil)

    init(_ session: Session, _ path: String, _ cancellation: Cancellation = Cancellation()) {
      let waiter = Waiter { [self] in
        var options = CallOptions()
        options.cancellation = cancellation
        let text = session.ending(path, options)
        ending.withLock { $0 = text }
        isOver.fire()
      }
      thread.withLock { $0 = waiter }
    }

    func isAsleep() { thread.withLock { $0 }?.isAsleep() }

    func end() -> String {
      isOver.wait()
      return ending.withLock { $0 }
    }
  }

  // MARK: Waiting

  @Test("a call waits for a lock that another one holds, and goes on as soon as it is free")
  func waiting() throws {
    let server = try LoopbackServer()
    let session = try server.open(["lock-timeout": "3600"])
    let holding = try #require(Holding(session.shared.lock))
    let call = Caller(session, "a")
    call.isAsleep()
    #expect(server.lines.isEmpty)
    holding.release()
    #expect(call.end() == Peer.fine)
    #expect(server.lines == [LoopbackServer.login, "GET a"])
    #expect(session.statistics.waits == 1 && session.isFree)
  }

  @Test("two calls without a session log in once: the second one waits, and uses what the first one got")
  func together() throws {
    let isWaiting = Signal()
    let server = try LoopbackServer([
      LoopbackServer.login: {
        isWaiting.wait()
        $0.response(Peer.token("T7"))
      }
    ])
    let session = try server.open(["lock-timeout": "3600"])
    let first = Caller(session, "a")
    server.wait { $0.lines == [LoopbackServer.login] }
    let second = Caller(session, "b")
    second.isAsleep()
    isWaiting.fire()
    #expect(first.end() == Peer.fine && second.end() == Peer.fine)
    #expect(server.lines.sorted() == ["GET a", "GET b", LoopbackServer.login])
    #expect(server.requests.dropFirst().map(\.token) == ["T7", "T7"])
    #expect(session.statistics.waits == 1)
  }

  @Test("who is not to wait hears at once that the session is locked")
  func impatient() throws {
    let server = try LoopbackServer()
    let session = try server.open(["lock-timeout": "0"])
    let holding = try #require(Holding(session.shared.lock))
    #expect(Caller(session, "a").end() == "locked")
    holding.release()
    #expect(session.isFree && server.lines.isEmpty)
  }

  // MARK: Nothing is left

  @Test("a call that is cancelled while it waits leaves the line")
  func cancelledInLine() throws {
    let server = try LoopbackServer()
    let session = try server.open(["lock-timeout": "3600"])
    let holding = try #require(Holding(session.shared.lock))
    let cancellation = Cancellation()
    let call = Caller(session, "a", cancellation)
    call.isAsleep()
    cancellation.set()
    #expect(call.end() == "cancelled")
    #expect(session.statistics.waits == 1)
    holding.release()
    #expect(session.isFree && server.lines.isEmpty)
    #expect(try session.request("b").status == 200)
  }

  @Test("one that is cancelled while it waits as the server has asked does so no longer")
  func cancelledInPause() throws {
    let server = try LoopbackServer(["GET a": { $0.response("", 429, "Retry-After: 9") }])
    let session = try server.open(["retry-after": "9"])
    var options = CallOptions()
    // While nothing of its own moves it is asked with -1: nobody knows what will come.
    options.progress = { _, downTotal, _, _ in downTotal != -1 || server.lines.last != "GET a" }
    #expect(#expect(throws: Failure.self) { try session.request("a", options) }?.cause == .cancelled)
    #expect(server.lines == [LoopbackServer.login, "GET a"])
    #expect(session.isFree)
  }

  @Test("one that is cancelled while it logs in frees the locks")
  func cancelledInLogin() throws {
    let server = try LoopbackServer([LoopbackServer.login: { $0.stayUntilGone() }])
    let session = try server.open()
    let cancellation = Cancellation()
    let call = Caller(session, "a", cancellation)
    server.wait { $0.lines == [LoopbackServer.login] }
    #expect(!session.shared.lock.isFree)
    cancellation.set()
    #expect(call.end() == "cancelled")
    server.wait { $0.hangUps == 1 }
    #expect(session.isFree)
  }

  @Test("a login that takes too long ends, though each of its requests has time; then the locks are free")
  func endlessLogin() throws {
    let server = try LoopbackServer([LoopbackServer.login: { $0.stayUntilGone() }])
    let session = try server.open(["login-timeout": "1", "timeout": "3600"])
    let failure = #expect(throws: Failure.self) { try session.request("a") }
    #expect(failure?.cause == .timeout && failure?.message.contains("\"login-timeout\" allows") == true)
    #expect(session.isFree)
    // The next one has all of the time.
    server.on(LoopbackServer.login) { $0.response(Peer.token("T7")) }
    #expect(try session.request("a").status == 200)
  }

  @Test("a login that breaks off frees the locks, for the next one to try", arguments: ["", "HTTP/1.1 200 OK\r\nA: b"])
  func brokenLogin(said: String) throws {
    let server = try LoopbackServer([
      LoopbackServer.login: {
        $0.say(said)
        $0.hangUp()
      }
    ])
    let session = try server.open()
    #expect(session.ending("a") == "transfer")
    #expect(session.isFree && server.lines == [LoopbackServer.login])
    server.on(LoopbackServer.login) { $0.response(Peer.token("T2")) }
    #expect(try session.request("a").status == 200)
    #expect(server.requests.last?.token == "T2")
  }
}
