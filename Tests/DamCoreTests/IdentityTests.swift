// IdentityTests.swift - which options make another session, and which only another way to the same one.

import TestSupport
import Testing

@testable import DamCore

@Suite("Identity")
struct IdentityTests {
  @Test("keys are forty hex digits, and those of a session and of its account differ")
  func shape() throws {
    let identity = try Sample.photoShelter().identity
    for key in [identity.sessionKey, identity.accountKey] {
      #expect(key.utf8.count == 40)
      #expect(key.allSatisfy { "0123456789abcdef".contains($0) })
    }
    #expect(identity.sessionKey != identity.accountKey)
  }

  @Test("a key is the same in every process and every release: records are found by it")
  func stable() throws {
    // Computed apart from this library: SHA-256 of "7:session12:photoshelter23:https://archive.example6:cookie
    // 15:kim@example.com0:" without the line break, and the like for the account.
    let identity = try Sample.photoShelter().identity
    #expect(identity.sessionKey == "9e89131d7206624b018fc95f92d59f3abb22748d")
    #expect(identity.accountKey == "8c8250368d0ebb2cebbcb9bc2f6365e564e0ec4a")
  }

  @Test(
    "user, server, organization and kind of secret make another session; what is no part of it does not",
    arguments: [
      (["user": "eva@example.com"], false, false), (["url": "https://archive.example:444"], false, false),
      (["organization": "O123"], false, true), (["authentication": "token"], false, true),
      (["password": "other", "api-key": "other", "rotation": "newest", "timeout": "5"], true, true),
      (["url": "https://ARCHIVE.example:443/"], true, true),
    ] as [([String: String], Bool, Bool)])
  func parts(change: [String: String], isSameSession: Bool, isSameAccount: Bool) throws {
    let (plain, changed) = (
      try Sample.photoShelter().identity, try Sample.photoShelter(change.mapValues { $0 }).identity
    )
    #expect((plain.sessionKey == changed.sessionKey) == isSameSession)
    #expect((plain.accountKey == changed.accountKey) == isSameAccount)
  }

  @Test("methods that yield the same kind of secret share a session")
  func sharing() throws {
    func key(_ settings: Settings) -> String { settings.identity.sessionKey }
    let token = try key(Sample.photoShelter(["authentication": "token"]))
    #expect(token == (try key(Sample.photoShelter(["authentication": "token-in-url"]))))
    let device = try key(Sample.fotoWeb(["authentication": "device-token"]))
    #expect(device == (try key(Sample.fotoWeb(["authentication": "login-token"]))))
    #expect(device != (try key(Sample.fotoWeb(["authentication": "query"]))))
  }

  @Test("parts cannot run into each other")
  func boundaries() throws {
    let origin = try #require(Origin("https://archive.example"))
    func key(_ user: String, _ organization: String) -> String {
      Identity(.init(system: "s", origin: origin, user: user), secretKind: "k", organization: organization).sessionKey
    }
    #expect(key("ab", "c") != key("a", "bc"))
    #expect(key("a1:b", "") != key("a", "b"))
  }
}
