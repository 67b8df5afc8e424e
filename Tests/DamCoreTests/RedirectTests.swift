// RedirectTests.swift - where a redirect leads: methods, origins, headers and what must not travel, as tables.

import Testing

@testable import DamCore

@Suite("Redirect")
struct RedirectTests {
  private static let here = "https://dam.example/psapi/v3/mem/image/I1/download"

  private func request(_ method: String = "GET") throws -> WireRequest {
    let origin = try #require(Origin("https://dam.example"))
    var request = WireRequest(method: method, origin: origin, target: "/psapi/v3/mem/image/I1/download")
    request.headers = [
      ("Range", "bytes=5-"), ("X-Custom", "mine"), ("Accept", "image/*"), ("Authorization", "Basic x"),
      ("Content-Type", "text/plain"),
    ]
    request.body = method == "POST" || method == "PUT" ? .host : .none
    return request
  }

  private func judge(_ status: Int32, _ location: String, _ method: String = "GET", secrets: [String] = []) throws
    -> Redirect
  {
    let answer = Answer(status, ["Location: \(location)"])
    return Redirect.judge(answer, to: try request(method), secrets: secrets.map { Secret($0) })
  }

  @Test(
    "the methods are those that every client uses",
    arguments: [
      (301, "GET", "GET"), (302, "GET", "GET"), (303, "GET", "GET"), (307, "GET", "GET"), (308, "GET", "GET"),
      (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (307, "POST", "POST"), (308, "POST", "POST"),
      (301, "PUT", "PUT"), (303, "PUT", "GET"), (307, "PUT", "PUT"), (303, "HEAD", "HEAD"), (303, "DELETE", "GET"),
      (302, "DELETE", "DELETE"), (308, "PATCH", "PATCH"),
    ] as [(Int32, String, String)])
  func methods(status: Int32, before: String, after: String) throws {
    guard case .follow(let next) = try judge(status, "/psapi/v3/x", before) else {
      Issue.record("it is not followed")
      return
    }
    #expect(next.method == after)
    let keepsBody = before == after && ["POST", "PUT"].contains(before)
    #expect(next.hasNoBody == !keepsBody)
    #expect(next.headers.contains { $0.name == "X-Custom" })
    #expect(next.headers.contains { $0.name == "Content-Type" } == keepsBody)
  }

  @Test("what is no redirect is an answer", arguments: [200, 201, 300, 304, 305, 306, 404] as [Int32])
  func others(status: Int32) throws {
    guard case .none = try judge(status, "/x") else {
      Issue.record("it is followed")
      return
    }
  }

  @Test(
    "locations are read as they are meant",
    arguments: [
      ("/a/b?c=d", "https://dam.example/a/b?c=d"), ("?c=d", here + "?c=d"), ("#end", here),
      ("other", "https://dam.example/psapi/v3/mem/image/I1/other"), ("//cdn.example/x", "https://cdn.example/x"),
      ("https://DAM.example:443/x#y", "https://dam.example/x"),
      ("https://dam.example:8443/x", "https://dam.example:8443/x"),
      ("https://cdn.example?x", "https://cdn.example/?x"),
    ])
  func locations(location: String, url: String) throws {
    guard case .follow(let next) = try judge(302, location) else {
      Issue.record("\(location) is not followed")
      return
    }
    #expect(next.origin.text + next.target == url)
  }

  @Test(
    "what is damaged, hostile or less safe is refused",
    arguments: [
      ("http://dam.example/x", .insecure), ("http://cdn.example/x", .insecure),
      ("ftp://dam.example/x", .protocolViolation),
      ("javascript:alert(1)", .protocolViolation), ("https://ada:secret@dam.example/x", .protocolViolation),
      ("https://dam.example@evil.example/x", .protocolViolation), ("https://[/x", .protocolViolation),
      ("https:///x", .protocolViolation), ("file:///etc/passwd", .protocolViolation),
    ] as [(String, Failure.Cause)])
  func refused(location: String, cause: Failure.Cause) throws {
    guard case .refused(let failure) = try judge(302, location) else {
      Issue.record("\(location) is not refused")
      return
    }
    #expect(failure.cause == cause)
  }

  @Test(
    "another origin hears nothing of who asks",
    arguments: ["https://cdn.example/x", "https://dam.example:8443/x", "https://www.dam.example/x"])
  func stranger(location: String) throws {
    guard case .follow(let next) = try judge(302, location) else {
      Issue.record("\(location) is not followed")
      return
    }
    #expect(next.headers.map(\.name) == ["Range", "Accept"])
    #expect(next.secretHeaders.isEmpty && next.secretQuery == nil)
    for status in [307, 308] as [Int32] {
      guard case .none = try judge(status, location, "POST") else {
        Issue.record("a POST goes to another origin")
        return
      }
    }
    for secret in ["token1234", "to+ken=12/34"] {
      let encoded = String(decoding: ASCII.percentEncoded(Array(secret.utf8)), as: UTF8.self)
      guard case .refused(let failure) = try judge(302, location + "?t=" + encoded, secrets: [secret]) else {
        Issue.record("a secret goes to another origin")
        return
      }
      #expect(failure.cause == .insecure && !failure.message.contains(secret))
    }
  }
}
