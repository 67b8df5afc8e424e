// SinkTests.swift - what becomes of a response line by line and piece by piece, as libcurl hands it over.

import Testing

@testable import DamCore
@testable import DamIO

@Suite("Sink")
struct SinkTests {
  private let sink = Sink()

  /// What was said to the last line; the others had to be taken.
  @discardableResult
  private func head(_ lines: String..., to sink: Sink? = nil) -> Sink.Taking {
    head(lines, to: sink)
  }

  @discardableResult
  private func head(_ lines: [String], to sink: Sink? = nil) -> Sink.Taking {
    let takings = lines.map { line in
      Array((line + "\r\n").utf8).withUnsafeBytes { (sink ?? self.sink).takeHeader($0) }
    }
    #expect(takings.dropLast().allSatisfy { $0 == .taken })
    return takings.last ?? .taken
  }

  private func body(_ text: String, to sink: Sink? = nil) -> Sink.Taking {
    Array(text.utf8).withUnsafeBytes { (sink ?? self.sink).takeBody($0) }
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
  private var headers: String { text(sink.headers.bytes) }
  private func filler(_ count: Int) -> String { String(repeating: "x", count: count) }

  // MARK: The head

  @Test(
    "a status line has three digits after the first blank",
    arguments: [("HTTP/1.1 200 OK", 200), ("HTTP/2 404 ", 404), ("HTTP/1.0 599", 599)] as [(String, Int32)])
  func status(line: String, expected: Int32) {
    #expect(head(line) == .taken)
    #expect(sink.status == expected)
    #expect(!sink.isHeadComplete)
  }

  @Test(
    "what is none stops the transfer",
    arguments: [
      "", "HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 2000 OK", "HTTP/1.1 099", "HTTP/1.1 600 X", "HTTP/1.1 +20 X",
      "HTTP/1.1  200 OK", "ICY 200 OK", "Content-Length: 200", "HTTP/1.1 101 Switching Protocols",
    ])
  func noStatus(line: String) {
    #expect(head(line) == .stop)
    #expect(sink.failure?.cause == .protocolViolation)
    #expect(sink.status == 0 && !sink.isHeadComplete)
  }

  @Test("nothing of an informational response counts")
  func informational() {
    head("HTTP/1.1 103 Early Hints", "Content-Length: 5", "Link: a", "")
    #expect(sink.status == 0 && !sink.isHeadComplete)
    head("HTTP/1.1 100 Continue", "", "HTTP/1.1 200 OK", "Content-Length: 7", "A: b", "")
    #expect(sink.status == 200 && sink.isHeadComplete && sink.failure == nil)
    #expect(headers == "Content-Length: 7\r\nA: b\r\n")
  }

  @Test("trailers are no headers, and no second response")
  func trailers() {
    head("HTTP/1.1 200 OK", "A: b", "", "Set-Cookie: mem=evil", "Content-Length: 1", " folded", "HTTP/1.1 500 X", "")
    #expect(sink.status == 200 && sink.failure == nil)
    #expect(headers == "A: b\r\n")
  }

  @Test("a folded line goes on with the one before it; a bare line feed ends a head as well")
  func folded() {
    head("HTTP/1.1 200 OK", "A: b", "  c", "\td")
    #expect(headers == "A: b c d\r\n")
    #expect(!sink.isHeadComplete)
    _ = [0x0A as UInt8].withUnsafeBytes { sink.takeHeader($0) }
    #expect(sink.isHeadComplete)
  }

  @Test("with nothing before it, it stops the transfer")
  func foldedFirst() {
    #expect(head("HTTP/1.1 200 OK", " a") == .stop)
    #expect(sink.failure?.cause == .protocolViolation && sink.failure?.httpStatus == 200)
  }

  @Test("headers have 192 KiB in all, whatever they are for", arguments: ["head", "interim", "trailers"])
  func endless(part: String) {
    let before = ["head": ["HTTP/1.1 200 OK"], "interim": ["HTTP/1.1 103 X"], "trailers": ["HTTP/1.1 200 OK", ""]]
    let lines = before[part] ?? []
    let used = lines.map { $0.utf8.count + 2 }.reduce(0, +)
    #expect(head(lines + ["A: " + filler(192 * 1024 - used - 5)]) == .taken)
    #expect(head("") == .stop)
    #expect(sink.failure?.cause == .tooLarge)
  }

  @Test(
    "two lengths and two codings make no sense; the same length twice does",
    arguments: [
      (["Content-Length: 1", "CONTENT-LENGTH:  1 "], true), (["Content-Length: 1", "content-length: 2"], false),
      (["Content-Encoding: gzip"], true), (["Content-Encoding: gzip", "content-encoding: br"], false),
      (["Content-Encoding: gzip, gzip"], false), (["Content-Lengths: 1", "Content-Lengths: 2"], true),
    ])
  func contradictions(lines: [String], isFine: Bool) {
    #expect(head(["HTTP/1.1 200 OK"] + lines) == (isFine ? .taken : .stop))
    #expect(sink.failure?.cause == (isFine ? nil : .protocolViolation))
  }

  // MARK: The body

  @Test("the beginning is kept until it is judged, and what is beyond it waits")
  func inspecting() {
    var calls = 0
    sink.onNews = { calls += 1 }
    head("HTTP/1.1 200 OK", "")
    #expect(body(filler(WireResponse.inspected)) == .taken)
    #expect(calls == 0)
    #expect(body("more") == .pause)
    #expect(calls == 1)
    if case .full = sink.reading {} else { Issue.record("nobody would look at it") }
    let response = sink.response(isWhole: false)
    #expect(response.beginning.count == WireResponse.inspected && !response.isWhole && response.status == 200)
    #expect(sink.deliver(to: .memory(limit: 1 << 20)) == .taken)
    #expect(body("more") == .taken)
    #expect(sink.body.count == WireResponse.inspected + 4)
    #expect(sink.response(isWhole: true).beginning.count == WireResponse.inspected)
  }

  @Test("the response to a login is judged as a whole, of 4 MiB at the most")
  func login() {
    let sink = Sink(isLogin: true)
    head("HTTP/1.1 200 OK", "", to: sink)
    #expect(body(filler(WireResponse.longestLogin), to: sink) == .taken)
    #expect(sink.response(isWhole: true).beginning.count == WireResponse.longestLogin)
    #expect(body("x", to: sink) == .stop)
    #expect(sink.failure?.cause == .tooLarge)
  }

  @Test("memory has a limit, of the beginning and of what follows", arguments: [2, 3, 5] as [Int64])
  func limit(_ limit: Int64) {
    head("HTTP/1.1 200 OK", "")
    #expect(body("abc") == .taken)
    #expect(sink.deliver(to: .memory(limit: limit)) == (limit < 3 ? .stop : .taken))
    if limit >= 3 { #expect(body("de") == (limit < 5 ? .stop : .taken)) }
    #expect(sink.failure?.cause == (limit < 5 ? .tooLarge : nil))
    #expect(sink.body.count == (limit < 5 ? 3 : 5))
  }

  @Test("who does not want the response is given nothing of it")
  func refused() {
    head("HTTP/1.1 200 OK", "")
    _ = body("abc")
    sink.refuse(Failure(.callback, "no"))
    let taking = sink.deliver(
      to: .stream { _ in
        Issue.record("it was given something")
        return .goOn
      })
    #expect(taking == .stop)
    #expect(sink.failure == Failure(.callback, "no"))
    #expect(!sink.hasHeldBack)
  }

  // MARK: Streams

  @Test("a stream gets the beginning first, then the rest, and keeps nothing")
  func stream() {
    head("HTTP/1.1 200 OK", "")
    _ = body("abc")
    var got: [String] = []
    let taking = sink.deliver(
      to: .stream {
        got.append(String(decoding: $0, as: UTF8.self))
        return .goOn
      })
    #expect(taking == .taken && body("de") == .taken && sink.flush() == .taken)
    #expect(got == ["abc", "de"])
    #expect(sink.body.count == 0)
  }

  @Test("what was not wanted yet is offered again, all of it, until it is taken")
  func pausing() {
    sink.canPause = true
    head("HTTP/1.1 200 OK", "")
    _ = body("abc")
    var (says, got): ([Flow], [String]) = ([.pause, .pause, .goOn, .pause], [])
    let stream = Destination.stream {
      got.append(String(decoding: $0, as: UTF8.self))
      return says.removeFirst()
    }
    #expect(sink.deliver(to: stream) == .pause)
    #expect(sink.hasHeldBack)
    #expect(sink.flush() == .pause && sink.flush() == .taken)
    #expect(!sink.hasHeldBack && sink.flush() == .taken)
    // libcurl itself keeps what is not taken later on.
    #expect(body("de") == .pause)
    #expect(got == ["abc", "abc", "abc", "de"] && !sink.hasHeldBack)
  }

  @Test("who wants large pieces gets them: what comes waits for more, until there is no more for now")
  func gathering() {
    let sink = Sink(gathers: true)
    var (got, says, news) = ([Int](), [Flow](), 0)
    let piece = [UInt8](repeating: 0x61, count: 16_384)
    func body(_ bytes: [UInt8]) -> Sink.Taking { bytes.withUnsafeBytes { sink.takeBody($0) } }
    sink.canPause = true
    for line in ["HTTP/1.1 200 OK\r\n", "\r\n"] { _ = Array(line.utf8).withUnsafeBytes { sink.takeHeader($0) } }
    _ = body([0x62])
    sink.onNews = { news += 1 }
    let taking = sink.deliver(
      to: .stream {
        got.append($0.count)
        return says.popLast() ?? .goOn
      })
    #expect(taking == .taken && got == [1] && news == 0)
    for _ in 0..<9 { #expect(body(piece) == .taken) }
    #expect(got == [1, 8 * 16_384] && news == 2)
    sink.settle()
    sink.settle()
    #expect(got == [1, 8 * 16_384, 16_384])
    // Who cannot take it is not asked again before it says so, and libcurl keeps the rest.
    says = [.pause, .pause]
    #expect(body(piece) == .taken)
    sink.settle()
    sink.settle()
    #expect(sink.hasHeldBack && body(piece) == .pause && got.count == 4)
    #expect(sink.flush() == .pause && sink.flush() == .taken && !sink.hasHeldBack && got.count == 6)
    #expect(body(piece) == .taken && body(piece) == .taken)
    says = [.stop]
    sink.settle()
    #expect(sink.failure?.cause == .callback && !sink.hasHeldBack && got.last == 2 * 16_384)
  }

  @Test("who has had enough ends it; so does a pause that nobody would end", arguments: [Flow.stop, .pause])
  func stopping(flow: Flow) {
    head("HTTP/1.1 200 OK", "")
    _ = body("abc")
    #expect(sink.deliver(to: .stream { _ in flow }) == .stop)
    #expect(sink.failure?.cause == .callback && sink.failure?.httpStatus == 200)
    #expect(!sink.hasHeldBack)
  }

  @Test("an empty response makes no stream begin")
  func empty() {
    head("HTTP/1.1 204 X", "")
    let taking = sink.deliver(
      to: .stream { _ in
        Issue.record("there was nothing to give")
        return .stop
      })
    #expect(taking == .taken)
  }
}
