// PhotoShelterV4Tests.swift - logins with a password at API v4: its places of a token, its errors, and what it refuses.

import TestSupport
import Testing

@testable import DamCore
@testable import PhotoShelter

@Suite("PhotoShelter: v4")
struct PhotoShelterV4Tests {
  private func system(_ changes: [String: String?] = [:]) throws -> PhotoShelter {
    let options: [String: String?] = ["authentication": "token", "api-version": "4"]
    return try Sample.photoShelter(options.merging(changes) { $1 }).photoShelter
  }

  private func outcome(
    _ status: Int32, _ body: String, _ progress: inout LoginProgress, _ changes: [String: String?] = [:]
  ) throws -> String {
    let system = try system(changes)
    do throws(Failure) {
      switch try system.continueLogin(&progress, WireResponse(status, [], body)) {
      case .finished: return "finished"
      case .send(let request): return "\(request.method) \(request.target) \(request.form ?? "")"
      case .denied(let reason, let failure): return "\(reason) \(failure.cause)"
      case .ended(let failure): return "ended \(failure.cause)"
      }
    } catch {
      return "\(error.cause)"
    }
  }

  private var progress: LoginProgress {
    LoginProgress(credentials: Secret(Sample.password), now: 0, clockSkew: 0)
  }

  @Test("the login is v3's at another path, and asks for a token")
  func login() throws {
    var progress = progress
    let request = try system().beginLogin(&progress)
    #expect("\(request.method) \(request.target)" == "POST /psapi/v4.0/authenticate")
    #expect(request.form == "email=kim%40example.com&password=\(Sample.encodedPassword)&mode=token")
    #expect(request.secretHeader("X-PS-Api-Key") == Sample.apiKey)
  }

  @Test(
    "a token may be at any of three places, with the organizations beside it",
    arguments: [
      #"{"token":"T","org":[{"id":"O1","name":"A"}]}"#, #"{"data":{"token":"T","org":{"id":"O1","name":"A"}}}"#,
      #"{"data":{"id":"1","attributes":{"token":"T","org":[{"id":"O1","name":"A"}]}}}"#,
    ])
  func places(body: String) throws {
    var progress = progress
    #expect(try outcome(200, body, &progress) == "finished")
    #expect(progress.secret.token == Secret("T"))
    #expect(progress.organizations.map(\.id) == ["O1"])
  }

  @Test(
    "each response to a login has its result",
    arguments: [
      (200, #"{"token":"T","two_factor":true}"#, "secondFactor secondFactor"),
      (200, #"{"data":{"attributes":{"token":"T","two_factor":"t"}}}"#, "secondFactor secondFactor"),
      (200, "{}", "protocolViolation"), (200, "<html>", "protocolViolation"), (200, "[]", "protocolViolation"),
      (200, #"{"token":"T 1"}"#, "protocolViolation"),
      (401, #"{"errors":[{"id":"AuthException","title":"No"}]}"#, "wrong credentialsRefused"),
      (400, #"{"errors":[{"id":"AuthException","title":"No"}]}"#, "unclear server"),
      (400, #"{"errors":[{"id":"AuthInvalidPasswordException","title":"No"}]}"#, "wrong credentialsRefused"),
      (403, #"{"errors":[{"id":"HTTPSRequiredPermException"}]}"#, "insecure"),
      (403, #"{"errors":[{"id":"ApiKeyInvalidException","title":"Bad key"}]}"#, "apiKeyRefused"),
      (401, #"{"errors":[{"id":"TwoFactorRequiredException"}]}"#, "secondFactor secondFactor"),
      (404, "", "protocolViolation"), (500, "", "server"), (429, "", "throttled"),
    ] as [(Int32, String, String)])
  func results(status: Int32, body: String, expected: String) throws {
    var progress = progress
    #expect(try outcome(status, body, &progress) == expected)
  }

  @Test("an account with a second factor is told of the way that passes it")
  func secondFactor() throws {
    var progress = progress
    guard
      case .denied(_, let failure) = try system().continueLogin(&progress, WireResponse(200, [], #"{"two_factor":1}"#))
    else {
      Issue.record("let in")
      return
    }
    #expect(failure.message.contains("oauth"))
  }

  @Test("the organization step names it in JSON; the token of its answer counts from then on")
  func organization() throws {
    var progress = progress
    let changes: [String: String?] = ["organization": "O1"]
    #expect(
      try outcome(200, #"{"token":"T"}"#, &progress, changes)
        == #"POST /psapi/v4.0/organization/authenticate {"org_id":"O1"}"#)
    #expect(try outcome(200, #"{"data":{"token":"U"}}"#, &progress, changes) == "finished")
    #expect(progress.secret.token == Secret("U"))
    progress.stage = 1
    let refused = #"{"errors":[{"id":"OrgException","title":"Not a member"}]}"#
    #expect(try outcome(403, refused, &progress, changes) == "organizationRefused")
    #expect(try outcome(401, "", &progress, changes) == "ended sessionInvalid")
  }

  @Test(
    "a class ends as v3's do, or as v4's; what merely looks like one is none",
    arguments: [
      ("SessionRequiredErr", true), ("SessionRequiredException", true), ("SessionRequired", true), ("Err", false),
      ("OtherException", false),
    ])
  func classes(name: String, isOver: Bool) throws {
    let system = try system()
    let response = WireResponse(400, [], #"{"errors":[{"id":"\#(name)"}]}"#)
    var found = false
    if case .sessionInvalid = system.judge(response, to: system.keepalive) { found = true }
    #expect(found == isOver)
  }

  @Test("both headers prove the session; a logout is not known")
  func session() throws {
    let system = try system()
    var secret = SessionSecret()
    secret.token = Secret("T")
    var request = system.keepalive
    system.authorize(&request, secret, credentials: nil)
    #expect(request.secretHeader("Authorization") == "Bearer T" && request.secretHeader("X-PS-Auth-Token") == "T")
    #expect(system.logout(secret) == nil)
  }

  @Test("what nobody has seen v4 do is refused with what to choose", arguments: ["cookie", "token-in-url", nil])
  func refused(authentication: String?) throws {
    let failure = #expect(throws: Failure.self) { try system(["authentication": authentication]) }
    #expect(failure?.cause == .option && failure?.message.contains("token or oauth") == true)
  }

  @Test("a path of one's own goes before the version's")
  func path() throws {
    #expect(try system(["api-path": "/other/"]).keepalive.target == "/other/user/session")
  }
}
