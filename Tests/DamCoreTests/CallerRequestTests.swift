// CallerRequestTests.swift - what a host may ask for, and that nothing it asks reaches another origin.

import TestSupport
import Testing

@testable import DamCore

@Suite("CallerRequest")
struct HostRequestTests {
  private func make(
    _ path: String = "mem/user", method: String = "GET", headers: [(name: String, value: String)] = [],
    type: String? = nil, bodySize: UInt64? = nil, image: String? = nil, settings: Settings? = nil
  ) throws -> CallerRequest {
    try CallerRequest(
      method: method, path: path, headers: headers, contentType: type,
      body: bodySize.map { CallerRequest.Body(isPresent: true, size: $0, canRewind: true) } ?? .none, image: image,
      settings: settings ?? Sample.photoShelter())
  }

  @Test(
    "a path is the API's own, the server's, or a URL of the session's origin",
    arguments: [
      ("mem/user", "/psapi/v3/mem/user"), ("", "/psapi/v3/"), ("?x=1", "/psapi/v3/?x=1"), ("/other?x=1", "/other?x=1"),
      ("/", "/"), ("search?u=https://evil.example/", "/psapi/v3/search?u=https://evil.example/"),
      ("a:b", "/psapi/v3/a:b"), ("a//b", "/psapi/v3/a//b"), ("https://archive.example/a?b", "/a?b"),
      ("https://archive.example", "/"), ("https://archive.example?b", "/?b"),
      ("HTTPS://ARCHIVE.example:443/a", "/a"), ("..x/.y/...", "/psapi/v3/..x/.y/..."),
      ("x?a=../..", "/psapi/v3/x?a=../.."),
      ("/%2F%2Fevil.example", "/%2F%2Fevil.example"),
    ])
  func targets(path: String, expected: String) throws { #expect(try make(path).target == expected) }

  @Test(
    "a URL of another origin is refused as insecure",
    arguments: [
      "https://evil.example/", "http://archive.example/", "https://archive.example:444/",
      "https://archive.example.evil.example/", "https://rchive.example/", "HTTPS://EVIL.example/",
    ])
  func otherOrigin(path: String) throws {
    let failure = #expect(throws: Failure.self) { try make(path) }
    #expect(failure?.cause == .insecure)
  }

  @Test(
    "a plain URL of the session's own server is told from another origin",
    arguments: [
      ("http://archive.example/a", true), ("HTTP://ARCHIVE.example:443/a?b", true), ("http://evil.example/a", false),
      ("http://archive.example:8080/a", false), ("https://archive.example:80/a", false),
    ])
  func plain(path: String, isOwn: Bool) throws {
    let failure = #expect(throws: Failure.self) { try make(path) }
    #expect(failure?.message.contains("the same URL with https:// works") == isOwn)
  }

  @Test(
    "a path that could be read as another host, or break the request line, is refused",
    arguments: [
      "//evil.example/", "///", "https://archive.example@evil.example/", "https://evil.example\\@archive.example/",
      "ftp://archive.example/", "file:///etc/passwd", "https://", "://", "/a b", "/a\tb", "/a\r\nX: y", "/a\nb",
      "/a\u{0}", "/a#b", #"/\evil.example"#, #"\\evil.example"#, "/ä", "/a\u{7F}",
      "/" + String(repeating: "a", count: 65_536),
    ])
  func badPath(path: String) throws {
    let failure = #expect(throws: Failure.self) { try make(path) }
    #expect(failure?.cause == .argument)
  }

  @Test(
    "a path does not climb, however it is spelled: a server would read it as another path than the one checked here",
    arguments: [
      "../x", "/a/../b", "/..", "/.", "./x", "a/.", "/a/%2e%2E/b", "/a/.%2e", "https://archive.example/a/../b",
      "/a/..?x",
    ])
  func climbing(path: String) throws {
    #expect(#expect(throws: Failure.self) { try make(path) }?.cause == .argument)
  }

  @Test(
    "the session's own requests are not the caller's to make, in whatever spelling",
    arguments: [
      "mem/authenticate", "/psapi/v3/mem/authenticate", "/psapi/v3.0/MEM/Authenticate", "mem/%61uthenticate",
      "mem/authenticate/logout", "mem/organization/O1/authenticate", "mem//authenticate/", "mem/authenticate?x=1",
      "https://archive.example/psapi/v3/mem/authenticate", "mem/organization/logout",
    ])
  func ownRequests(path: String) throws {
    #expect(#expect(throws: Failure.self) { try make(path) }?.cause == .argument)
  }

  @Test("FotoWeb's login is not the caller's to make either; what only looks like one is")
  func ownRequestsOfFotoWeb() throws {
    let settings = try Sample.fotoWeb()
    for path in [
      "/fotoweb/cmdrequest/Login.fwx", "/fotoweb/cmdrequest/LOGIN.fwx?x", "/fotoweb/cmdrequest/%4Cogin.fwx/",
    ] {
      #expect(#expect(throws: Failure.self) { try make(path, settings: settings) }?.cause == .argument)
    }
    for path in ["/Login.fwx/x", "/x?Login.fwx", "mem/authenticate"] {
      #expect(throws: Never.self) { try make(path, settings: settings) }
    }
    for path in ["mem/organization", "authenticate", "mem/user?authenticate", "mem/organization/O1/logout/x"] {
      #expect(throws: Never.self) { try make(path) }
    }
  }

  @Test("a method is a token of at most 32 characters", arguments: ["GET", "POST", "M-SEARCH", "x"])
  func method(name: String) throws { #expect(try make(method: name).method == name) }

  @Test(
    "a method that is none is refused", arguments: ["", "GET /", "G\r\n", "GÉT", String(repeating: "A", count: 33)])
  func badMethod(name: String) throws {
    #expect(#expect(throws: Failure.self) { try make(method: name) }?.cause == .argument)
  }

  @Test(
    "headers of the session or of the transport cannot be set, in whatever case",
    arguments: [
      "Cookie", "COOKIE", "x-ps-auth-token", "X-PS-Api-Key", "Host", "content-length", "Transfer-Encoding",
      "Connection", "Content-Type",
    ])
  func reserved(name: String) throws {
    let failure = #expect(throws: Failure.self) { try make(headers: [(name, "x")]) }
    #expect(failure?.cause == .argument)
    #expect(failure?.message.contains(name) == true)
  }

  @Test("each system reserves what its own sessions need")
  func reservedBySystem() throws {
    let settings = try Sample.fotoWeb()
    #expect(throws: Failure.self) { try make(headers: [("cookie", "x")], settings: settings) }
    #expect(throws: Never.self) { try make(headers: [("X-PS-Auth-Token", "x")], settings: settings) }
  }

  @Test(
    "a header cannot smuggle another one in",
    arguments: [
      ("X-A", "b\r\nCookie: c"), ("X-A", "b\nc"), ("X-A", "b\rc"), ("X-A", "b\u{0}c"), ("X-A", "\u{7F}"),
      ("X-A: b\r\nX-B", "c"), ("X A", "b"), ("X-A:", "b"), ("", "b"), ("Xä", "b"),
      (String(repeating: "n", count: 257), "b"),
    ])
  func injection(name: String, value: String) throws {
    #expect(#expect(throws: Failure.self) { try make(headers: [(name, value)]) }?.cause == .argument)
  }

  @Test("other headers go through as they are, tabs and UTF-8 included")
  func headers() throws {
    let given = [(name: "Accept", value: "a\tb"), (name: "X-Empty", value: ""), (name: "X-Name", value: "Kåre")]
    let made = try make(headers: given).headers
    #expect(made.map(\.name) == given.map(\.name))
    #expect(made.map(\.value) == given.map(\.value))
  }

  @Test("a body has a content type, a form's when none is given; without a body there is none")
  func contentType() throws {
    #expect(try make(type: "text/plain").headers.isEmpty)
    #expect(try make(bodySize: 0).headers.map(\.value) == ["application/x-www-form-urlencoded"])
    let own = try make(type: "text/plain; charset=utf-8", bodySize: 0)
    #expect(own.headers.map(\.name) == ["Content-Type"])
    #expect(own.headers.map(\.value) == ["text/plain; charset=utf-8"])
    #expect(throws: Failure.self) { try make(type: "text/plain\r\nCookie: x", bodySize: 0) }
  }

  @Test("an image handle and its place in the path go together")
  func image() throws {
    let handle = try ImageHandle(id: "1/2", generation: 3, boundTo: Secret("token")).text
    #expect(try make("Preview?Id={image}", image: handle).image?.id == "1/2")
    for (path, image) in [("Preview?Id=", handle), ("Preview?Id={image}", nil), ("Preview?Id={image}", "nonsense")] {
      #expect(#expect(throws: Failure.self) { try make(path, image: image) }?.cause == .argument)
    }
  }
}
