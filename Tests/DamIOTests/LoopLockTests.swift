// LoopLockTests.swift - what an event loop holds, and for whom: locks that it waits for, or that others wait for, what
// is left when it is freed, and authorizations.

import TestSupport
import Testing

@testable import DamCore
@testable import DamIO

@Suite("Locks of a loop")
struct LoopLockTests {
  // MARK: Locks

  @Test("a lock that another one has is waited for without a thread, until it is let go")
  func waiting() throws {
    let server = try LoopbackServer()
    let caller = try LoopCaller(server, ["lock-timeout": "3600"])
    let holding = try #require(Holding(caller.session.shared.lock))
    let first = try caller.submit("a")
    try caller.submit("b")
    caller.settle()
    #expect(caller.count == 2 && server.lines.isEmpty)
    #expect(caller.cancel(first))
    caller.run { !caller.endings.isEmpty }
    #expect(caller.endings == ["1 cancelled"], "who is cancelled leaves the line")
    holding.release()
    caller.runToTheEnd()
    #expect(server.lines == [LoopbackServer.login, "GET b"])
    #expect(caller.session.statistics.waits == 1 && caller.session.isFree)
  }

  @Test("a login of a loop ends in time, too, and the locks are free then")
  func endlessLogin() throws {
    let server = try LoopbackServer([LoopbackServer.login: { $0.stayUntilGone() }])
    let caller = try LoopCaller(server, ["login-timeout": "1"])
    try caller.submit("a")
    caller.runToTheEnd()
    #expect(caller.endings == ["1 timeout"])
    #expect(caller.session.isFree)
  }

  @Test("a lock that another process has is waited for in its line, and heard of when it is let go")
  func otherProcess() throws {
    let (server, scratch) = (try LoopbackServer(), try Scratch())
    let caller = try LoopCaller(server, ["lock-timeout": "3600", "store": scratch.path])
    let key = caller.session.shared.key.session
    let other = FileStore(scratch.path)
    guard case .held(let held, _) = other.lock(key, wait: 0) else {
      Issue.record("not locked")
      return
    }
    for path in ["a", "b"] { try caller.submit(path) }
    caller.settle()
    #expect(caller.count == 2 && server.lines.isEmpty)
    // The loop is in line: it comes before whoever comes now.
    held.unlock()
    if case .busy = other.lock(key, wait: 0) {} else { Issue.record("the loop was passed") }
    caller.runToTheEnd()
    #expect(server.lines.sorted() == ["GET a", "GET b", LoopbackServer.login])
    #expect(caller.session.statistics.waits > 0 && caller.session.isFree)
    if case .held(let again, _) = other.lock(key, wait: 0) { again.unlock() } else { Issue.record("it is in line yet") }
  }

  @Test("who waits there may be cancelled without a word to the loop, which looks after them by itself")
  func watching() throws {
    let server = try LoopbackServer()
    let caller = try LoopCaller(server, ["lock-timeout": "3600"])
    let holding = try #require(Holding(caller.session.shared.lock))
    defer { holding.release() }
    var options = CallOptions()
    options.isWatched = true
    try caller.submit("a", options)
    caller.settle()
    options.cancellation.set()
    caller.runToTheEnd()
    #expect(caller.endings == ["1 cancelled"] && server.lines.isEmpty)
  }

  @Test("a loop that has a lock is waited for by other threads, and not by its own, which would wait for ever")
  func holding() throws {
    let mayGoOn = Signal()
    let server = try LoopbackServer([
      LoopbackServer.login: {
        mayGoOn.wait()
        $0.response(Peer.token("T1"))
      }
    ])
    let caller = try LoopCaller(server, ["lock-timeout": "3600"])
    try caller.submit("a")
    caller.run { !server.lines.isEmpty }
    let session = caller.session
    #expect(session.endingWithoutWaiting("b") == "locked")
    let other = Waiter { #expect(session.ending("c") == Peer.fine) }
    other.isAsleep()
    mayGoOn.fire()
    caller.runToTheEnd()
    other.join()
    #expect(server.lines.sorted() == ["GET a", "GET c", LoopbackServer.login])
    #expect(session.isFree)
  }

  // MARK: The end of the loop

  @Test("a loop that is freed with work under way closes its connections and frees its locks, without a word")
  func freed() throws {
    let server = try LoopbackServer([LoopbackServer.login: { $0.stayUntilGone() }])
    let caller = try LoopCaller(server)
    for path in ["a", "b"] { try caller.submit(path) }
    caller.run { !server.lines.isEmpty }
    #expect(!caller.session.shared.lock.isFree)
    caller.free()
    server.wait { $0.hangUps == 1 }
    #expect(caller.session.isFree && caller.endings.isEmpty)
    server.on(LoopbackServer.login) { $0.response(Peer.token("T2")) }
    #expect(try caller.session.request("c").status == 200)
    #expect(server.lines == [LoopbackServer.login, LoopbackServer.login, "GET c"])
  }

  // MARK: Authorizations

  @Test("an authorization brings the secret for a request that is sent elsewhere, and observing judges its response")
  func authorizing() throws {
    let server = try LoopbackServer()
    let caller = try LoopCaller(server)
    let new = Authorization(begunElsewhere: caller.session, try caller.session.asking("a"))
    try caller.submit(.authorize(new))
    caller.runToTheEnd()
    let authorization = try #require(caller.authorization)
    for (token, response) in [("T1", WireResponse.expired), ("T2", WireResponse(200))] {
      #expect(authorization.request?.secretHeader("X-PS-Auth-Token") == token)
      try authorization.expectResponse()
      try caller.submit(.observe(authorization, response))
      caller.runToTheEnd()
    }
    #expect(caller.endings == ["1 authorized", "2 send", "3 deliver"])
    #expect(server.lines == [LoopbackServer.login, LoopbackServer.login], "its own requests are the caller's to send")
    #expect(authorization.generation == 2 && authorization.sends == 2 && caller.session.isFree)
  }

  @Test("one that is cancelled while somebody else has the session leaves the line")
  func cancelledAuthorization() throws {
    let server = try LoopbackServer()
    let caller = try LoopCaller(server, ["lock-timeout": "3600"])
    let holding = try #require(Holding(caller.session.shared.lock))
    let new = Authorization(begunElsewhere: caller.session, try caller.session.asking("a"))
    let id = try caller.submit(.authorize(new))
    caller.settle()
    #expect(caller.cancel(id))
    caller.runToTheEnd()
    holding.release()
    #expect(caller.endings == ["1 cancelled"] && caller.session.isFree && server.lines.isEmpty)
    #expect(throws: Failure.self) { try new.expectResponse() }
  }
}
