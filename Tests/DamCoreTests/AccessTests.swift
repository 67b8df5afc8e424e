// AccessTests.swift - what an application may take from a session for use of its own.

import TestSupport
import Testing

@testable import DamCore

@Suite("Access")
struct AccessTests {
  private func record(cookie: String? = nil, token: String? = nil, generation: UInt64 = 4) -> SessionRecord {
    var record = SessionRecord()
    record.generation = generation
    var secret = SessionSecret()
    if let cookie { secret.cookies = CookieSet([Cookie(cookie, "value", 1)]) }
    secret.token = token.map { Secret($0) }
    record.secret = secret
    return record
  }

  @Test(
    "the headers that authenticate are the ones that requests carry",
    arguments: [
      (["authentication": "cookie"], ["X-PS-Api-Key: \(Sample.apiKey)", "Cookie: mem=value"]),
      (["authentication": "token"], ["X-PS-Api-Key: \(Sample.apiKey)", "X-PS-Auth-Token: token"]),
    ])
  func headers(changes: [String: String], expected: [String]) throws {
    let settings = try Sample.photoShelter(changes.mapValues { $0 })
    let headers = try settings.headers(record(cookie: "mem", token: "token"))
    #expect(headers.map { "\($0.name): \($0.value.revealText())" } == expected)
  }

  @Test("where a secret travels in the URL, headers are refused rather than given out incomplete")
  func secretsInURLs() throws {
    for settings in [
      try Sample.photoShelter(["authentication": "token-in-url"]), try Sample.photoShelter(["api-key-in": "parameter"]),
      try Sample.fotoWeb(["authentication": "query"]),
    ] {
      #expect(#expect(throws: Failure.self) { try settings.headers(record(token: "t")) }?.cause == .notSupported)
    }
    let fotoWeb = try Sample.fotoWeb().headers(record(cookie: "FWSession"))
    #expect(fotoWeb.map { "\($0.name): \($0.value.revealText())" } == ["Cookie: FWSession=value"])
  }

  @Test("a bare token is to be had where there is one")
  func tokens() throws {
    #expect(try Sample.photoShelter(["authentication": "token"]).token(record(token: "t")).revealText() == "t")
    #expect(try Sample.fotoWeb().token(record(cookie: "FWSession")).revealText() == "value")
    let empty = #expect(throws: Failure.self) { try Sample.fotoWeb().token(SessionRecord()) }
    #expect(empty?.cause == .credentialsNeeded)
    for settings in [try Sample.photoShelter(), try Sample.fotoWeb(["authentication": "query"])] {
      #expect(#expect(throws: Failure.self) { try settings.requireToken() }?.cause == .notSupported)
    }
    #expect(throws: Never.self) { try Sample.fotoWeb(["authentication": "login-token"]).requireToken() }
  }

  @Test("only PhotoShelter has organizations, and only FotoWeb has device tokens")
  func organizations() throws {
    #expect(throws: Never.self) { try Sample.fotoWeb().requireDeviceTokens() }
    for settings in [try Sample.photoShelter(), try Sample.fotoWeb(["authentication": "query"])] {
      #expect(#expect(throws: Failure.self) { try settings.requireDeviceTokens() }?.cause == .notSupported)
    }
    #expect(throws: Never.self) { try Sample.photoShelter().requireOrganizations() }
    #expect(#expect(throws: Failure.self) { try Sample.fotoWeb().requireOrganizations() }?.cause == .notSupported)
  }

  @Test("an image ID is bound to the device token in use, and resolves while that one is")
  func images() throws {
    let settings = try Sample.fotoWeb()
    let present = record(cookie: "FWSession")
    for generation: UInt64 in [0, 4] {
      let text = try settings.bind(image: "12", generation: generation, present).text
      #expect(try settings.resolve(image: text, present) == "12")
    }
    let text = try settings.bind(image: "12", generation: 0, present).text
    var renewed = present
    renewed.generation = 5
    renewed.secret?.cookies = CookieSet([Cookie("FWSession", "other", 2)])
    for (generation, record): (UInt64, SessionRecord) in [(3, present), (4, renewed), (0, SessionRecord())] {
      let failure = #expect(throws: Failure.self) { try settings.bind(image: "12", generation: generation, record) }
      #expect(failure?.cause == .handleStale)
    }
    #expect(#expect(throws: Failure.self) { try settings.resolve(image: text, renewed) }?.cause == .handleStale)
    #expect(#expect(throws: Failure.self) { try settings.resolve(image: text, SessionRecord()) }?.cause == .handleStale)
  }

  @Test("image IDs that are bound to nothing are not handled")
  func freeImages() throws {
    for settings in [try Sample.photoShelter(), try Sample.fotoWeb(["authentication": "query"])] {
      let bound = #expect(throws: Failure.self) { try settings.bind(image: "12", generation: 0, SessionRecord()) }
      #expect(bound?.cause == .notSupported)
      let resolved = #expect(throws: Failure.self) { try settings.resolve(image: "x", SessionRecord()) }
      #expect(resolved?.cause == .notSupported)
    }
  }

  @Test("the idle limit is the option's, else what was learned, and FotoWeb has none")
  func idleLimit() throws {
    var record = SessionRecord()
    record.idle.sawDeath(after: 7200)
    #expect(try Sample.photoShelter(["idle-limit": "900"]).idleLimit(record) == 900)
    #expect(try Sample.photoShelter().idleLimit(record) == 7200)
    #expect(try Sample.photoShelter().idleLimit(SessionRecord()) == 0)
    #expect(try Sample.fotoWeb(["idle-limit": "900"]).idleLimit(record) == 0)
  }

  @Test("a session's fingerprint tells secrets apart and is empty without one")
  func fingerprints() throws {
    let (cookies, tokens) = (try Sample.photoShelter(), try Sample.photoShelter(["authentication": "token"]))
    #expect(cookies.fingerprint(SessionRecord()) == "")
    #expect(cookies.fingerprint(record()) == "")
    #expect(cookies.fingerprint(record(cookie: "mem")) == Secret("mem=value").fingerprint)
    #expect(tokens.fingerprint(record(token: "t")) == Secret("t").fingerprint)
    // The ledger knows a device token by the same fingerprint.
    #expect(try Sample.fotoWeb().fingerprint(record(cookie: "FWSession")) == Secret("value").fingerprint)
  }
}
