// DriverTests.swift - whole calls on the caller's thread with a real server: who logs in, who waits for whom, and what
// is left of a call that failed.

import Synchronization
import TestSupport
import Testing

@testable import DamCore
@testable import DamIO

@Suite("Driver")
struct DriverTests {
  @Test("a request logs in first, where there is no session, and later ones do not")
  func login() throws {
    let server = try LoopbackServer(["GET a": { $0.response("hello", 404, "Set-Cookie: a=b", "A: b") }])
    let session = try server.open()
    let response = try session.request("a")
    #expect(
      response.status == 404 && response.text == "hello" && response.provenance.generation == 1
        && response.provenance.replays == 0)
    #expect(String(decoding: response.headers.bytes, as: UTF8.self) == "Content-Length: 5\r\nA: b\r\n")
    #expect(try session.request("b").status == 200)
    #expect(server.lines == [LoopbackServer.login, "GET a", "GET b"])
    #expect(server.requests.map(\.token) == [nil, "T1", "T1"])
    #expect(server.requests[0].body.contains(TestSupport.Sample.encodedPassword))
    #expect(server.connections == 1, "which is kept from one to the next")
    #expect(session.isFree)
  }

  @Test("a session that has ended is made anew, and the request is sent again")
  func replay() throws {
    let server = try LoopbackServer([
      "GET a": { $0.response($0.token == "T1" ? #"{"status":"error","error":{"class":"SessionRequiredErr"}}"# : "new") }
    ])
    let session = try server.open()
    let response = try session.request("a")
    #expect(response.text == "new" && response.provenance.generation == 2 && response.provenance.replays == 1)
    #expect(server.requests.map(\.token) == [nil, "T1", nil, "T2"])
  }

  @Test("unless its body cannot be given again; then the session is new all the same")
  func noReplay() throws {
    let server = try LoopbackServer([
      "POST a": { $0.response(#"{"status":"error","error":{"class":"SessionRequiredErr"}}"#, 401) }
    ])
    let session = try server.open()
    var options = CallOptions()
    let body = OutgoingBody(
      size: 1,
      read: { room in
        room[0] = 0x78
        return 1
      }, rewind: nil)
    options.body = body
    let failure = #expect(throws: Failure.self) {
      try session.request(session.asking("a", "POST", body: body.description), options)
    }
    #expect(failure?.cause == .replayImpossible)
    #expect(try session.request("b").provenance.generation == 2)
    #expect(server.lines == [LoopbackServer.login, "POST a", LoopbackServer.login, "GET b"])
    #expect(session.isFree)
  }

  @Test("a response that breaks off after its head is handed over as a failure, and the head was heard")
  func cut() throws {
    let server = try LoopbackServer([
      "GET a": {
        $0.say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + String(repeating: "x", count: 99_999))
        $0.hangUp()
      }
    ])
    let session = try server.open()
    var options = CallOptions()
    var heard: [Int32] = []
    options.onHead = { head in
      heard.append(head.status)
      return true
    }
    #expect(#expect(throws: Failure.self) { try session.request("a", options) }?.cause == .transfer)
    #expect(heard == [200])
    #expect(try session.request("b").status == 200)
  }

  @Test("a callback that calls its own session is told so instead of waiting for itself")
  func inside() throws {
    let server = try LoopbackServer(["GET a": { $0.response("hello") }])
    let heard = Mutex<[String]>([])
    let own = Mutex<Session?>(nil)
    let caller = Application(
      credentials: { _ in
        let session = own.withLock { $0 }
        heard.withLock { $0.append(session?.endingWithoutWaiting("b") ?? "") }
        return .success(Secret("secret"))
      }, log: .silent, store: nil)
    let session = try Session(server.settings(["password": nil, "lock-timeout": "3600"]), caller)
    own.withLock { $0 = session }
    defer { own.withLock { $0 = nil } }
    #expect(try session.request("a").text == "hello")
    #expect(heard.withLock { $0 } == ["locked"])
  }
}
