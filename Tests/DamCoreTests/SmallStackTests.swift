// SmallStackTests.swift - every parser of the core on a thread with little stack. The C tests hold the library that
// ships against the 256 KiB that the header promises; builds for debugging and sanitizers take several times as much.

import Foundation
import TestSupport
import Testing

@testable import DamCore

@Suite("Small stack")
struct SmallStackTests {
  /// Runs on a thread of its own; a stack that is too small ends the process.
  private func onSmallStack(_ body: @escaping @Sendable () throws -> Void) throws {
    let outcome = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var failure: (any Error)?
    let thread = Thread {
      do { try body() } catch { failure = error }
      outcome.signal()
    }
    thread.stackSize = 2 << 20
    thread.start()
    outcome.wait()
    if let failure { throw failure }
  }

  private static let pieces = [
    "[", "{\"a\":", "[[],", "%25", "%", "a/", "a.", "1.", "dami1.", "?a=%25&", ";a=", "=", "QUJD", "4142", "\u{122}",
    "\u{0}", "\r\n ",
    "a: b\r\n", "Set-Cookie: a=b; c\r\n", "<a>", "\"\\", "https://", "damsession-record 1 1 1 ", "Mon, 01 Jan ",
    "99999999999999999999",
  ]

  @Test("what repeats without end is read, or refused, in little room", arguments: pieces)
  func endless(piece: String) throws {
    let text = String(repeating: piece, count: 12_000 / piece.utf8.count)
    var settings = OptionValues()
    for (name, value) in [
      ("system", "photoshelter"), ("user", "kim@example.com"), ("api-key", "k"), ("url", "https://dam.example"),
    ] { try settings.set(name, value) }
    let checked = try Settings(settings)
    let request = WireRequest(method: "GET", origin: checked.site.origin, target: "/x")
    try onSmallStack {
      let bytes = Array(text.utf8)
      let wider = bytes.flatMap { [$0, 0] as [UInt8] }
      let hidden: [UInt8] = [0x5B, 0, 0x22, 0, 0x22, 1, 0x22, 0, 0x2C, 0]
      for wide in [bytes, wider, hidden + wider, wider.flatMap { [0, $0] as [UInt8] }] {
        _ = JSONValue.parse(wide)
        _ = SessionRecord.decode(wide)
        _ = AccountRecord.decode(Array("damsession-record 1 1 \(wide.count) 0\n".utf8) + wide)
      }
      let block = HeaderBlock(
        bytes + Array("\r\nLocation: https://x.example/\(text)\r\nSet-Cookie: \(text)\r\nDate: \(text)\r\n".utf8))
      let response = WireResponse(status: 302, headers: block, beginning: bytes, isWhole: true)
      _ = (
        response.retryAfter, response.mediaType, checked.system.judge(response, to: request),
        block.without("set-cookie").first("date")
      )
      _ = Redirect.judge(
        response, to: request,
        .init(home: request.origin, names: checked.secretNames, secrets: [Secret("secret%25"), Secret("k")]))
      var cookies = CookieSet()
      _ = cookies.adopt(block, stamp: 1, now: 0)
      _ = HTTPDate.seconds(bytes[...])
      _ = (Origin(text), Origin("https://" + text), ASCII.percentDecoded(text[...]))
      _ = (try? checked.ticket(text), try? ImageHandle(text: text), try? ImageHandle(text: "dami1.1.a.\(text).b"))
      _ = try? CallerRequest(
        method: text, path: text, headers: [(text, text)], contentType: text, body: .none, image: text,
        settings: checked)
      _ = try? CallerRequest(
        method: "GET", path: "/" + text, headers: [], contentType: nil, body: .none, image: nil, settings: checked)
      for option in knownSystems.vocabulary.options {
        var values = OptionValues()
        try? values.set(option.name, text)
        try? values.set(String(text.prefix(64)), "x")
      }
    }
  }

  @Test("as deep as it may be, a document is read and written")
  func deepest() throws {
    try onSmallStack {
      for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let text = String(repeating: open, count: 32) + "1" + String(repeating: close, count: 32)
        let value = try #require(JSONValue.parse(Array(text.utf8)))
        #expect(value.encoded() == Array(text.utf8))
      }
    }
  }
}
