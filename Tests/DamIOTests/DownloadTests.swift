// DownloadTests.swift - what a download asks for, and what it makes of the response, part by part. The responses are
// made up here; with a server, the other suites try everything.

import Foundation
import Glibc
import Synchronization
import Testing

@testable import DamCore
@testable import DamIO

private let provenance = Provenance(generation: 1, replays: 0, redirectedURL: nil)

@Suite("Download")
struct DownloadTests {
  let scratch: Scratch
  let settings: Settings

  init() throws {
    scratch = try Scratch()
    settings = try Sample.settings()
  }

  private func request(_ headers: [(name: String, value: String)] = []) throws -> CallerRequest {
    try CallerRequest(
      method: "GET", path: "mem/image/I1/download", headers: headers, contentType: nil, body: .none, image: nil,
      settings: settings)
  }

  private func download(_ ways: Download.Ways = .goOn, _ options: CallOptions = CallOptions()) throws -> Download {
    try Download(scratch.file("a"), ways, try request(), options)
  }

  /// The headers that make a request one for the rest.
  private func asked(_ download: Download) -> [String] {
    download.begin().0.headers.map { "\($0.name): \($0.value)" }
  }

  /// What the caller hears of this response; "again": nothing yet.
  private func response(
    _ download: Download, _ status: Int32, _ lines: [String], _ body: String, breaksOff: Bool = false
  ) -> String {
    let (_, options) = download.begin()
    let sink = Sink()
    for line in ["HTTP/1.1 \(status) X"] + lines + [""] {
      _ = Array((line + "\r\n").utf8).withUnsafeBytes { sink.takeHeader($0) }
    }
    var isStopped = false
    let mayGoOn = options.onHead?(Response(headOf: sink, provenance)) ?? true
    if mayGoOn, (200..<300).contains(status), case .stream(let take) = options.destination {
      options.onStream?(status, sink.headers)
      if !body.isEmpty, case .stop = Array(body.utf8).withUnsafeBytes({ take($0) }) { isStopped = true }
    }
    let result: Result<Response, Failure> =
      breaksOff || isStopped
      ? .failure(Failure(isStopped ? .callback : .transfer, "broke off"))
      : .success(Response(sink, provenance))
    switch download.end(result) {
    case nil: return "again"
    case .success(let response): return "\(response.status)"
    case .failure(let failure): return "\(failure.cause)"
    }
  }

  /// Three of six bytes are there.
  private func interrupted() throws {
    let first = try download([])
    #expect(
      response(first, 200, ["ETag: \"v1\"", "Content-Length: 6"], "abc", breaksOff: true) == "transfer")
    #expect(scratch.read("a.part") == "abc")
  }

  @Test("without a beginning the whole is asked for, with one the rest of that version")
  func asking() throws {
    #expect(asked(try download()).isEmpty)
    try interrupted()
    #expect(asked(try download()) == ["Range: bytes=3-", "If-Range: \"v1\""])
    #expect(asked(try download([])).isEmpty)
    let (_, options) = try download().begin()
    #expect(options.asIs, "compressed bytes have other places")
  }

  @Test("an application that asks for ranges itself is refused", arguments: ["Range", "range"])
  func ownRange(name: String) throws {
    let asked = try request([(name, "bytes=0-1")])
    let refusal = #expect(throws: Failure.self) {
      try Download(scratch.file("a"), [], asked, CallOptions())
    }
    #expect(refusal?.cause == .argument)
  }

  @Test(
    "a part of a response must be the part that was asked for, and all of it",
    arguments: [
      (["Content-Range: bytes 3-5/6"], "206"),
      (["Content-Range: bytes 3-5/6", "Content-Length: 3"], "206"),
      // The total is unknown here, but not from the first time.
      (["Content-Range: bytes 3-5/*", "Content-Length: 3"], "206"),
      (["Content-Range: bytes 3-5/*"], "206"),
      (["Content-Range: bytes 3-4/6"], "protocolViolation"),
      (["Content-Range: bytes 3-5/*", "Content-Length: 4"], "protocolViolation"),
      (["Content-Range: bytes 3-5/6", "Content-Length: 2"], "protocolViolation"),
      (["Content-Range: bytes 3-5/5"], "protocolViolation"),
      (["Content-Range: bytes 3-2/6"], "protocolViolation"),
      (["Content-Range: bytes 3-5/6", "Content-Range: bytes 3-9/10"], "protocolViolation"),
      (["Content-Range: bytes 3-5/6", "Content-Type: Multipart/ByteRanges; boundary=x"], "protocolViolation"),
      // Numbers that nobody could add up.
      (["Content-Range: bytes 3-5/6", "Content-Length: 9223372036854775807"], "protocolViolation"),
      (["Content-Range: bytes 3-5/*", "Content-Length: 9223372036854775807"], "protocolViolation"),
      (["Content-Range: bytes 3-9223372036854775807/*"], "protocolViolation"),
      (["Content-Range: bytes 3-9223372036854775806/9223372036854775807"], "again"),
      (["Content-Range: bytes 3-5/99999999999999999999"], "protocolViolation"),
      (["Content-Range: bytes 3-5/-6"], "protocolViolation"),
      (["Content-Range: bytes +3-5/6"], "protocolViolation"),
      (["Content-Range: bytes 2-5/6"], "protocolViolation"),
      (["Content-Range: bytes 0-5/6"], "protocolViolation"),
      (["Content-Range: items 3-5/6"], "protocolViolation"),
      (["Content-Range: bytes x-5/6"], "protocolViolation"),
      (["Content-Range: bytes */6"], "protocolViolation"),
      (["Content-Range: bytes 3-5"], "protocolViolation"),
      ([], "protocolViolation"),
    ])
  func rest(lines: [String], expected: String) throws {
    try interrupted()
    #expect(response(try download(), 206, lines + ["ETag: \"v1\""], "def") == expected)
    #expect(scratch.read("a") == (expected == "206" ? "abcdef" : nil))
    if expected == "206" { #expect(scratch.files == ["a"]) }
    if expected == "protocolViolation" { #expect(scratch.read("a.part") == "abc", "nothing is mixed in") }
  }

  @Test(
    "a rest of another version is not glued on: the whole is asked for, once",
    arguments: [
      ["Content-Range: bytes 3-5/6", "ETag: \"v2\""], ["Content-Range: bytes 3-5/6", "ETag: W/\"v1\""],
      ["Content-Range: bytes 3-5/6"], ["Content-Range: bytes 3-5/6", "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT"],
      ["Content-Range: bytes 3-5/6", "ETag: \"v1\"", "ETag: \"v2\""],
      // The same version cannot have another size.
      ["Content-Range: bytes 3-5/7", "ETag: \"v1\""], ["Content-Range: bytes 3-8/9", "ETag: \"v1\""],
    ], ["def", ""])
  func glued(lines: [String], body: String) throws {
    try interrupted()
    let heard = Mutex<[Int32]>([])
    var options = CallOptions()
    options.onHead = { head in
      heard.withLock { $0.append(head.status) }
      return true
    }
    let going = try download(.goOn, options)
    #expect(response(going, 206, lines, body) == "again")
    #expect(heard.withLock { $0 }.isEmpty, "the caller hears no head of what is thrown away")
    #expect(asked(going).isEmpty && scratch.read("a.part") == "abc")
    #expect(response(going, 206, lines, body) == "protocolViolation", "asked for the whole, it sends a part")
    let another = try download()
    #expect(response(another, 200, ["ETag: \"v2\"", "Content-Length: 4"], "wxyz") == "200")
    #expect(scratch.read("a") == "wxyz")
  }

  @Test("a date is a version where it is the same date; a rest may leave it out if the size is known")
  func dates() throws {
    let date = "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT"
    for (lines, expected) in [
      ([date], "206"), ([], "206"), (["Last-Modified: Mon, 01 Jan 2024 00:00:01 GMT"], "again"),
    ] {
      unlink(scratch.file("a"))
      let first = ["Date: Tue, 02 Jan 2024 00:00:00 GMT", date, "Content-Length: 6"]
      #expect(response(try download([]), 200, first, "abc", breaksOff: true) == "transfer")
      #expect(asked(try download()).last == "If-Range: Mon, 01 Jan 2024 00:00:00 GMT")
      #expect(response(try download(), 206, ["Content-Range: bytes 3-5/6"] + lines, "def") == expected)
    }
    #expect(
      response(try download([]), 200, ["Date: Tue, 02 Jan 2024 00:00:00 GMT", date], "abc", breaksOff: true)
        == "transfer"
    )
    #expect(response(try download(), 206, ["Content-Range: bytes 3-5/6"], "def") == "again", "nothing to know it by")
  }

  @Test("what comes beyond the promised size is not written")
  func beyond() throws {
    try interrupted()
    #expect(
      response(try download(), 206, ["Content-Range: bytes 3-5/6", "ETag: \"v1\""], "defg") == "protocolViolation")
    #expect(scratch.read("a") == nil && scratch.read("a.part")?.contains("g") != true)
  }

  @Test(
    "a validator of a note goes into no header unless it is one",
    arguments: [
      "\"v\"\r\nX-Evil: 1", "\"v\r\nCookie: a=b\"", "v", "W/\"v\"", "w/\"v\"", "\"", "\"a\"b\"", "\"é\"", "\"a b\"", "",
      "Mon, 01 Jan 2024 00:00:00 GMT\nX: y", "Mon, 01 Jan 2024", "yesterday", "\"\u{7F}\"", "\"\u{0}\"",
      "\"" + String(repeating: "v", count: 5000) + "\"",
    ])
  func validators(text: String) throws {
    try interrupted()
    let note = JSONValue.object(["target": .string(try request().target), "validator": .string(text)])
    try scratch.write("a.part.json", String(decoding: note.encoded(), as: UTF8.self))
    #expect(asked(try download()).isEmpty)
    // And none is written down.
    let lines = text.utf8.allSatisfy({ $0 >= 0x20 }) ? ["ETag: " + text] : []
    #expect(response(try download(), 200, lines, "abc", breaksOff: true) == "transfer")
    #expect(!scratch.files.contains("a.part.json"))
  }

  @Test("a part that nobody asked for is refused, also an empty one", arguments: ["def", ""])
  func unasked(body: String) throws {
    #expect(response(try download(), 206, ["Content-Range: bytes 0-2/6"], body) == "protocolViolation")
    #expect(scratch.files.isEmpty)
  }

  @Test("a thing that has changed comes whole, and takes the place of the part")
  func changed() throws {
    try interrupted()
    #expect(response(try download(), 200, ["ETag: \"v2\"", "Content-Length: 4"], "wxyz") == "200")
    #expect(scratch.read("a") == "wxyz")
    try interrupted()
    #expect(response(try download(), 200, ["ETag: \"v2\"", "Content-Length: 4"], "wx", breaksOff: true) == "transfer")
    #expect(asked(try download()) == ["Range: bytes=2-", "If-Range: \"v2\""])
  }

  @Test(
    "only what promises the same bytes is a version",
    arguments: [
      (["ETag: \"v\""], "\"v\""), (["ETag: W/\"v\""], nil), (["Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT"], "Mon"),
      (["ETag: W/\"v\"", "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT"], "Mon"),
      (["ETag: \"v\"", "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT"], "\"v\""), ([], nil),
      // It may change once more within a second, and clocks differ (RFC 9110, 8.8.2.2).
      (["Last-Modified: Tue, 02 Jan 2024 00:00:00 GMT"], nil), (["Last-Modified: Mon, 01 Jan 2024 23:59:59 GMT"], nil),
      (["Last-Modified: Tue, 02 Jan 2024 00:01:00 GMT"], nil),
      (["Last-Modified: Mon, 01 Jan 2024 23:59:00 GMT"], "Mon"),
      (["ETag: \"v\"", "ETag: \"w\""], nil),
    ] as [([String], String?)])
  func versions(lines: [String], expected: String?) throws {
    let date = "Date: Tue, 02 Jan 2024 00:00:00 GMT"
    #expect(response(try download(), 200, lines + [date], "abc", breaksOff: true) == "transfer")
    let condition = asked(try download()).first { $0.hasPrefix("If-Range: ") }
    #expect(condition?.dropFirst(10).hasPrefix(expected ?? "") == (expected == nil ? nil : true))
    #expect(scratch.files.contains("a.part.json") == (expected != nil))
  }

  @Test("where the server has no more of it, it is asked for anew, once")
  func noMore() throws {
    try interrupted()
    let going = try download()
    #expect(response(going, 416, ["Content-Range: bytes */3"], "") == "again")
    #expect(asked(going).isEmpty)
    #expect(response(going, 416, [], "") == "416")
    #expect(response(try download([]), 416, [], "") == "416", "and to one who goes on with nothing it is the response")
  }

  @Test("another response touches no file", arguments: [304, 404, 412] as [Int32])
  func others(status: Int32) throws {
    try interrupted()
    try scratch.write("a", "mine")
    #expect(response(try download(), status, [], "no") == "\(status)")
    #expect(scratch.read("a") == "mine")
    #expect(scratch.read("a.part") == "abc")
  }

  @Test("the caller hears no head of what only means: from the beginning")
  func heads() throws {
    try interrupted()
    let heard = Mutex<[Int32]>([])
    var options = CallOptions()
    options.onHead = { head in
      heard.withLock { $0.append(head.status) }
      return true
    }
    let going = try download(.goOn, options)
    for (status, expected): (Int32, Int) in [(206, 1), (416, 1), (404, 2)] {
      let sink = Sink()
      for line in ["HTTP/1.1 \(status) X\r\n", "ETag: \"v1\"\r\n", "Content-Range: bytes 3-5/6\r\n"] {
        _ = Array(line.utf8).withUnsafeBytes { sink.takeHeader($0) }
      }
      #expect(going.begin().1.onHead?(Response(headOf: sink, provenance)) == true)
      #expect(heard.withLock { $0.count } == expected)
    }
  }

  @Test("progress counts what was there before")
  func progress() throws {
    try interrupted()
    let heard = Mutex<[[Int64]]>([])
    var options = CallOptions()
    options.progress = { down, downTotal, up, upTotal in
      heard.withLock { $0.append([down, downTotal, up, upTotal]) }
      return true
    }
    let going = try download(.goOn, options)
    let (_, asked) = going.begin()
    #expect(asked.progress?(2, 3, 0, 0) == true, "of the beginning, before it is judged")
    asked.onStream?(
      206, HeaderBlock(Array("Content-Range: bytes 3-5/6\r\nContent-Length: 3\r\nETag: \"v1\"\r\n".utf8)))
    #expect(asked.progress?(0, 0, 0, 0) == true)
    #expect(asked.progress?(2, 3, 0, 0) == true)
    #expect(asked.progress?(.max, .max, 0, 0) == true, "what nobody could add up is no trap")
    #expect(heard.withLock { $0 } == [[3, 0, 0, 0], [3, 0, 0, 0], [5, 6, 0, 0], [.max, .max, 0, 0]])
  }

  @Test(
    "a length that is said twice is one; two different ones, and what is no number, are none",
    arguments: [(["3"], 3), (["3", "3"], 3), (["3", "4"], nil), (["x"], nil), ([], nil)] as [([String], Int64?)])
  func lengths(said: [String], expected: Int64?) {
    let lines = said.map { "Content-Length: \($0)\r\n" }.joined()
    #expect(HeaderBlock(Array(lines.utf8)).length == expected)
  }
}
