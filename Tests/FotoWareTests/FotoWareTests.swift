// FotoWareTests.swift - FotoWare's requests by its three types of application, and what each of its responses means.

import TestSupport
import Testing

@testable import DamCore
@testable import FotoWare

@Suite("FotoWare: requests and verdicts")
struct FotoWareTests {
  private func system(_ changes: [String: String?] = [:]) throws -> FotoWare {
    try #require(try Sample.fotoWare(changes).system as? FotoWare)
  }

  @Test(
    "a native application never sends a client secret, whoever has set one; a web application always does",
    arguments: [("native", false), ("web", true)])
  func secret(authentication: String, sends: Bool) throws {
    let system = try system(["authentication": authentication, "client-secret": "s&e=c"])
    var progress = LoginProgress.renewed
    let requests = [
      system.beginRenewal(&progress),
      system.beginConsented(&progress, .code(Secret("c"), verifier: Secret("v"))),
    ].compactMap { $0 }
    #expect(requests.count == 2)
    for request in requests {
      #expect(
        request.form?.contains("client_secret=s%26e%3Dc") == sends
          && request.form?.contains("client_id=desk%20app") == true)
      #expect(request.target == "/fotoweb/oauth2/token" && request.method == "POST")
    }
  }

  @Test("what one program got, another one neither uses nor spends: glewlwyd takes the token and gives it to nobody")
  func programs() throws {
    let identities = try [
      [:], ["client-id": "other"], ["authentication": "web", "client-secret": "s"],
      ["authentication": "script", "client-secret": "s"],
    ].map { try Sample.fotoWare($0).identity.sessionKey }
    #expect(identities[0] != identities[1] && identities[0] == identities[2] && identities[0] != identities[3])
  }

  @Test("a client secret may travel in a header, and is encoded there")
  func header() throws {
    let system = try system(["authentication": "web", "client-secret": "s:e", "client-secret-in": "header"])
    var progress = LoginProgress.renewed
    let request = try #require(system.beginRenewal(&progress))
    #expect(request.secretHeader("Authorization") == "Basic ZGVzayUyMGFwcDpzJTNBZQ==")
    #expect(request.form?.contains("client") == false)
  }

  @Test("a script acts for itself, and asks nobody")
  func script() throws {
    let system = try system(["authentication": "script", "client-secret": "s"])
    var progress = LoginProgress(credentials: Secret("s"), now: 0, clockSkew: 0)
    #expect(
      try system.beginLogin(&progress).form == "grant_type=client_credentials&client_id=desk%20app&client_secret=s")
    #expect(system.consentURL(state: Secret("s"), challenge: "c") == nil && !system.credentials.needsConsent)
    let refused = WireResponse(401, [], #"{"error":"invalid_client"}"#)
    guard case .denied(.wrong, let failure) = try system.continueLogin(&progress, refused) else {
      Issue.record("not denied")
      return
    }
    #expect(failure.cause == .credentialsRefused)
  }

  @Test(
    "the life of a token is a number, however it is written; what is none is unknown",
    arguments: [
      (#"28800"#, 1_028_800), (#"28800.000000"#, 1_028_800), (#""28800""#, 1_028_800), (#""28800.0""#, 1_028_800),
      ("null", nil), ("-5", nil), ("0", nil), (#""soon""#, nil), ("1e300", nil), ("9223372036854775807", 316_360_000),
    ] as [(String, Int64?)])
  func life(text: String, ends: Int64?) throws {
    var progress = LoginProgress.renewed
    let body = #"{"access_token":"A2","expires_in":\#(text)}"#
    guard case .finished = try system().continueLogin(&progress, WireResponse(200, [], body)) else {
      Issue.record("not finished")
      return
    }
    #expect(progress.secret.expiresAt == ends && progress.secret.refreshToken == Secret("R1"))
  }

  @Test(
    "what is no answer of a token endpoint says where to look",
    arguments: [(200, "<html>"), (200, "{}"), (404, "nothing"), (400, #"{"error":"invalid_scope"}"#)]
      as [(Int32, String)])
  func strange(status: Int32, body: String) throws {
    var progress = LoginProgress.renewed
    let failure = #expect(throws: Failure.self) {
      try system().continueLogin(&progress, WireResponse(status, [], body))
    }
    #expect(failure?.cause == .protocolViolation)
  }

  @Test("what the server says of a refusal is one line")
  func words() throws {
    for body in [
      #"{"error":"invalid_grant","error_description":"gone\u0007\u202e"}"#,
      #"{"errors":[{"id":"OAuthServerException","title":"gone\u0007\u202e"}]}"#,
    ] {
      var progress = LoginProgress.renewed
      guard case .denied(_, let failure) = try system().continueLogin(&progress, WireResponse(400, [], body)) else {
        Issue.record("not denied")
        return
      }
      #expect(failure.quote.hasSuffix(": gone"))
    }
  }

  @Test("a refresh token that the record could not give back is no token")
  func unreadable() throws {
    var progress = LoginProgress.renewed
    let body = #"{"access_token":"A2","refresh_token":"R\u0000"}"#
    let failure = #expect(throws: Failure.self) {
      try system().continueLogin(&progress, WireResponse(200, [], body))
    }
    #expect(failure?.cause == .protocolViolation && failure?.message.contains("R\u{0}") == false)
  }

  @Test("a site without a licence for its API says so, at a login and at a request")
  func license() throws {
    let body =
      #"{"error":"access_denied","error_description":"The site is not licensed for use of third-party applications"}"#
    let response = WireResponse(403, [], body)
    var progress = LoginProgress.renewed
    #expect(#expect(throws: Failure.self) { try system().continueLogin(&progress, response) }?.cause == .license)
    guard case .failed(let failure) = try system().judge(response, to: system().keepalive) else {
      Issue.record("not failed")
      return
    }
    #expect(failure.cause == .license)
  }

  @Test("401 ends the session; 403 is about one thing; the token travels in a header alone")
  func verdicts() throws {
    let system = try system()
    if case .sessionInvalid = system.judge(WireResponse(401), to: system.keepalive) {} else { Issue.record("401") }
    if case .deliver = system.judge(WireResponse(403), to: system.keepalive) {} else { Issue.record("403") }
    var request = system.keepalive
    system.authorize(&request, LoginProgress.renewed.secret, credentials: nil)
    #expect(request.secretHeader("Authorization") == "Bearer A1" && request.secretQuery == nil)
    #expect(request.target == "/fotoweb/me")
  }

  @Test("a logout revokes the refresh token where there is a place for it")
  func revocation() throws {
    #expect(try system().logout(LoginProgress.renewed.secret) == nil)
    let request = try #require(
      try system(["revoke-path": "/fotoweb/oauth2/revoke"]).logout(LoginProgress.renewed.secret))
    #expect(request.target == "/fotoweb/oauth2/revoke")
    #expect(request.form == "token=R1&token_type_hint=refresh_token&client_id=desk%20app")
  }

  @Test("what is missing is named", arguments: [["client-id": nil], ["authentication": "web"]] as [[String: String?]])
  func missing(changes: [String: String?]) {
    let failure = #expect(throws: Failure.self) { try Sample.fotoWare(changes) }
    #expect(failure?.cause == .option && failure?.message.contains("missing") == true)
  }
}
