// PhotoShelterLoginTests.swift - what each response to PhotoShelter's login and organization step means.

import TestSupport
import Testing

@testable import DamCore
@testable import PhotoShelter

@Suite("PhotoShelter: login")
struct PhotoShelterLoginTests {
  private static let cookie = "Set-Cookie: mem=live; path=/"

  private struct Login {
    let system: PhotoShelter
    var progress = LoginProgress(credentials: Secret(Sample.password), now: 1000, clockSkew: 0)

    init(_ changes: [String: String] = [:]) throws {
      system = try Sample.photoShelter(changes.mapValues { $0 }).photoShelter
      progress.stamp = 5
      _ = try system.beginLogin(&progress)
    }

    mutating func take(_ response: WireResponse) throws(Failure) -> LoginStep {
      try system.continueLogin(&progress, response)
    }

    /// "finished", the next request, or the cause of the failure.
    mutating func outcome(_ response: WireResponse) -> String {
      do throws(Failure) {
        switch try take(response) {
        case .finished: return "finished"
        case .send(let request): return "\(request.method) \(request.target)"
        case .ended(let failure): return "ended: \(failure.cause)"
        case .denied(.unclear, let failure):
          #expect(failure.cause == .server)
          return "unclear"
        case .denied(let reason, let failure):
          #expect((reason == .secondFactor) == (failure.cause == .secondFactor))
          return "\(failure.cause)"
        }
      } catch {
        return "\(error.cause)"
      }
    }
  }

  private static func ok(_ data: String, _ lines: [String] = []) -> WireResponse {
    WireResponse(200, lines, #"{"status":"ok","data":\#(data)}"#)
  }

  @Test(
    "each response to a login by cookie has its result",
    arguments: [
      (ok("{}", [cookie]), "finished"), (ok("null", [cookie]), "finished"), (ok("{}"), "protocolViolation"),
      (ok("{}", ["Set-Cookie: mem=x; Max-Age=0"]), "protocolViolation"),
      (.error(400, "AuthInvalidPasswordErr"), "credentialsRefused"),
      (.error(400, "AuthInvalidLoginErr"), "credentialsRefused"),
      (.error(200, "AuthInvalidPasswordErr"), "credentialsRefused"),
      (WireResponse(401), "credentialsRefused"), (WireResponse(401, [], "<html>"), "credentialsRefused"),
      (.error(401, "SessionRequiredErr"), "credentialsRefused"),
      (WireResponse(401, [], #"{"errors":[{"title":"No"}]}"#), "credentialsRefused"),
      // What is not on record as a wrong password may be anything.
      (WireResponse(400, [], #"{"errors":[{"title":"Bad password"}]}"#), "unclear"),
      (.error(400, "SystemErr"), "unclear"),
      (.error(403, "AccountLockedErr"), "unclear"), (.error(200, "TooManySessionsErr"), "unclear"),
      (WireResponse(400), "unclear"), (WireResponse(403), "unclear"), (WireResponse(403, [], "<html>"), "unclear"),
      (WireResponse(403, ["Content-Type: text/html"], "<html>"), "protocolViolation"),
      (.error(400, "ApiKeyInvalidException"), "apiKeyRefused"), (.error(403, "HTTPSRequiredPermErr"), "insecure"),
      (.error(400, "TwoFactorRequiredErr"), "secondFactor"), (ok(#"{"two_factor":true}"#, [cookie]), "secondFactor"),
      (ok(#"{"two_factor":"t"}"#), "secondFactor"), (ok(#"{"two_factor":"f"}"#, [cookie]), "finished"),
      (WireResponse(200, [cookie], #"{"status":"ok","two_factor":1}"#), "secondFactor"),
      (WireResponse(404, [], "<html>"), "protocolViolation"), (WireResponse(404), "protocolViolation"),
      (WireResponse(405), "protocolViolation"), (WireResponse(410), "protocolViolation"),
      (WireResponse(200, [cookie], "<html>"), "protocolViolation"), (WireResponse(200, [cookie]), "protocolViolation"),
      (WireResponse(200, [cookie], #"{"status":"odd"}"#), "protocolViolation"),
      (WireResponse(200, [cookie], "[]"), "protocolViolation"),
      (WireResponse(302, ["Location: /login", cookie]), "protocolViolation"),
      (WireResponse(429), "throttled"), (WireResponse(503, ["Retry-After: 5"]), "throttled"),
      (WireResponse(500), "server"),
      (WireResponse(503), "server"), (.error(500, "SystemErr"), "server"),
      // A known class is believed before the status.
      (.error(500, "AuthInvalidPasswordErr"), "credentialsRefused"),
      (.error(404, "AuthInvalidLoginErr"), "credentialsRefused"),
      (.error(503, "ApiKeyInvalidErr"), "apiKeyRefused"), (.error(404, "SystemErr"), "protocolViolation"),
    ])
  func results(response: WireResponse, expected: String) throws {
    var login = try Login()
    #expect(login.outcome(response) == expected)
  }

  @Test(
    "each response to a login by token has its result",
    arguments: [
      (#"{"token":"T"}"#, "finished", "T"), (#"{"token":12345}"#, "finished", "12345"),
      (#"{"token":""}"#, "protocolViolation", nil), (#"{"token":null}"#, "protocolViolation", nil),
      (#"{"token":["T"]}"#, "protocolViolation", nil), ("{}", "protocolViolation", nil),
      // It becomes a header line.
      (#"{"token":"T\r\nX: y"}"#, "protocolViolation", nil), (#"{"token":"T 1"}"#, "protocolViolation", nil),
      (#"{"token":"Tö"}"#, "protocolViolation", nil), (#"{"token":"T\u0000"}"#, "protocolViolation", nil),
      ("null", "protocolViolation", nil),
    ] as [(String, String, String?)])
  func tokens(data: String, expected: String, token: String?) throws {
    for authentication in ["token", "token-in-url"] {
      var login = try Login(["authentication": authentication])
      #expect(login.outcome(Self.ok(data, [Self.cookie])) == expected)
      #expect(login.progress.secret.token?.revealText() == token)
      // Cookies that come along are nobody's business in token mode.
      #expect(login.progress.secret.cookies.all.isEmpty)
    }
  }

  @Test("the cookies of a login are those of its response, stamped with its request")
  func cookies() throws {
    var login = try Login()
    let lines = ["Set-Cookie: mem=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT", Self.cookie, "Set-Cookie: acs=a"]
    #expect(login.outcome(Self.ok("{}", lines)) == "finished")
    #expect(login.progress.secret.cookies.all == [Cookie("mem", "live", 5), Cookie("acs", "a", 5)])
    #expect(login.progress.secret.token == nil)
  }

  @Test(
    "sixteen junk cookies before it do not push out the session's own; one that cannot be kept is no wrong password")
  func junk() throws {
    var login = try Login()
    let junk = (0..<40).map { "Set-Cookie: junk\($0)=x" }
    #expect(login.outcome(Self.ok("{}", junk + ["Set-Cookie: SSphotoshelter_com_mem=live"])) == "finished")
    #expect(login.progress.secret.cookies.value("SSphotoshelter_com_mem") == Secret("live"))
    #expect(login.progress.secret.cookies.all.count == 17)
    for value in [String(repeating: "x", count: 8193), "a b", "ä"] {
      var login = try Login()
      #expect(login.outcome(Self.ok("{}", ["Set-Cookie: SSphotoshelter_com_mem=\(value)"])) == "protocolViolation")
    }
  }

  @Test(
    "organizations come as a list, as one, or not at all",
    arguments: [
      (
        #"{"org":[{"id":"O1","name":"A","member":"t"},{"id":"O2","name":"B","member":"f"}]}"#,
        ["O1 A true", "O2 B false"]
      ),
      (#"{"org":{"id":"O1","name":"A","member":true}}"#, ["O1 A true"]), ("{}", []), (#"{"org":null}"#, []),
      (#"{"org":[]}"#, []), (#"{"org":"O1"}"#, []), (#"{"org":[{"name":"no ID"},{"id":"O2"}]}"#, ["O2  nil"]),
    ])
  func organizations(data: String, expected: [String]) throws {
    var login = try Login()
    _ = try login.take(Self.ok(data, [Self.cookie]))
    let found = login.progress.organizations.map { "\($0.id) \($0.name) \($0.isMember.map { "\($0)" } ?? "nil")" }
    #expect(found == expected)
  }

  @Test("a member of an organization authenticates to it with the fresh session, by the method of the options")
  func organizationStep() throws {
    for method in ["post", "get"] {
      var login = try Login(["organization": "O0000.a-b_c", "organization-method": method])
      guard case .send(let request) = try login.take(Self.ok("{}", [Self.cookie])) else {
        Issue.record("the step was skipped")
        continue
      }
      #expect(request.method == method.uppercased())
      #expect(request.target == "/psapi/v3/mem/organization/O0000.a-b_c/authenticate")
      #expect(request.secretHeader("Cookie") == "mem=live")
      #expect(request.secretHeader("X-PS-Api-Key") == Sample.apiKey)
      login.progress.stamp = 6
      #expect(login.outcome(Self.ok("{}", ["Set-Cookie: mem=member"])) == "finished")
      #expect(login.progress.secret.cookies.all == [Cookie("mem", "member", 6)])
    }
  }

  @Test(
    "each response to the organization step has its result",
    arguments: [
      (ok("{}"), "finished"), (ok(#"{"Session":{"organization":"O1"}}"#), "finished"),
      // A response for another organization would be foreign pictures.
      (ok(#"{"Session":{"organization":"O2"}}"#), "organizationRefused"),
      (.error(400, "OrgPermErr"), "organizationRefused"),
      (.error(200, "OrgPermErr"), "organizationRefused"), (WireResponse(403), "organizationRefused"),
      (WireResponse(404), "organizationRefused"), (.error(401, "OrgPermErr"), "organizationRefused"),
      // Damaged responses say nothing of the organization.
      (WireResponse(200), "protocolViolation"), (WireResponse(200, [], #"{"status":"o"#), "protocolViolation"),
      (WireResponse(200, ["Content-Type: text/html"], "<html>"), "protocolViolation"),
      (WireResponse(403, ["Content-Type: text/html"], "<html>"), "protocolViolation"),
      (WireResponse(200, [], #"{"status":"odd"}"#), "protocolViolation"),
      (WireResponse(302, ["Location: /x"]), "protocolViolation"),
      // The session ended before it was a member's.
      (.expired, "ended: sessionInvalid"), (WireResponse(401), "ended: sessionInvalid"),
      (WireResponse(401, [], #"{"errors":[{"title":"x"}]}"#), "ended: sessionInvalid"),
      (WireResponse(302, ["Location: /login"]), "ended: sessionInvalid"),
      (WireResponse(200, ["Content-Type: text/html"], "<input type=password>"), "ended: sessionInvalid"),
      (ok("{}", ["Set-Cookie: acs=\u{7}"]), "protocolViolation"),
      (.error(400, "ApiKeyInvalidException"), "apiKeyRefused"), (WireResponse(429), "throttled"),
      (WireResponse(500), "server"),
      (.error(500, "SessionRequiredErr"), "ended: sessionInvalid"), (.error(500, "OrgPermErr"), "server"),
    ])
  func organizationResults(response: WireResponse, expected: String) throws {
    var login = try Login(["organization": "O1"])
    _ = try login.take(Self.ok("{}", [Self.cookie]))
    #expect(login.outcome(response) == expected)
  }

  @Test("a token that the organization step renews is the one to use; else the first stays")
  func organizationToken() throws {
    for (data, token) in [(#"{"token":"T2"}"#, "T2"), ("{}", "T1"), (#"{"token":""}"#, "T1")] {
      var login = try Login(["organization": "O1", "authentication": "token"])
      _ = try login.take(Self.ok(#"{"token":"T1"}"#))
      #expect(login.outcome(Self.ok(data, [Self.cookie])) == "finished")
      #expect(login.progress.secret.token?.revealText() == token)
      #expect(login.progress.secret.cookies.all.isEmpty)
    }
  }

  @Test("a refusal quotes the server, and names the organization that was refused")
  func messages() throws {
    var login = try Login(["organization": "O77"])
    guard case .denied(.wrong, let refused) = try login.take(.error(400, "AuthInvalidPasswordErr", "Wrong one.")) else {
      Issue.record("not refused")
      return
    }
    #expect(refused.quote == "AuthInvalidPasswordErr: Wrong one.")
    #expect(refused.httpStatus == 400)
    login = try Login(["organization": "O77"])
    _ = try login.take(Self.ok("{}", [Self.cookie]))
    let organization = #expect(throws: Failure.self) { try login.take(.error(403, "OrgPermErr", "No.")) }
    #expect(organization?.message.contains("O77") == true)
    #expect(organization?.quote == "OrgPermErr: No.")
  }
}
