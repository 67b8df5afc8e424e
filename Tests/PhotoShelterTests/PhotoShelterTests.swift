// PhotoShelterTests.swift - PhotoShelter's requests, and what each of its responses says about the session.

import TestSupport
import Testing

@testable import DamCore
@testable import PhotoShelter

@Suite("PhotoShelter: requests")
struct PhotoShelterTests {
  private func system(_ changes: [String: String] = [:]) throws -> PhotoShelter {
    try Sample.photoShelter(changes.mapValues { $0 }).photoShelter
  }

  @Test("what is not set has the default that the guide or its clients suggest")
  func defaults() throws {
    let system = try self.system()
    #expect(system.organizationMethod == .post && system.logoutMethod == .post)
    #expect(system.invalidClasses == ["SessionRequiredErr", "OAuthServerException"])
  }

  private static let secret: SessionSecret = {
    var secret = SessionSecret()
    secret.cookies = CookieSet([Cookie("mem", "m%3D", 1), Cookie("acs", "a", 1)])
    secret.token = Secret("tok&en")
    return secret
  }()

  @Test("a login is a POST of a form, with the API key and never with the password in the URL")
  func login() throws {
    for (authentication, mode) in [("cookie", ""), ("token", "&mode=token"), ("token-in-url", "&mode=token")] {
      var progress = LoginProgress(credentials: Secret(Sample.password), now: 0, clockSkew: 0)
      let request = try system(["authentication": authentication]).beginLogin(&progress)
      #expect(request.method == "POST")
      #expect(request.target == "/psapi/v3/mem/authenticate")
      #expect(request.form == "email=kim%40example.com&password=\(Sample.encodedPassword)\(mode)")
      #expect(request.secretHeader("X-PS-Api-Key") == Sample.apiKey)
      #expect(request.secretHeader("Cookie") == nil)
      #expect(request.secretQuery == nil)
    }
  }

  @Test(
    "a request carries the API key and the secret where the options say",
    arguments: [
      (["authentication": "cookie"], ["X-PS-Api-Key: KEY45678901", "Cookie: mem=m%3D; acs=a"], nil),
      (["authentication": "token"], ["X-PS-Api-Key: KEY45678901", "X-PS-Auth-Token: tok&en"], nil),
      (["authentication": "token-in-url"], ["X-PS-Api-Key: KEY45678901"], "auth_token=tok%26en"),
      (["authentication": "token", "api-key-in": "parameter"], ["X-PS-Auth-Token: tok&en"], "api_key=KEY45678901"),
      (["authentication": "token-in-url", "api-key-in": "parameter"], [], "api_key=KEY45678901&auth_token=tok%26en"),
    ] as [([String: String], [String], String?)])
  func authorizing(changes: [String: String], headers: [String], query: String?) throws {
    let settings = try Sample.photoShelter(changes.mapValues { $0 })
    var request = WireRequest(method: "GET", origin: settings.site.origin, target: "/x?y")
    try settings.photoShelter.authorize(&request, Self.secret, credentials: nil)
    #expect(request.secretHeaders.map { "\($0.name): \($0.value.revealText())" } == headers)
    #expect(request.secretQuery?.revealText() == query)
    #expect(request.target == "/x?y")
    #expect(request.headers.isEmpty)
  }

  @Test("a logout carries the session, by the method that the options say")
  func logout() throws {
    for method in ["post", "get"] {
      let request = try #require(try system(["logout-method": method]).logout(Self.secret))
      #expect(request.method == method.uppercased())
      #expect(request.target == "/psapi/v3/mem/authenticate/logout")
      #expect(request.secretHeader("Cookie") == "mem=m%3D; acs=a")
      #expect(request.secretHeader("X-PS-Api-Key") == Sample.apiKey)
    }
  }

  @Test(
    "a logout is confirmed by success, or by an error that says there is no session",
    arguments: [
      (WireResponse(200, [], #"{"status":"ok","data":null}"#), true), (WireResponse(204), true),
      (WireResponse(200, ["Content-Type: text/html"], #"{"status":"ok","data":null}"#), true),
      (.error(400, "SessionRequiredErr"), true), (.error(200, "SomethingErr"), false), (WireResponse(500), false),
      (WireResponse(302, ["Location: /login"]), false),
      (WireResponse(200, ["Content-Type: text/html"], "<html>"), false),
    ])
  func confirming(response: WireResponse, isConfirmed: Bool) throws {
    #expect(try system().confirmsLogout(response) == isConfirmed)
  }

  @Test("the session is asked after by a small request of a member")
  func keepalive() throws {
    #expect(try system().keepalive.method == "GET")
    #expect(try system().keepalive.target == "/psapi/v3/mem/user/session")
    #expect(try system().hasIdleLimit)
  }

  @Test("cookies rotate, tokens do not, and nothing is bound or scarce")
  func manners() throws {
    #expect(try system().rotates)
    #expect(try !system(["authentication": "token"]).rotates)
    #expect(try !system(["authentication": "token"]).keepsCookies)
    #expect(try system().binding(Self.secret) == nil)
    #expect(try !system().isScarce)
    #expect(try system().token(Self.secret) == nil)
    #expect(try system(["authentication": "token"]).token(Self.secret) == Secret("tok&en"))
  }
}

@Suite("PhotoShelter: verdicts")
struct PhotoShelterVerdictTests {
  private func verdict(_ response: WireResponse, _ changes: [String: String] = [:], path: String = "mem/user") throws
    -> String
  {
    let settings = try Sample.photoShelter(changes.mapValues { $0 })
    let target = path.hasPrefix("/") ? path : settings.site.apiPath + path
    let request = WireRequest(method: "GET", origin: settings.site.origin, target: target)
    switch try settings.photoShelter.judge(response, to: request) {
    case .deliver: return "deliver"
    case .sessionInvalid: return "invalid"
    case .sessionSuspect: return "suspect"
    case .pageInstead(let failure):
      #expect(failure.cause == .server)
      return "page"
    case .failed(let failure):
      #expect(failure.httpStatus == response.status)
      return "\(failure.cause)"
    }
  }

  @Test(
    "what changes something is known by its path, whatever the method",
    arguments: [
      ("mem/gallery/insert", true), ("mem/image/I1/update?x=1", true), ("mem/gallery/G1/visibility/UPDATE/", true),
      ("mem/gallery/G1/permission/inherit", true), ("/psapi/v3/mem/gallery/%69nsert", true),
      ("mem/gallery/query", false), ("mem/image/I1/link", false), ("mem/insert/query", false),
      ("mem/image/I1?a=/insert", false),
    ])
  func writes(path: String, isWrite: Bool) throws {
    let request = try CallerRequest(
      method: "GET", path: path, headers: [], contentType: nil, body: .none, image: nil,
      settings: try Sample.photoShelter())
    #expect(request.isSentOnce == isWrite)
  }

  private static let html = ["Content-Type: text/html; charset=utf-8"]
  private static let form = #"<FORM><input name="p" TYPE = 'Password'></FORM>"#

  @Test(
    "each response has its verdict",
    arguments: [
      (WireResponse(200, [], #"{"status":"ok","data":{}}"#), "deliver"), (WireResponse(204), "deliver"),
      (WireResponse(304), "deliver"),
      (WireResponse(404), "deliver"), (WireResponse(400), "deliver"), (.error(400, "SomethingErr"), "deliver"),
      (.error(404, "NotFoundErr"), "deliver"), (WireResponse(400, [], #"{"errors":[{"title":"x"}]}"#), "deliver"),
      // The body is read before the status.
      (.error(400, "SessionRequiredErr"), "invalid"), (.error(401, "SessionRequiredErr"), "invalid"),
      (.error(200, "SessionRequiredErr"), "invalid"), (.error(500, "SessionRequiredErr"), "invalid"),
      // One gallery may be forbidden: that is no proof, in whatever words it is said.
      (.error(403, "GalleryPermErr"), "suspect"), (.error(401, "GalleryPermErr"), "suspect"),
      (WireResponse(401, [], #"{"errors":[{"title":"x"}]}"#), "suspect"), (WireResponse(401), "suspect"),
      (WireResponse(401, [], "<html>"), "suspect"), (WireResponse(403), "suspect"),
      (WireResponse(403, html, form), "suspect"),
      (.error(400, "ApiKeyInvalidException"), "apiKeyRefused"), (.error(403, "ApiKeyInvalidErr"), "apiKeyRefused"),
      (.error(400, "HTTPSRequiredPermErr"), "insecure"),
      (WireResponse(429), "throttled"), (WireResponse(503, ["Retry-After: 5"]), "throttled"),
      (WireResponse(503), "server"),
      (WireResponse(500), "server"), (.error(500, "MalformedErr"), "server"),
      (WireResponse(502, html, "<html>"), "server"),
      (WireResponse(302, ["Location: /login?next=/x"]), "suspect"),
      (WireResponse(307, ["Location: https://h/Login"]), "suspect"),
      (WireResponse(302, ["Location: /elsewhere?page=login"]), "deliver"), (WireResponse(302), "deliver"),
      (WireResponse(302, ["Location: /views/Login.aspx?to=x"]), "suspect"),
      (WireResponse(302, ["Location: login"]), "suspect"),
      // A place that merely has the word in its name is any other place.
      (WireResponse(302, ["Location: /gallery/login-screens"]), "deliver"),
      (WireResponse(302, ["Location: /blog/in"]), "deliver"),
      (WireResponse(302, ["Location: /x#/login"]), "deliver"), (WireResponse(201, ["Location: /login"]), "deliver"),
      // A page to log in at asks for a password; any other may be what was asked for, or maintenance.
      (WireResponse(200, html, form), "suspect"), (WireResponse(200, html, "<html>Back soon</html>"), "page"),
      (WireResponse(200, ["Content-Type: application/xhtml+xml"], "<input type=password>"), "suspect"),
      (WireResponse(200, ["Content-Type: text/plain"], form), "deliver"),
      (WireResponse(404, html, "<html>"), "deliver"),
      (WireResponse(200, ["Content-Type: image/jpeg"], "\u{1}\u{2}"), "deliver"),
    ])
  func verdicts(response: WireResponse, expected: String) throws { #expect(try verdict(response) == expected) }

  @Test("pages are data where pages are asked for")
  func pages() throws { #expect(try verdict(WireResponse(200, Self.html, "<html>"), path: "/index.html") == "deliver") }

  @Test(
    "statuses, classes and words that mean an ended session are options",
    arguments: [
      (WireResponse(440), ["invalid-status": "440"], "suspect"),
      (WireResponse(401), ["invalid-status": "401"], "suspect"),
      (WireResponse(401), ["invalid-status": "440"], "deliver"),
      (.error(400, "ExpiredErr"), ["invalid-class": "GoneErr,ExpiredErr"], "invalid"),
      (.error(400, "SessionRequiredErr"), ["invalid-class": "GoneErr"], "deliver"),
      (WireResponse(200, [], "Hello guest"), ["invalid-text": "guest"], "invalid"),
      (WireResponse(200, [], "Hello kim"), ["invalid-text": "guest"], "deliver"),
      (WireResponse(500, [], "guest"), ["invalid-text": "guest"], "invalid"),
    ])
  func options(response: WireResponse, changes: [String: String], expected: String) throws {
    #expect(try verdict(response, changes) == expected)
  }

  @Test("a server that asks to wait says how long")
  func waiting() throws {
    let settings = try Sample.photoShelter()
    let request = WireRequest(method: "GET", origin: settings.site.origin, target: "/")
    guard
      case .failed(let failure) = try settings.photoShelter.judge(WireResponse(429, ["Retry-After: 7"]), to: request)
    else {
      Issue.record("delivered")
      return
    }
    #expect(failure.retryAfter == 7)
  }
}
