// TransferTests.swift - single HTTP exchanges with a real server: when a response can be judged, how it ends, and who
// is to blame where it does not end well.

import Synchronization
import Testing

@testable import DamCore
@testable import DamIO

@Suite("Transfer")
struct TransferTests {
  private let connection: Connection
  /// More than anybody looks at before the verdict.
  private let long = String(repeating: "x", count: WireResponse.inspected + 10_000)

  init() throws { connection = try #require(Connection()) }

  /// nil when the body cannot be given once more.
  private func make(_ settings: Settings, _ method: String, _ options: CallOptions, canPause: Bool) -> Transfer? {
    var request = settings.site.request(method, "a")
    request.isForCaller = true
    if options.body != nil { request.body = .caller }
    let limits = TransferLimits(
      timeout: 0, timeoutBy: "", transport: settings.transport, origin: settings.site.origin, isCompressible: true)
    let transfer = Transfer(request, options, limits, connection.handle)
    if canPause { transfer?.allowPauses() }
    return transfer
  }

  private func start(
    _ server: LoopbackServer, _ method: String = "GET", _ options: CallOptions = CallOptions(), canPause: Bool = false
  ) throws -> Transfer {
    let transfer = try #require(make(server.settings(), method, options, canPause: canPause))
    connection.multi.add(connection.handle)
    return transfer
  }

  /// "judgeable", "whole", "finished", or why not.
  private func next(_ transfer: Transfer) -> String {
    switch connection.next(transfer) {
    case .judgeable(let isWhole): isWhole ? "whole" : "judgeable"
    case .finished: "finished"
    case .failed(let failure): "\(failure.cause)"
    }
  }

  private func text(_ buffer: Buffer) -> String { String(decoding: buffer.prefix(buffer.count), as: UTF8.self) }

  private func memory(_ limit: Int64 = 1 << 20) -> Destination { .memory(limit: limit) }

  // MARK: Good ends

  @Test("a small response is judged as a whole, then it is over, once")
  func small() throws {
    let server = try LoopbackServer(["GET a": { $0.response("hello", 404, "A: b") }])
    let transfer = try start(server)
    try #require(next(transfer) == "whole")
    guard case .responded(let response) = transfer.report(.judgeable(isWhole: true)) else {
      Issue.record("the call would not hear of it")
      return
    }
    #expect(response.status == 404 && response.isWhole && response.beginning == Array("hello".utf8))
    #expect(!transfer.isJudged && !transfer.isOver)
    transfer.deliver(to: memory())
    #expect(next(transfer) == "finished")
    #expect(transfer.event() == nil, "it says so once")
    #expect(text(transfer.sink.body) == "hello")
  }

  @Test("a long response is judged before its body has come")
  func early() throws {
    let judged = Signal()
    let server = try LoopbackServer([
      "GET a": { [long] peer in
        peer.say("HTTP/1.1 200 OK\r\nContent-Length: \(long.utf8.count + 4)\r\n\r\n" + long)
        judged.wait()
        peer.say("last")
      }
    ])
    let transfer = try start(server)
    try #require(next(transfer) == "judgeable")
    #expect(transfer.sink.body.count <= WireResponse.inspected)
    transfer.deliver(to: memory())
    judged.fire()
    #expect(next(transfer) == "finished")
    #expect(text(transfer.sink.body) == long + "last")
  }

  @Test("a stream that pauses hears every byte once, and in order, as soon as it is resumed")
  func pausing() throws {
    let server = try LoopbackServer(["GET a": { [long] in $0.response(long + "last") }])
    let transfer = try start(server, canPause: true)
    try #require(next(transfer) == "judgeable")
    var (got, says) = ("", [Flow.pause, .goOn, .pause, .goOn])
    transfer.deliver(
      to: .stream { bytes in
        let flow = says.isEmpty ? .goOn : says.removeFirst()
        if case .goOn = flow { got += String(decoding: bytes, as: UTF8.self) }
        return flow
      })
    connection.multi.perform()
    #expect(says.count == 3, "and nothing is offered until then")
    #expect(transfer.event() == nil)
    transfer.resume()
    for _ in 0..<100 where says.count > 1 {
      connection.multi.perform()
      connection.multi.wait(milliseconds: 250)
    }
    try #require(says.count == 1)
    transfer.resume()
    #expect(next(transfer) == "finished")
    #expect(got == long + "last")
  }

  // MARK: Bad ends

  @Test(
    "what breaks off before it can be judged has failed, and says whether there was a head",
    arguments: [
      ("", "transfer", false), ("HTTP/1.1 200 OK\r\nA: b\r\n", "transfer", false),
      ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "transfer", true),
      ("HTTP/1.1 999 OK\r\n\r\n", "protocolViolation", false), ("nonsense\r\n\r\n", "protocolViolation", false),
      ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "protocolViolation", false),
    ])
  func breaking(said: String, cause: String, hasHead: Bool) throws {
    let server = try LoopbackServer([
      "GET a": {
        $0.say(said)
        $0.hangUp()
      }
    ])
    let transfer = try start(server)
    let event = connection.next(transfer)
    guard case .failed(let failure) = event, case .failed(_, let head) = transfer.report(event) else {
      Issue.record("it was taken for a response")
      return
    }
    #expect("\(failure.cause)" == cause)
    #expect((head != nil) == hasHead)
    #expect(transfer.event() == nil, "it says so once")
    if hasHead { #expect(!connection.rest(), "and nobody uses its connection again") }
  }

  @Test("what breaks off after the verdict has failed all the same")
  func breakingLate() throws {
    let judged = Signal()
    let server = try LoopbackServer([
      "GET a": { [long] peer in
        peer.say("HTTP/1.1 200 OK\r\nContent-Length: \(long.utf8.count + 1)\r\n\r\n" + long)
        judged.wait()
        peer.hangUp()
      }
    ])
    let transfer = try start(server)
    try #require(next(transfer) == "judgeable")
    transfer.deliver(to: memory())
    judged.fire()
    #expect(next(transfer) == "transfer")
  }

  @Test("a response that does not fit, or that nobody wants, ends at once", arguments: [true, false])
  func unwanted(isRefused: Bool) throws {
    let server = try LoopbackServer(["GET a": { [long] in $0.response(long) }])
    let transfer = try start(server)
    try #require(next(transfer) == "judgeable")
    if isRefused { transfer.sink.refuse(Failure(.callback, "no")) }
    transfer.deliver(to: memory(Int64(WireResponse.inspected) - 20_000))
    // libcurl holds still: nobody needs to ask it.
    guard case .failed(let failure) = transfer.event() else {
      Issue.record("it went on")
      return
    }
    #expect(failure.cause == (isRefused ? .callback : .tooLarge))
    #expect(transfer.event() == nil)
  }

  @Test("a server that is not there cannot be reached")
  func unreachable() throws {
    let nowhere = try Sample.settings(["url": "http://127.0.0.1:1", "allow-loopback-http": "yes"])
    let transfer = try #require(make(nowhere, "GET", CallOptions(), canPause: false))
    connection.multi.add(connection.handle)
    #expect(next(transfer) == "connect")
  }

  @Test("a wish to end is heard while the server says nothing")
  func cancelled() throws {
    let options = CallOptions()
    let server = try LoopbackServer([
      "GET a": { [cancellation = options.cancellation] peer in
        cancellation.set()
        peer.stayUntilGone()
      }
    ])
    let transfer = try start(server, "GET", options)
    #expect(next(transfer) == "cancelled")
    #expect(!connection.rest())
    server.wait { $0.hangUps == 1 }
  }

  // MARK: Bodies

  @Test("a body is sent as it is, and once more if it can be given again")
  func rewinding() throws {
    let server = try LoopbackServer()
    var options = CallOptions()
    options.body = OutgoingBody(Array("a body".utf8))
    for _ in 0..<2 {
      let transfer = try start(server, "POST", options)
      try #require(next(transfer) == "whole")
      transfer.deliver(to: memory())
      #expect(next(transfer) == "finished")
      #expect(connection.rest())
    }
    #expect(server.requests.map(\.body) == ["a body", "a body"])
  }

  @Test("a body that ends early is sent to nobody as a whole; given once, it makes no second transfer")
  func once() throws {
    let server = try LoopbackServer()
    var options = CallOptions()
    options.body = OutgoingBody(size: 3, read: { _ in 0 }, rewind: nil)
    let transfer = try start(server, "POST", options)
    #expect(next(transfer) == "callback")
    #expect(try make(server.settings(), "POST", options, canPause: false) == nil)
    #expect(server.requests.isEmpty, "the server never had a whole request")
  }
}
