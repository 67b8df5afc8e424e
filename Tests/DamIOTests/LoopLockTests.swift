// LoopLockTests.swift - what an event loop holds, and for whom: locks that it waits for, or that others wait for, what is
// left when it is freed, and authorizations.

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
    let host = try LoopHost(server, ["lock-timeout": "3600"])
    let holding = try #require(Holding(host.session.hub.lock))
    let first = try host.submit("a")
    try host.submit("b")
    host.settle()
    #expect(host.count == 2 && server.lines.isEmpty)
    #expect(host.cancel(first))
    host.run { !host.endings.isEmpty }
    #expect(host.endings == ["1 cancelled"], "who is cancelled leaves the line")
    holding.release()
    host.runToTheEnd()
    #expect(server.lines == [LoopbackServer.login, "GET b"])
    #expect(host.session.statistics.waits == 1 && host.session.isFree)
  }

  @Test("who waits there may be cancelled without a word to the loop, which looks after them by itself")
  func watching() throws {
    let server = try LoopbackServer()
    let host = try LoopHost(server, ["lock-timeout": "3600"])
    let holding = try #require(Holding(host.session.hub.lock))
    defer { holding.release() }
    var options = CallOptions()
    options.isWatched = true
    try host.submit("a", options)
    host.settle()
    options.cancellation.set()
    host.runToTheEnd()
    #expect(host.endings == ["1 cancelled"] && server.lines.isEmpty)
  }

  @Test("a loop that has a lock is waited for by other threads, and not by its own, which would wait for ever")
  func holding() throws {
    let mayGoOn = Signal()
    let server = try LoopbackServer([
      LoopbackServer.login: {
        mayGoOn.wait()
        $0.answer(Peer.token("T1"))
      }
    ])
    let host = try LoopHost(server, ["lock-timeout": "3600"])
    try host.submit("a")
    host.run { !server.lines.isEmpty }
    let session = host.session
    #expect(session.endingWithoutWaiting("b") == "locked")
    let other = Waiter { #expect(session.ending("c") == Peer.fine) }
    other.isAsleep()
    mayGoOn.fire()
    host.runToTheEnd()
    other.join()
    #expect(server.lines.sorted() == ["GET a", "GET c", LoopbackServer.login])
    #expect(session.isFree)
  }

  // MARK: The end of the loop

  @Test("a loop that is freed with work under way closes its connections and frees its locks, without a word")
  func freed() throws {
    let server = try LoopbackServer([LoopbackServer.login: { $0.stayUntilGone() }])
    let host = try LoopHost(server)
    for path in ["a", "b"] { try host.submit(path) }
    host.run { !server.lines.isEmpty }
    #expect(!host.session.hub.lock.isFree)
    host.free()
    server.wait { $0.hangUps == 1 }
    #expect(host.session.isFree && host.endings.isEmpty)
    server.on(LoopbackServer.login) { $0.answer(Peer.token("T2")) }
    #expect(try host.session.request("c").status == 200)
    #expect(server.lines == [LoopbackServer.login, LoopbackServer.login, "GET c"])
  }

  // MARK: Authorizations

  @Test("an authorization brings the secret for a request that is sent elsewhere, and observing judges its answer")
  func authorizing() throws {
    let server = try LoopbackServer()
    let host = try LoopHost(server)
    let new = Authorization(begunElsewhere: host.session, try host.session.asking("a"))
    try host.submit(.authorize(new))
    host.runToTheEnd()
    let authorization = try #require(host.authorization)
    for (token, answer) in [("T1", Answer.expired), ("T2", Answer(200))] {
      #expect(authorization.request?.secretHeader("X-PS-Auth-Token") == token)
      try authorization.expectAnswer()
      try host.submit(.observe(authorization, answer))
      host.runToTheEnd()
    }
    #expect(host.endings == ["1 authorized", "2 send", "3 deliver"])
    #expect(server.lines == [LoopbackServer.login, LoopbackServer.login], "its own requests are the host's to send")
    #expect(authorization.generation == 2 && authorization.sends == 2 && host.session.isFree)
  }

  @Test("one that is cancelled while somebody else has the session leaves the line")
  func cancelledAuthorization() throws {
    let server = try LoopbackServer()
    let host = try LoopHost(server, ["lock-timeout": "3600"])
    let holding = try #require(Holding(host.session.hub.lock))
    let new = Authorization(begunElsewhere: host.session, try host.session.asking("a"))
    let id = try host.submit(.authorize(new))
    host.settle()
    #expect(host.cancel(id))
    host.runToTheEnd()
    holding.release()
    #expect(host.endings == ["1 cancelled"] && host.session.isFree && server.lines.isEmpty)
    #expect(throws: Failure.self) { try new.expectAnswer() }
  }
}
