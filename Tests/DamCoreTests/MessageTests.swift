// MessageTests.swift - headers as received, responses as judged, and requests as logs may show them.

import TestSupport
import Testing

@testable import DamCore

@Suite("HeaderBlock")
struct HeaderBlockTests {
  private func values(_ text: String, _ name: String) -> [String] {
    HeaderBlock(Array(text.utf8)).values(name).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    "fields are found by name in any case, in order, trimmed",
    arguments: [
      ("A: 1\r\nb: x\r\na:2\r\n", ["1", "2"]), ("a:\t 1 \t\r\n", ["1"]), ("a: 1", ["1"]), ("a: 1\nA: 2\n", ["1", "2"]),
      ("a:\r\n", [""]), ("a: b: c\r\n", ["b: c"]), ("aa: 1\r\n", []), ("x-a: 1\r\n", []), ("a : 1\r\n", []),
      ("a\r\n", []), (" a: 1\r\n", []), ("", []), ("\r\n\r\n", []), ("b: a: 1\r\n", []),
    ])
  func finding(text: String, expected: [String]) { #expect(values(text, "a") == expected) }

  @Test("values are bytes: what is no UTF-8 stays as it came")
  func bytes() {
    let block = HeaderBlock(Array("a: ".utf8) + [0xFF, 0xFE] + [0x0D, 0x0A])
    #expect(block.first("a").map { Array($0) } == [0xFF, 0xFE])
  }

  @Test("a block without a field keeps all others, byte for byte")
  func without() {
    let block = HeaderBlock(["A: 1", "Set-Cookie: x=y", "Set-Cookie2: z", "SET-COOKIE:q", "B:  2"])
    #expect(block.without("set-cookie").bytes == HeaderBlock(["A: 1", "Set-Cookie2: z", "B:  2"]).bytes)
    #expect(block.without("none").bytes == block.bytes)
  }

  @Test("lines can be added one by one")
  func appending() {
    var block = HeaderBlock()
    block.append(Array("A: 1\r\n".utf8))
    block.append(Array("A: 2\r\n".utf8))
    #expect(block.values("a").count == 2)
  }
}

@Suite("WireResponse")
struct AnswerTests {
  @Test(
    "the media type is without parameters, spaces and capitals",
    arguments: [
      ("Text/HTML; charset=utf-8", "text/html"), ("application/json", "application/json"), (" text/xml ;x", "text/xml"),
      ("", ""), (";", ""),
    ])
  func mediaType(header: String, expected: String) {
    #expect(WireResponse(200, ["Content-Type: \(header)"]).mediaType == expected)
    #expect(WireResponse(200).mediaType == "")
  }

  @Test(
    "Retry-After is seconds or a date, which the server's own clock makes seconds",
    arguments: [
      (["Retry-After: 120"], 120), (["Retry-After: 0"], 0), (["Retry-After: -5"], 0), (["Retry-After: soon"], nil),
      ([], nil), (["Retry-After: 99999999999"], nil),
      (["Retry-After: Thu, 01 Jan 1970 00:02:00 GMT", "Date: Thu, 01 Jan 1970 00:01:30 GMT"], 30),
      (["Retry-After: Thu, 01 Jan 1970 00:01:00 GMT", "Date: Thu, 01 Jan 1970 00:01:30 GMT"], 0),
      (["Retry-After: Thu, 01 Jan 1970 00:02:00 GMT"], nil),
      (["Retry-After: Fri, 31 Dec 9999 00:00:00 GMT", "Date: Thu, 01 Jan 1970 00:00:00 GMT"], Int32.max),
    ] as [([String], Int32?)])
  func retryAfter(lines: [String], expected: Int32?) { #expect(WireResponse(503, lines).retryAfter == expected) }

  @Test("success is 200 to 299", arguments: [(199, false), (200, true), (299, true), (300, false), (0, false)])
  func success(status: Int32, expected: Bool) { #expect(WireResponse(status).isSuccess == expected) }

  @Test("no text is in every beginning; an empty one asks for nothing")
  func containing() {
    #expect(WireResponse(200, [], "hello guest").beginningContains("guest"))
    #expect(!WireResponse(200, [], "hello guest").beginningContains(""))
    #expect(!WireResponse(200, [], "").beginningContains("guest"))
  }

  @Test("the server's clock minus ours comes from its Date")
  func skew() {
    #expect(WireResponse(200, ["Date: Thu, 01 Jan 1970 00:01:30 GMT"]).clockSkew(at: 100) == -10)
    #expect(WireResponse(200, ["Date: today"]).clockSkew(at: 100) == nil)
    #expect(WireResponse(200).clockSkew(at: 100) == nil)
  }
}

@Suite("WireRequest")
struct WireRequestTests {
  @Test("a log shows a URL up to its query")
  func redaction() throws {
    let origin = try #require(Origin("https://host.example:8443"))
    var request = WireRequest(method: "GET", origin: origin, target: "/a/b?token=x")
    request.addSecretQuery([("p", Secret("word"))])
    #expect(request.redactedURL == "https://host.example:8443/a/b")
  }

  @Test("secret parameters add up, encoded, and stay apart from the target")
  func secretQuery() throws {
    var request = WireRequest(method: "GET", origin: try #require(Origin("https://host.example")), target: "/a?b=c")
    #expect(request.secretQuery == nil)
    request.addSecretQuery([("api_key", Secret("k"))])
    request.addSecretQuery([("auth_token", Secret("a&b")), ("x", Secret(""))])
    #expect(request.secretQuery?.revealText() == "api_key=k&auth_token=a%26b&x=")
    #expect(request.target == "/a?b=c")
  }
}
