// RedirectTests.swift - where a redirect leads: methods, origins, headers and what must not travel, as tables.

import Foundation
import TestSupport
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
    request.body = method == "POST" || method == "PUT" ? .caller : .none
    return request
  }

  private func judge(_ status: Int32, _ location: String, _ method: String = "GET", secrets: [String] = []) throws
    -> Redirect
  {
    let response = WireResponse(status, ["Location: \(location)"])
    let request = try request(method)
    let names = try Sample.photoShelter().secretNames
    return Redirect.judge(
      response, to: request, .init(home: request.origin, names: names, secrets: secrets.map { Secret($0) }))
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

  @Test("what is no redirect is a response", arguments: [200, 201, 300, 304, 305, 306, 404] as [Int32])
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

  // MARK: Secrets in disguise

  private static let secret = "c0rrect horse/battery+staple=&ü"
  private static func escaped(_ text: some Sequence<UInt8>) -> String {
    String(decoding: ASCII.percentEncoded(text), as: UTF8.self)
  }
  private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
  private static func hex(_ text: String) -> String { Hex.text(text.utf8) }
  private static func urlSafe(_ text: String) -> String {
    text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// How a server may spell a secret for a stranger, knowingly or not.
  private static let spellings: [(String, String)] = {
    let once = escaped(secret.utf8)
    let latin = escaped(Array(secret.utf8.dropLast(2)) + [0xFC])
    let basic = base64("ada:" + secret)
    let wide = Data(secret.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }).base64EncodedString()
    return [
      ("escaped", "?t=" + once), ("small escapes", "?t=" + once.lowercased()),
      ("other letters", "?t=" + once.uppercased()), ("a plus for a space", "?t=" + once.replacing("%20", with: "+")),
      ("a bare slash", "?t=" + once.replacing("%2F", with: "/")),
      ("bare", "?t=" + once.replacing("%2F", with: "/").replacing("%2B", with: "+").replacing("%3D", with: "=")),
      ("needless escapes", "?t=" + secret.utf8.map { "%" + Hex.text([$0]) }.joined()),
      ("escaped twice", "?t=" + escaped(once.utf8)), ("escaped thrice", "?t=" + escaped(escaped(once.utf8).utf8)),
      ("escaped twice, a plus for a space", "?t=" + escaped(once.replacing("%20", with: "+").utf8)),
      ("half escaped twice", "?t=" + once.replacing("%2F", with: "%252F")), ("in Latin-1", "?t=" + latin),
      ("in the path", "/x/" + once + "/y"), ("in the path, bare", "/x/" + once.replacing("%2F", with: "/")),
      ("as a parameter of the path", "/x;t=" + once), ("as a parameter's name", "?" + once + "=1"),
      ("in the fragment", "/x#" + once), ("in the fragment, twice", "/x#t=" + escaped(once.utf8)),
      ("within other text", "?t=a" + once + "z"),
      ("in a URL of its own", "?next=" + escaped(("https://x.example/?t=" + once).utf8)),
      ("base64", "?t=" + escaped(base64(secret).utf8)), ("base64, bare", "?t=" + base64(secret)),
      ("base64 for URLs", "?t=" + urlSafe(base64(secret))), ("base64 in the path", "/x/" + urlSafe(base64(secret))),
      ("base64 in the path, bare", "/x/y" + base64(secret)), ("base64 in the fragment", "/x#" + base64(secret)),
      ("base64 of user and password", "?t=" + escaped(basic.utf8)),
      ("base64 of user and password for URLs", "?t=" + urlSafe(basic)),
      ("base64 within JSON", "?t=" + urlSafe(base64("{\"a\":\"" + secret + "\"}"))),
      ("base64 of what is escaped", "?t=" + urlSafe(base64(once))),
      ("base64 twice", "?t=" + urlSafe(base64(base64(secret)))), ("base64 of UTF-16", "?t=" + escaped(wide.utf8)),
      ("hex", "?t=" + hex(secret)), ("large hex", "/x/" + hex(secret).uppercased()),
      ("hex of base64", "?t=" + hex(base64(secret))), ("hex behind a digit", "?t=1" + hex(secret)),
    ]
  }()

  @Test("no spelling of a secret goes to another origin", arguments: spellings)
  func spelledDifferently(what: String, rest: String) throws {
    guard case .refused(let failure) = try judge(302, "https://cdn.example" + rest, secrets: [Self.secret]) else {
      Issue.record("\(what): it is followed to \(rest)")
      return
    }
    #expect(failure.cause == .insecure)
    guard case .follow = try judge(302, rest, secrets: [Self.secret]) else {
      Issue.record("\(what): the own origin may see it")
      return
    }
  }

  @Test("an application's name and what stands before it tell a stranger too")
  func inTheAuthority() throws {
    for location in [
      "https://token1234.evil.example/", "https://TOKEN1234.evil.example/x", "https://token1234@evil.example/",
    ] {
      guard case .refused = try judge(302, location, secrets: ["Token1234"]) else {
        Issue.record("\(location) is followed")
        return
      }
    }
  }

  @Test(
    "a foreign location with a parameter that proves somebody is refused, whatever its value",
    arguments: [
      "?u=x", "?p=x", "?lt=x", "?auth_token=x", "?api_key=x", "?a=b&P=x", "?a=b;U=x", "?Auth_Token=x", "?API_KEY=",
      "?username=x", "?password=x", "?email=x", "?access_token=x", "/x#access_token=x", "/x#a&p=x", "/x;lt=1",
      "?%70=x", "?%2570=x", "?p%3Dx", "?apikey=x", "?next=https%3A%2F%2Fx.example%2F%3Fu%3Dada", "?user[password]=x",
      "?FWSession=x", "?X-PS-Auth-Token=x", "?refresh_token=x", "?a=1&?p=x",
    ])
  func named(rest: String) throws {
    guard case .refused(let failure) = try judge(302, "https://cdn.example" + rest) else {
      Issue.record("\(rest) is followed")
      return
    }
    #expect(failure.cause == .insecure)
    guard case .follow = try judge(302, rest) else {
      Issue.record("\(rest) is the own origin's business")
      return
    }
  }

  @Test(
    "what storage services sign and others number is followed",
    arguments: [
      "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20260101%2Feu-west-1%2Fs3%2Faws4_request"
        + "&X-Amz-Security-Token=IQoJb3JpZ2luX2VjEHQaCXVzLWVhc3QtMSJHMEUCIQDd%2F%2B&X-Amz-Signature=0a1b2c3d4e5f",
      "/k?Expires=1&Policy=eyJTdGF0ZW1lbnQiOlt7IlJlc291cmNlIjoiaHR0cHM6Ly9jZG4uZXhhbXBsZS8qIn1dfQ__&Signature=a~b-c_&Key-Pair-Id=K2J",
      "/k?sv=2023-01-03&sr=b&sig=aGVsbG8gd29ybGQ%3D&se=2026-01-01T00%3A00%3A00Z&sp=r",
      "/u/p/lt?page=2&up=1&ltd=3&pp=4&token=exp=1~hmac=00ff", "/x#p", "?u&p",
      "/a?response-content-disposition=a%3B%20filename%3D%22p%22",
    ])
  func signed(rest: String) throws {
    guard case .follow = try judge(302, "https://cdn.example" + rest, secrets: [Self.secret, "sandboxkey1"]) else {
      Issue.record("\(rest) is not followed")
      return
    }
  }

  @Test(
    "a short secret counts where it is all of a parameter's value",
    arguments: [
      ("?x=abc", true), ("?x=ABC", true), ("?a=1&x=%61bc#y", true), ("/y;x=abc", true), ("/y#x=abc", true),
      ("?x=YWJj", true), ("?x=YWRhOmFiYw==", true), ("?x=YWRhOmFiYw%3D%3D", true), ("?x=616263", true),
      ("?x=ada%3Aabc", true), ("?x=abcd", false), ("/abc/x", false), ("?abc=1", false), ("?x=1abc", false),
    ])
  func shortSecrets(rest: String, isRefused: Bool) throws {
    let judged = try judge(302, "https://cdn.example" + rest, secrets: ["abc"])
    if case .refused = judged { #expect(isRefused) } else { #expect(!isRefused) }
  }

  @Test("a location that cannot be unfolded to its end is refused, and soon")
  func unfolding() throws {
    let deep = "?t=%" + String(repeating: "25", count: 30_000) + "41"
    let signature = String(repeating: "QUJD", count: 16_000)
    guard case .refused = try judge(302, "https://cdn.example/" + deep, secrets: [Self.secret]),
      case .follow = try judge(302, "https://cdn.example/?sig=" + signature, secrets: [Self.secret])
    else {
      Issue.record("not judged as it should be")
      return
    }
  }
}
