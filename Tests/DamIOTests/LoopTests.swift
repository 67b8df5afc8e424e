// LoopTests.swift - many calls on one thread with a real server: what happens in a dispatch, in which order, and what
// becomes of calls that are cancelled.

import Testing

@testable import DamCore
@testable import DamIO

@Suite("Loop")
struct LoopTests {
  // MARK: Several at once

  @Test("requests are under way together, and each is done when its own answer has come")
  func order() throws {
    let (allHere, cIsDone, bIsDone) = (Signal(), Signal(), Signal())
    let server = try LoopbackServer([
      "GET a": {
        bIsDone.wait()
        $0.answer("a")
      },
      "GET b": {
        cIsDone.wait()
        $0.answer("b")
      },
      "GET c": {
        allHere.wait()
        $0.answer("c")
      },
    ])
    let host = try LoopHost(server)
    let ids = try ["a", "b", "c"].map { try host.submit($0) }
    #expect(ids == [1, 2, 3] && host.count == 3)
    #expect(server.lines.isEmpty && host.endings.isEmpty, "submitting only takes a note")
    host.run { server.lines.count == 4 }
    #expect(server.lines.sorted() == ["GET a", "GET b", "GET c", LoopbackServer.login])
    allHere.fire()
    host.run { host.endings.count == 1 }
    cIsDone.fire()
    host.run { host.endings.count == 2 }
    bIsDone.fire()
    host.run { host.endings.count == 3 }
    #expect(host.endings == ["3 c", "2 b", "1 a"])
    #expect(host.count == 0 && host.session.isFree)
  }

  @Test("what is submitted in a callback is begun in a later dispatch")
  func nested() throws {
    let server = try LoopbackServer()
    let host = try LoopHost(server)
    var dispatches: [Int] = []
    host.afterEnding = {
      dispatches.append(host.dispatches)
      if dispatches.count < 3 { #expect(throws: Never.self) { try host.submit(.login(again: false)) } }
    }
    try host.submit(.login(again: false))
    host.runToTheEnd()
    #expect(host.endings == ["1 ready", "2 ready", "3 ready"])
    #expect(Set(dispatches).count == 3 && server.lines == [LoopbackServer.login])
  }

  @Test("logins, signs of life and logouts go through the loop as well")
  func verbs() throws {
    let server = try LoopbackServer()
    let host = try LoopHost(server)
    for (index, work) in [LoopWork.keepalive, .login(again: false), .logout, .logout].enumerated() {
      try host.submit(work)
      host.run { host.endings.count > index }
    }
    #expect(host.endings == ["1 ready", "2 ready", "3 server", "4 none"])
    #expect(server.lines == [LoopbackServer.login, "GET mem/user/session", "POST mem/authenticate/logout"])
    #expect(server.requests.map(\.token) == [nil, "T1", "T1"])
    #expect(host.session.current().secret == nil)
  }

  @Test("a stream that pauses goes on when it is resumed, and another call meanwhile")
  func pausing() throws {
    let server = try LoopbackServer(["GET a": { $0.answer("hello") }, "GET b": { $0.answer("b") }])
    let host = try LoopHost(server)
    var (options, offered) = (CallOptions(), [String]())
    options.destination = .stream {
      offered.append(String(decoding: $0, as: UTF8.self))
      return offered.count == 1 ? .pause : .goOn
    }
    let id = try host.submit("a", options)
    host.run { !offered.isEmpty }
    try host.submit("b")
    host.run { !host.endings.isEmpty }
    #expect(host.endings == ["2 b"] && offered == ["hello"])
    #expect(host.resume(id))
    host.run { host.endings.count == 2 }
    #expect(host.endings.last == "1 " && offered == ["hello", "hello"])
    #expect(!host.resume(id), "nothing of that number is under way any more")
  }

  // MARK: Cancelling

  @Test("what is cancelled before it began sends nothing")
  func cancelledBefore() throws {
    let server = try LoopbackServer()
    let host = try LoopHost(server)
    let id = try host.submit("a")
    #expect(host.cancel(id) && host.endings.isEmpty, "cancelling only takes a note")
    host.runToTheEnd()
    #expect(host.endings == ["1 cancelled"] && server.lines.isEmpty)
    #expect(!host.cancel(id))
    host.settle()
    #expect(host.endings.count == 1 && host.session.statistics.exchanges == 0)
  }

  @Test(
    "what is cancelled on its way loses its connection and its locks, and nothing else",
    arguments: ["GET a", LoopbackServer.login], [true, false])
  func cancelledDuring(line: String, isToldToLoop: Bool) throws {
    let server = try LoopbackServer([line: { $0.stayUntilGone() }])
    let host = try LoopHost(server)
    var options = CallOptions()
    options.isWatched = !isToldToLoop
    let id = try host.submit("a", options)
    host.run { server.lines.last == line }
    if isToldToLoop { #expect(host.cancel(id)) } else { options.cancellation.set() }
    host.runToTheEnd()
    #expect(host.endings == ["1 cancelled"] && host.session.isFree)
    server.wait { $0.hangUps == 1 }
    server.on(line) { $0.answer(line == "GET a" ? "hello" : Peer.token("T2")) }
    try host.submit("a")
    host.runToTheEnd()
    #expect(host.endings == ["1 cancelled", line == "GET a" ? "2 hello" : "2 " + Peer.fine])
  }
}
