// FotoWebTests.swift - FotoWeb's requests by its three methods, and what each of its responses means.

import TestSupport
import Testing

@testable import DamCore
@testable import FotoWeb

@Suite("FotoWeb: requests and verdicts")
struct FotoWebTests {
  private static let information = "/fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent/Information"

  private func system(_ changes: [String: String] = [:]) throws -> FotoWeb {
    try Sample.fotoWeb(changes.mapValues { $0 }).fotoWeb
  }

  private static let secret: SessionSecret = {
    var secret = SessionSecret()
    secret.cookies = CookieSet([Cookie("FWSession", "dev%2F1", 1), Cookie("extra", "e", 1)])
    return secret
  }()

  private func begin(_ changes: [String: String], password: String = Sample.password, skew: Int64 = 0) throws
    -> WireRequest
  {
    var progress = LoginProgress(credentials: Secret(password), now: 1_577_836_860, clockSkew: skew)
    return try system(changes).beginLogin(&progress)
  }

  @Test("method 2: a login is a POST of a form to Login.fwx, without a cookie")
  func deviceToken() throws {
    let request = try begin(["authentication": "device-token", "user": "DOM\\kåre"])
    #expect(request.method == "POST")
    #expect(request.target == "/fotoweb/cmdrequest/Login.fwx")
    #expect(request.form == "u=DOM%5Ck%C3%A5re&p=\(Sample.encodedPassword)")
    #expect(request.secretHeaders.isEmpty && request.secretQuery == nil)
  }

  @Test("method 3: a login is a small request with the percent-encoded token, valid from a minute before now")
  func loginToken() throws {
    // The vector V1, with a life that ends where its token ends.
    let changes = ["authentication": "login-token", "user": "user1", "login-token-life": "1800"]
    let expected = "lt=" + LoginTokenTests.vectors[0].token.replacing("=", with: "%3D")
    let request = try begin(changes, password: "secret")
    #expect(request.method == "GET")
    #expect(request.target == Self.information)
    #expect(request.secretQuery?.revealText() == expected)
    // A cookie beside it would make the server ignore the token.
    #expect(request.secretHeaders.isEmpty)
    #expect(try begin(changes, password: "secret", skew: 60).secretQuery?.revealText() != expected)
    #expect(#expect(throws: Failure.self) { try begin(changes, password: "") }?.cause == .option)
  }

  @Test("method 1: the credentials are proven by one small request")
  func query() throws {
    let request = try begin(["authentication": "query"])
    #expect(request.target == Self.information)
    #expect(request.secretQuery?.revealText() == "u=kim&p=\(Sample.encodedPassword)")
  }

  @Test(
    "a request carries what its method has, percent-encoded in a URL and as it is in a cookie",
    arguments: [
      (["authentication": "device-token"], "FWSession=dev%2F1; extra=e", nil),
      (["authentication": "login-token"], "FWSession=dev%2F1; extra=e", nil),
      (["authentication": "query"], nil, "u=kim&p=\(Sample.encodedPassword)"),
      (
        ["authentication": "query", "query-names": "username,password"], nil,
        "username=kim&password=\(Sample.encodedPassword)"
      ),
    ] as [([String: String], String?, String?)])
  func authorizing(changes: [String: String], cookie: String?, query: String?) throws {
    let settings = try Sample.fotoWeb(changes.mapValues { $0 })
    var request = WireRequest(method: "GET", origin: settings.site.origin, target: "/x")
    try settings.fotoWeb.authorize(&request, Self.secret, credentials: Secret(Sample.password))
    #expect(request.secretHeader("Cookie") == cookie)
    #expect(request.secretQuery?.revealText() == query)
  }

  @Test(
    "each response has its verdict",
    arguments: [
      (WireResponse(200, ["Content-Type: text/xml"], "<FileList/>"), "deliver"), (WireResponse(404), "deliver"),
      (WireResponse(400), "deliver"),
      // A device token is scarce: none is given up for one response.
      (WireResponse(401), "suspect"), (WireResponse(403), "suspect"),
      (WireResponse(200, ["Content-Type: text/html"], "<input type='password'>"), "suspect"),
      (WireResponse(200, ["Content-Type: text/html"], "<html>Back soon"), "page"),
      (WireResponse(302, ["Location: /fotoweb/views/login?to=%2Ffotoweb"]), "suspect"),
      (WireResponse(302, ["Location: /fotoweb/cmdrequest/Login.fwx"]), "suspect"),
      (WireResponse(302, ["Location: /x"]), "deliver"),
      (WireResponse(429), "throttled"), (WireResponse(500), "server"),
      (WireResponse(503, ["Retry-After: 1"]), "throttled"),
      (WireResponse(500, ["Content-Type: text/html"], "<html>"), "server"),
      (WireResponse(404, ["Content-Type: text/html"]), "deliver"),
    ])
  func verdicts(response: WireResponse, expected: String) throws { #expect(try verdict(response) == expected) }

  private func verdict(_ response: WireResponse, _ changes: [String: String] = [:]) throws -> String {
    let settings = try Sample.fotoWeb(changes.mapValues { $0 })
    let request = WireRequest(method: "GET", origin: settings.site.origin, target: Self.information)
    switch try settings.fotoWeb.judge(response, to: request) {
    case .deliver: return "deliver"
    case .sessionInvalid: return "invalid"
    case .sessionSuspect: return "suspect"
    case .pageInstead: return "page"
    case .failed(let failure): return "\(failure.cause)"
    }
  }

  @Test("credentials in the query are not given up for one forbidden thing either")
  func queryVerdict() throws {
    #expect(try verdict(WireResponse(401), ["authentication": "query"]) == "suspect")
    #expect(try verdict(WireResponse(403), ["authentication": "query"]) == "suspect")
  }

  @Test("statuses and words that make a response suspicious are options")
  func options() throws {
    #expect(try verdict(WireResponse(410), ["invalid-status": "410"]) == "suspect")
    #expect(try verdict(WireResponse(401), ["invalid-status": "410"]) == "deliver")
    #expect(try verdict(WireResponse(200, [], "Welcome, guest"), ["invalid-text": "guest"]) == "suspect")
  }

  @Test("the session is asked after by a small request")
  func keepalive() throws {
    #expect(try system().keepalive.target == Self.information)
    #expect(try !system().hasIdleLimit)
  }

  @Test("there is no logout, and image IDs are bound to the device token")
  func manners() throws {
    #expect(try system().logout(Self.secret) == nil)
    #expect(try system().binding(Self.secret)?.revealText() == "dev%2F1")
    #expect(try system(["authentication": "query"]).binding(Self.secret) == nil)
    #expect(try system().isScarce && system(["authentication": "login-token"]).isScarce)
    #expect(try !system(["authentication": "query"]).isScarce)
  }

  @Test("only a set with the device token in it is a session")
  func usable() throws {
    var other = SessionSecret()
    other.cookies = CookieSet([Cookie("extra", "e", 1), Cookie("FWSession", nil, 1)])
    #expect(try system().isUsable(Self.secret))
    #expect(try !system().isUsable(other))
  }
}

@Suite("FotoWeb: login")
struct FotoWebLoginTests {
  private static let cookie = "Set-Cookie: FWSession=new"

  private static func cause(_ changes: [String: String], _ responses: WireResponse...) throws -> String {
    let system = try Sample.fotoWeb(changes.mapValues { $0 }).fotoWeb
    var progress = LoginProgress(credentials: Secret(Sample.password), now: 1_000_000, clockSkew: 0)
    _ = try system.beginLogin(&progress)
    do throws(Failure) {
      for response in responses {
        switch try system.continueLogin(&progress, response) {
        case .finished:
          #expect(system.isUsable(progress.secret) || system.sendsCredentials)
          return "finished"
        case .denied(let reason, let failure):
          // A refused login leaves nothing that could be taken for a session.
          if !system.sendsCredentials { #expect(progress.secret.isEmpty) }
          #expect(failure.cause == (reason == .wrong ? .credentialsRefused : .server))
          return reason == .wrong ? "wrong" : "\(reason)"
        case .send: continue
        case .ended: return "ended"
        }
      }
      return "more"
    } catch {
      return "\(error.cause)"
    }
  }

  @Test(
    "each response to a login has its result",
    arguments: [
      (WireResponse(200, [cookie]), "finished"), (WireResponse(200, [cookie, "Set-Cookie: extra=e"]), "finished"),
      (WireResponse(200, (0..<40).map { "Set-Cookie: junk\($0)=x" } + [cookie]), "finished"),
      (WireResponse(401), "wrong"), (WireResponse(401, [cookie]), "wrong"),
      // FotoWeb's ways to refuse, and everybody's for being out of order.
      (WireResponse(200), "unclear"), (WireResponse(200, ["Set-Cookie: other=1"], "<html>Login failed"), "unclear"),
      (WireResponse(403), "unclear"), (WireResponse(302, ["Location: /login"]), "unclear"),
      (WireResponse(500, [], "<html>"), "unclear"),
      (WireResponse(400), "unclear"),
      // It was let in, but what it got cannot be kept.
      (WireResponse(200, ["Set-Cookie: FWSession=" + String(repeating: "x", count: 8193)]), "protocolViolation"),
      (WireResponse(200, ["Set-Cookie: FWSession=a b"]), "protocolViolation"),
      (WireResponse(404), "protocolViolation"), (WireResponse(405), "protocolViolation"),
      (WireResponse(410), "protocolViolation"),
      (WireResponse(429), "throttled"), (WireResponse(503, ["Retry-After: 9"]), "throttled"),
      (WireResponse(502), "server"),
      (WireResponse(403, [], "Maximum number of devices"), "tokenLimit"),
    ])
  func results(response: WireResponse, expected: String) throws {
    for authentication in ["device-token", "login-token"] {
      let changes = ["authentication": authentication, "token-limit-text": "number of devices"]
      #expect(try Self.cause(changes, response) == expected)
    }
  }

  @Test(
    "credentials in the query are accepted when the response is data",
    arguments: [
      (WireResponse(200, ["Content-Type: text/xml"], "<x/>"), "finished"), (WireResponse(401), "wrong"),
      (WireResponse(200, ["Content-Type: text/html"], "<input type=password>"), "unclear"),
      (WireResponse(400), "unclear"),
      (WireResponse(200, ["Content-Type: text/html"], "<html>Back soon"), "unclear"),
      (WireResponse(403), "unclear"), (WireResponse(500), "unclear"),
      (WireResponse(302, ["Location: /views/login"]), "unclear"), (WireResponse(404), "protocolViolation"),
      (WireResponse(502), "server"), (WireResponse(429), "throttled"),
    ])
  func query(response: WireResponse, expected: String) throws {
    #expect(try Self.cause(["authentication": "query"], response) == expected)
  }

  @Test("a login token is made once more when the server's clock explains the refusal, and only once")
  func clockSkew() throws {
    let login = ["authentication": "login-token"]
    func refused(_ date: String) -> WireResponse { WireResponse(401, ["Date: \(date)"]) }
    // Our clock says 12 January 1970, 13:46:40.
    let (ahead, near) = (refused("Mon, 12 Jan 1970 14:46:40 GMT"), refused("Mon, 12 Jan 1970 13:47:10 GMT"))
    #expect(try Self.cause(login, ahead) == "more")
    #expect(try Self.cause(login, ahead, WireResponse(200, [Self.cookie])) == "finished")
    #expect(try Self.cause(login, ahead, ahead) == "wrong")
    #expect(try Self.cause(login, ahead, refused("Mon, 12 Jan 1970 15:46:40 GMT")) == "wrong")
    #expect(try Self.cause(login, refused("Mon, 12 Jan 1970 12:46:40 GMT")) == "more")
    #expect(try Self.cause(login, near) == "wrong")
    #expect(try Self.cause(login, WireResponse(401)) == "wrong")
    #expect(try Self.cause(["authentication": "device-token"], ahead) == "wrong")
  }

  @Test("the second login token is of the server's time")
  func secondToken() throws {
    let system = try Sample.fotoWeb([
      "authentication": "login-token", "user": "user1", "login-token-life": "1800",
    ]).fotoWeb
    // An hour behind the vector's start and its minute of allowance.
    var progress = LoginProgress(credentials: Secret("secret"), now: 1_577_836_860 - 3600, clockSkew: 0)
    _ = try system.beginLogin(&progress)
    let step = try system.continueLogin(&progress, WireResponse(401, ["Date: Wed, 01 Jan 2020 00:01:00 GMT"]))
    guard case .send(let request) = step else {
      Issue.record("no second try")
      return
    }
    #expect(request.secretQuery?.revealText() == "lt=" + LoginTokenTests.vectors[0].token.replacing("=", with: "%3D"))
    #expect(progress.clockSkew == 3600)
  }
}
