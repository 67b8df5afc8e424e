// LoopTests.swift - many calls on one thread with a real server: what happens in a dispatch, in which order, and what
// becomes of calls that are cancelled.

import Testing

@testable import DamCore
@testable import DamIO

@Suite("Loop")
struct LoopTests {
  // MARK: Several at once

  @Test("requests are under way together, and each is done when its own response has come")
  func order() throws {
    let (allHere, cIsDone, bIsDone) = (Signal(), Signal(), Signal())
    let server = try LoopbackServer([
      "GET a": {
        bIsDone.wait()
        $0.response("a")
      },
      "GET b": {
        cIsDone.wait()
        $0.response("b")
      },
      "GET c": {
        allHere.wait()
        $0.response("c")
      },
    ])
    let caller = try LoopCaller(server)
    let ids = try ["a", "b", "c"].map { try caller.submit($0) }
    #expect(ids == [1, 2, 3] && caller.count == 3)
    #expect(server.lines.isEmpty && caller.endings.isEmpty, "submitting only takes a note")
    caller.run { server.lines.count == 4 }
    #expect(server.lines.sorted() == ["GET a", "GET b", "GET c", LoopbackServer.login])
    allHere.fire()
    caller.run { caller.endings.count == 1 }
    cIsDone.fire()
    caller.run { caller.endings.count == 2 }
    bIsDone.fire()
    caller.run { caller.endings.count == 3 }
    #expect(caller.endings == ["3 c", "2 b", "1 a"])
    #expect(caller.count == 0 && caller.session.isFree)
  }

  @Test("what is submitted in a callback is begun in a later dispatch")
  func nested() throws {
    let server = try LoopbackServer()
    let caller = try LoopCaller(server)
    var dispatches: [Int] = []
    caller.afterEnding = { caller in
      dispatches.append(caller.dispatches)
      if dispatches.count < 3 { #expect(throws: Never.self) { try caller.submit(.login(again: false)) } }
    }
    try caller.submit(.login(again: false))
    caller.runToTheEnd()
    #expect(caller.endings == ["1 ready", "2 ready", "3 ready"])
    #expect(Set(dispatches).count == 3 && server.lines == [LoopbackServer.login])
  }

  @Test("logins, signs of life and logouts go through the loop as well")
  func verbs() throws {
    let server = try LoopbackServer()
    let caller = try LoopCaller(server)
    for (index, work) in [LoopWork.keepalive, .login(again: false), .logout, .logout].enumerated() {
      try caller.submit(work)
      caller.run { caller.endings.count > index }
    }
    #expect(caller.endings == ["1 ready", "2 ready", "3 server", "4 none"])
    #expect(server.lines == [LoopbackServer.login, "GET mem/user/session", "POST mem/authenticate/logout"])
    #expect(server.requests.map(\.token) == [nil, "T1", "T1"])
    #expect(caller.session.current().secret == nil)
  }

  @Test("a stream that pauses goes on when it is resumed, and another call meanwhile")
  func pausing() throws {
    let server = try LoopbackServer(["GET a": { $0.response("hello") }, "GET b": { $0.response("b") }])
    let caller = try LoopCaller(server)
    var (options, offered) = (CallOptions(), [String]())
    options.destination = .stream {
      offered.append(String(decoding: $0, as: UTF8.self))
      return offered.count == 1 ? .pause : .goOn
    }
    let id = try caller.submit("a", options)
    caller.run { !offered.isEmpty }
    try caller.submit("b")
    caller.run { !caller.endings.isEmpty }
    #expect(caller.endings == ["2 b"] && offered == ["hello"])
    #expect(caller.resume(id))
    caller.run { caller.endings.count == 2 }
    #expect(caller.endings.last == "1 " && offered == ["hello", "hello"])
    #expect(!caller.resume(id), "nothing of that number is under way any more")
  }

  // MARK: Cancelling

  @Test("what is cancelled before it began sends nothing")
  func cancelledBefore() throws {
    let server = try LoopbackServer()
    let caller = try LoopCaller(server)
    let id = try caller.submit("a")
    #expect(caller.cancel(id) && caller.endings.isEmpty, "cancelling only takes a note")
    caller.runToTheEnd()
    #expect(caller.endings == ["1 cancelled"] && server.lines.isEmpty)
    #expect(!caller.cancel(id))
    caller.settle()
    #expect(caller.endings.count == 1 && caller.session.statistics.exchanges == 0)
  }

  @Test(
    "what is cancelled on its way loses its connection and its locks, and nothing else",
    arguments: ["GET a", LoopbackServer.login], [true, false])
  func cancelledDuring(line: String, isToldToLoop: Bool) throws {
    let server = try LoopbackServer([line: { $0.stayUntilGone() }])
    let caller = try LoopCaller(server)
    var options = CallOptions()
    options.isWatched = !isToldToLoop
    let id = try caller.submit("a", options)
    caller.run { server.lines.last == line }
    if isToldToLoop { #expect(caller.cancel(id)) } else { options.cancellation.set() }
    caller.runToTheEnd()
    #expect(caller.endings == ["1 cancelled"] && caller.session.isFree)
    server.wait { $0.hangUps == 1 }
    server.on(line) { $0.response(line == "GET a" ? "hello" : Peer.token("T2")) }
    try caller.submit("a")
    caller.runToTheEnd()
    #expect(caller.endings == ["1 cancelled", line == "GET a" ? "2 hello" : "2 " + Peer.fine])
  }
}
