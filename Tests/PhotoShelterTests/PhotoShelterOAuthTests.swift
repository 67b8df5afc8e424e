// PhotoShelterOAuthTests.swift - logins by a person's consent, for both versions of the API: what is sent, and what the
// token endpoint's responses mean.

import TestSupport
import Testing

@testable import DamCore
@testable import PhotoShelter

@Suite("PhotoShelter: OAuth2")
struct PhotoShelterOAuthTests {
  private func system(_ changes: [String: String?] = [:]) throws -> PhotoShelter {
    let options: [String: String?] = ["authentication": "oauth", "client-id": "desk", "client-secret": "s&e"]
    return try Sample.photoShelter(options.merging(changes) { $1 }).photoShelter
  }

  @Test("the page for consent is told the API key, as the vendor's own programs tell it")
  func page() throws {
    let url = try #require(try system().consentURL(state: Secret("st"), challenge: "ch"))
    #expect(
      url == "https://archive.example/psapi/v4.0/oauth/authorize?response_type=code&client_id=desk"
        + "&redirect_uri=http%3A%2F%2Flocalhost%3A9876%2Fcallback&state=st&code_challenge=ch&code_challenge_method=S256"
        + "&api_key=\(Sample.apiKey)")
  }

  @Test("the token endpoint is v4's whatever the version; the API key goes there in its header")
  func token() throws {
    for version in ["3", "4"] {
      let system = try system(["api-version": version])
      var progress = LoginProgress.renewed
      let renewal = try #require(system.beginRenewal(&progress))
      #expect(
        renewal.form == "grant_type=refresh_token&refresh_token=R1"
          + "&redirect_uri=http%3A%2F%2Flocalhost%3A9876%2Fcallback&client_id=desk&client_secret=s%26e")
      let consented = try #require(system.beginConsented(&progress, .code(Secret("c"), verifier: Secret("v"))))
      #expect(consented.form?.hasPrefix("grant_type=authorization_code&code=c&") == true)
      for request in [renewal, consented] {
        #expect(request.method == "POST" && request.target == "/psapi/v4.0/oauth/token")
        #expect(request.secretHeader("X-PS-Api-Key") == Sample.apiKey)
      }
    }
    var progress = LoginProgress.renewed
    let inURL = try #require(try system(["api-key-in": "parameter"]).beginRenewal(&progress))
    #expect(inURL.secretQuery?.revealText() == "api_key=\(Sample.apiKey)")
  }

  @Test(
    "v3 gets the token in one header, as from the vendor's tester; v4 in two, as from its plugin",
    arguments: [
      ("3", ["X-PS-Api-Key: KEY45678901", "Authorization: Bearer A1"]),
      ("4", ["X-PS-Api-Key: KEY45678901", "Authorization: Bearer A1", "X-PS-Auth-Token: A1"]),
    ])
  func authorizing(version: String, headers: [String]) throws {
    let system = try system(["api-version": version])
    var request = system.keepalive
    system.authorize(&request, LoginProgress.renewed.secret, credentials: nil)
    #expect(request.secretHeaders.map { "\($0.name): \($0.value.revealText())" } == headers)
    #expect(request.target == (version == "3" ? "/psapi/v3/mem/user/session" : "/psapi/v4.0/user/session"))
    #expect(system.reservedHeaders.contains("authorization"))
  }

  @Test("tokens are at the top of the answer; without an organization the login is done")
  func tokens() throws {
    var progress = LoginProgress.renewed
    let answer = WireResponse(200, [], #"{"access_token":"A2","expires_in":3600,"refresh_token":"R2"}"#)
    guard case .finished = try system().continueLogin(&progress, answer) else {
      Issue.record("not finished")
      return
    }
    #expect(progress.secret.token == Secret("A2") && progress.secret.refreshToken == Secret("R2"))
    #expect(progress.secret.expiresAt == 1_003_600)
  }

  @Test(
    "the organization follows every consent and every renewal: in v3's path, in v4's JSON",
    arguments: [
      ("3", "POST /psapi/v3/mem/organization/O1/authenticate", nil, #"{"status":"ok"}"#),
      ("4", "POST /psapi/v4.0/organization/authenticate", #"{"org_id":"O1"}"#, #"{"data":{}}"#),
    ] as [(String, String, String?, String)])
  func organization(version: String, line: String, body: String?, answer: String) throws {
    let system = try system(["api-version": version, "organization": "O1"])
    var progress = LoginProgress.renewed
    let tokens = WireResponse(200, [], #"{"access_token":"A2","refresh_token":"R2"}"#)
    guard case .send(let request) = try system.continueLogin(&progress, tokens) else {
      Issue.record("the organization is left out")
      return
    }
    #expect("\(request.method) \(request.target)" == line && request.form == body)
    #expect(request.secretHeader("Authorization") == "Bearer A2")
    guard case .finished = try system.continueLogin(&progress, WireResponse(200, [], answer)) else {
      Issue.record("not finished")
      return
    }
    #expect(progress.secret.token == Secret("A2"))
  }

  @Test(
    "each error of the token endpoint has its meaning",
    arguments: [
      (400, #"{"errors":[{"id":"OAuthServerException","title":"The refresh token is invalid."}]}"#, "denied consent"),
      (401, #"{"errors":[{"id":"OAuthServerException","title":"The refresh token is invalid."}]}"#, "denied consent"),
      (200, #"{"errors":[{"id":"OAuthServerException","title":"Token has been revoked"}]}"#, "denied consent"),
      (400, #"{"error":"invalid_grant"}"#, "denied consent"),
      (
        401, #"{"errors":[{"id":"OAuthServerException","title":"Client authentication failed"}]}"#, "credentialsRefused"
      ),
      (401, #"{"errors":[{"id":"ApiKeyInvalidException","title":"Bad key"}]}"#, "apiKeyRefused"),
      (500, #"{"errors":[{"id":"OAuthServerException","title":"unexpected condition"}]}"#, "server"),
      (429, "", "throttled"), (404, "<html>", "protocolViolation"), (200, "{}", "protocolViolation"),
    ] as [(Int32, String, String)])
  func errors(status: Int32, body: String, expected: String) throws {
    var progress = LoginProgress.renewed
    let system = try system()
    var outcome = ""
    do throws(Failure) {
      if case .denied(.wrong, let failure) = try system.continueLogin(&progress, WireResponse(status, [], body)) {
        outcome = "denied \(failure.cause)"
      }
    } catch {
      outcome = "\(error.cause)"
    }
    #expect(outcome == expected)
  }

  @Test("a dead token says so in v4's words, also on v3; a bare 401 is a suspicion")
  func verdicts() throws {
    let body = #"{"errors":[{"id":"OAuthServerException","title":"The access token is invalid"}]}"#
    for version in ["3", "4"] {
      let system = try system(["api-version": version])
      if case .sessionInvalid = system.judge(WireResponse(401, [], body), to: system.keepalive) {
      } else {
        Issue.record("401 of version \(version)")
      }
      if case .sessionSuspect = system.judge(WireResponse(401), to: system.keepalive) {} else { Issue.record("bare") }
    }
  }

  @Test("a consent's sessions are one for both versions, and nobody else's")
  func identity() throws {
    let kinds = try [
      (["api-version": "3"], "consent of desk"), (["api-version": "4"], "consent of desk"),
      (["client-id": "other"], "consent of other"),
      (["api-version": "3", "authentication": "token"], "token"),
      (["api-version": "4", "authentication": "token"], "token-v4"),
    ].map { (try system($0.0).secretKind, $0.1) }
    for (kind, expected) in kinds { #expect(kind == expected) }
  }

  @Test("tokens, the organization and the session are the session's own business")
  func objections() throws {
    for version in ["3", "4"] {
      let system = try system(["api-version": version])
      #expect(system.objection(to: RequestPath("/psapi/v4.0/oauth/token")) != nil)
    }
    let system = try system(["api-version": "4"])
    #expect(system.objection(to: RequestPath("/psapi/v4.0/organization/authenticate")) != nil)
    #expect(system.objection(to: RequestPath("/psapi/v4.0/organization/logout")) != nil)
    #expect(system.objection(to: RequestPath("/psapi/v4.0/authenticate")) != nil)
    #expect(system.objection(to: RequestPath("/psapi/v4.0/galleries")) == nil)
  }

  @Test("a consent is taken back where tokens are revoked, with the API key; else it is only forgotten")
  func logout() throws {
    #expect(try system().logout(LoginProgress.renewed.secret) == nil)
    let request = try #require(
      try system(["revoke-path": "/psapi/v4.0/oauth/revoke"]).logout(LoginProgress.renewed.secret))
    #expect(request.target == "/psapi/v4.0/oauth/revoke" && request.form?.hasPrefix("token=R1&") == true)
    #expect(request.secretHeader("X-PS-Api-Key") == Sample.apiKey)
    #expect(try system().confirmsLogout(WireResponse(200)))
    #expect(try !system().confirmsLogout(WireResponse(404)))
  }

  @Test("a consent needs a client ID")
  func missing() throws {
    let failure = #expect(throws: Failure.self) { try system(["client-id": nil]) }
    #expect(failure?.cause == .option && failure?.message.contains("client-id") == true)
  }
}
