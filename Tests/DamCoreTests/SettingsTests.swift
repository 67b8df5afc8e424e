// SettingsTests.swift - options checked together: what cannot work is refused with the option to change.

import TestSupport
import Testing

@testable import DamCore

@Suite("Settings")
struct SettingsTests {
  private typealias Changes = [String: String?]

  @Test(
    "a combination that cannot work names the option to change",
    arguments: [
      ("photoshelter", ["system": nil], "\"system\""), ("photoshelter", ["user": nil], "\"user\""),
      ("photoshelter", ["api-key": nil], "\"api-key\""),
      ("photoshelter", ["authentication": "device-token"], "\"authentication\""),
      ("photoshelter", ["organization": "O/../x"], "\"organization\""),
      ("photoshelter", ["organization": "O?x=1"], "\"organization\""),
      ("photoshelter", ["organization": "Ö"], "\"organization\""),
      ("photoshelter", ["api-path": "psapi/v3"], "\"api-path\""),
      ("photoshelter", ["api-path": "/a b"], "\"api-path\""),
      ("photoshelter", ["api-path": "/a?b"], "\"api-path\""), ("photoshelter", ["api-path": "/a#b"], "\"api-path\""),
      ("photoshelter", ["api-path": "/a\\b"], "\"api-path\""),
      ("photoshelter", ["proxy": "proxy.example:3128"], "\"proxy\""),
      ("photoshelter", ["proxy": "ftp://proxy.example"], "\"proxy\""),
      ("photoshelter", ["proxy": "http://ada:secret@proxy.example:3128"], "HTTPS_PROXY"),
      ("photoshelter", ["proxy": "http://proxy.example:3128/x"], "\"proxy\""),
      ("photoshelter", ["pinned-key": "server.pem"], "\"pinned-key\""),
      ("photoshelter", ["pinned-key": "sha256//AAAA"], "\"pinned-key\""),
      ("fotoweb", ["url": nil], "\"url\""), ("fotoweb", ["user": nil], "\"user\""),
      ("fotoweb", ["authentication": "cookie"], "\"authentication\""),
      ("fotoweb", ["authentication": "token-in-url"], "\"authentication\""),
      ("fotoweb", ["organization": "O123"], "\"organization\""),
      ("fotoweb", ["authentication": "login-token", "user": "kim;u=admin"], "\"user\""),
    ] as [(String, [String: String?], String)])
  func refuses(system: String, changes: [String: String?], named: String) {
    let failure = #expect(throws: Failure.self) { try make(system, changes) }
    #expect(failure?.cause == .option)
    #expect(failure?.message.contains(named) == true)
  }

  private func make(_ system: String, _ changes: [String: String?]) throws(Failure) -> Settings {
    try system == "fotoweb" ? Sample.fotoWeb(changes) : Sample.photoShelter(changes)
  }

  @Test("the refusal of an authentication lists those that the system has")
  func authentications() {
    let failure = #expect(throws: Failure.self) { try Sample.fotoWeb(["authentication": "cookie"]) }
    #expect(failure?.message.contains("device-token, login-token, query") == true)
  }

  @Test("each system has its own defaults")
  func defaults() throws {
    let photoShelter = try Sample.photoShelter(["url": nil])
    #expect(photoShelter.site.origin.text == "https://www.photoshelter.com")
    #expect(photoShelter.system.authenticationName == "cookie")
    #expect(photoShelter.site.apiPath == "/psapi/v3/")
    #expect(photoShelter.rotation == .serialize)
    #expect(!photoShelter.system.putsSecretsInURL)
    #expect(photoShelter.responseLimit == 64 << 20)
    let fotoWeb = try Sample.fotoWeb()
    #expect(fotoWeb.system.authenticationName == "device-token")
    #expect(fotoWeb.system.scarcity?.limit == 10)
  }

  @Test("an API path gets its slash at the end")
  func apiPath() throws {
    #expect(try Sample.photoShelter(["api-path": "/psapi/v3.0"]).site.apiPath == "/psapi/v3.0/")
    #expect(try Sample.photoShelter(["api-path": "/"]).site.apiPath == "/")
  }

  @Test(
    "plain HTTP is refused, but on this very machine and with the switch",
    arguments: [
      ("http://archive.example", "no", false), ("http://archive.example", "yes", false),
      ("http://127.0.0.1:8080", "no", false), ("http://localhost", "0", false),
      ("http://127.0.0.1.evil.example", "yes", false), ("http://192.168.0.1", "yes", false),
      ("http://127.0.0.1:8080", "yes", true), ("http://localhost:8080", "1", true), ("http://[::1]:8080", "true", true),
      ("https://archive.example", "no", true),
    ])
  func plainHTTP(url: String, isAllowed: String, works: Bool) throws {
    for system in ["photoshelter", "fotoweb"] {
      let changes: Changes = ["url": url, "allow-loopback-http": isAllowed]
      guard !works else {
        #expect(try make(system, changes).site.origin.text == url)
        continue
      }
      #expect(#expect(throws: Failure.self) { try make(system, changes) }?.cause == .insecure)
    }
  }

  @Test("a user with a semicolon is only a trouble for login tokens")
  func semicolon() throws {
    #expect(try Sample.fotoWeb(["user": "a;b"]).site.user == "a;b")
    #expect(try Sample.photoShelter(["user": "a;b"]).site.user == "a;b")
  }

  @Test("login tokens are made from the encryption secret, everything else from the password")
  func credentials() throws {
    #expect(try Sample.fotoWeb(["authentication": "login-token"]).system.credentials.word == "encryption secret")
    for settings in [try Sample.fotoWeb(), try Sample.fotoWeb(["authentication": "query"]), try Sample.photoShelter()] {
      #expect(settings.system.credentials.word == "password")
    }
  }

  @Test("an index beyond an array gives what was asked for instead")
  func subscripts() {
    #expect([1, 2][1, or: 0] == 2)
    #expect([1, 2][2, or: 0] == 0)
    #expect([Int]()[-1, or: 0] == 0)
  }
}
