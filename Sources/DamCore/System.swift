// System.swift - what a DAM system has to tell the engine. One target per vendor implements it; every difference
// between vendors is there and nowhere else. To add a third system: one type that conforms, one name in the list that
// the library is put together from, and its tests. All of these are pure functions of what the options said.

/// How a login goes on after a response. What is thrown instead says nothing about the credentials.
package enum LoginStep {
  /// Send this next.
  case send(WireRequest)
  /// The login is complete.
  case finished
  /// The server does not let them in: what that says of the credentials, and what the caller hears.
  case denied(Refusal.Reason, Failure)
  /// The session ended between two steps of its login.
  case ended(Failure)
}

/// What a login has gathered so far.
package struct LoginProgress {
  package var credentials: Secret
  package var secret = SessionSecret()
  package var organizations: [Organization] = []
  /// Which request was sent last; the system's own counting, from 0.
  package var stage = 0
  /// Our clock, and the server's minus ours, in seconds.
  package var now: Int64
  package var clockSkew: Int64
  /// The stamp of the request whose response comes next.
  package var stamp: UInt64 = 0

  package init(credentials: Secret, now: Int64, clockSkew: Int64) {
    self.credentials = credentials
    self.now = now
    self.clockSkew = clockSkew
  }

  /// Takes the cookies of a response; what is wrong if one that the session needs cannot be kept.
  package mutating func keepCookies(of response: WireResponse, _ own: [String]) -> Failure? {
    secret.cookies.adopt(response.headers, stamp: stamp, now: now, own: own).lost.map { name in
      Failure(
        .protocolViolation, "the server set \(name) to a value that no cookie can hold", httpStatus: response.status)
    }
  }
}

/// What a response says about the session (design: verdicts).
package enum Verdict {
  /// An ordinary response of the application, whatever its status.
  case deliver
  case sessionInvalid
  /// It may be over, or this one thing may be forbidden: a small request with the same secret will tell. What is scarce
  /// is never replaced on a suspicion.
  case sessionSuspect
  /// A page where data was asked for, and not one to log in at: what was asked for is a page, or the server is being
  /// worked on. Then a small request gets such a page too, and this is the failure.
  case pageInstead(Failure)
  case failed(Failure)
}

package protocol System: Sendable {
  /// How a login can be made, in the words of the option; the first is the default.
  associatedtype Authentication: CaseIterable & RawRepresentable<String>

  static var name: String { get }
  /// The vendor's own spelling.
  static var title: String { get }
  /// "" where every customer has their own server.
  static var defaultURL: String { get }
  static var defaultPath: String { get }
  /// What `user` is here: "e-mail address".
  static var userIs: String { get }
  /// The rows of its own.
  static var options: [Option] { get }
  /// Names of parameters in which its proofs travel, in small letters: a URL with one of them is shown to nobody else.
  static var secretNames: [String] { get }

  /// Reads its own options; throws for those that it cannot work with.
  init(_ site: Site, _ authentication: Authentication, _ values: OptionValues) throws(Failure)

  var authentication: Authentication { get }
  /// What a login yields: authentications that yield the same share sessions.
  var secretKind: String { get }
  /// Every response brings a new cookie.
  var rotates: Bool { get }
  /// Responses may bring cookies that belong to the session.
  var keepsCookies: Bool { get }
  /// Names of those that are known.
  var cookieNames: [String] { get }
  /// Says that a login uses up something that only an administrator gives back (save before use, count, never waste),
  /// and how much of it there is; nil: it does not.
  var scarcity: Scarcity? { get }
  /// What a login is made from.
  var credentials: CredentialsKind { get }
  /// Credentials travel with every request.
  var sendsCredentials: Bool { get }
  /// A secret is in the URL of every request, so that headers alone do not authenticate.
  var putsSecretsInURL: Bool { get }
  /// There is a bare token.
  var hasToken: Bool { get }
  var hasOrganizations: Bool { get }

  /// Whether a login's yield is complete enough to authorize requests.
  func isUsable(_ secret: SessionSecret) -> Bool

  /// The first request of a login.
  func beginLogin(_ progress: inout LoginProgress) throws(Failure) -> WireRequest
  /// Takes the response to the last one.
  func continueLogin(_ progress: inout LoginProgress, _ response: WireResponse) throws(Failure) -> LoginStep

  /// Adds what proves the user and the program. Called last.
  func authorize(_ request: inout WireRequest, _ secret: SessionSecret, credentials: Secret?)
  func judge(_ response: WireResponse, to request: WireRequest) -> Verdict
  /// Whether a delivered response shows that the secret was accepted, and not only that nobody asked for it.
  func proves(_ response: WireResponse, to request: WireRequest) -> Bool
  /// A small request that only resets the idle clock and shows whether the session lives.
  var keepalive: WireRequest { get }
  /// Whether sessions end of idleness.
  var hasIdleLimit: Bool { get }
  /// Why an application must not send a request to this path (lower case, decoded); nil when it may.
  func objection(to path: [String]) -> String?
  /// Whether a request to this path (lower case, decoded) changes something, by whatever method.
  func writes(to path: [String]) -> Bool
  /// Tells the server that a session is over; nil where it cannot be told.
  func logout(_ secret: SessionSecret) -> WireRequest?
  func confirmsLogout(_ response: WireResponse) -> Bool

  /// The bare token, for those who want it.
  func token(_ secret: SessionSecret) -> Secret?
  /// What object IDs are bound to; nil where they are free.
  func binding(_ secret: SessionSecret) -> Secret?
  /// Headers that a request of the application may not set itself, in lower case.
  var reservedHeaders: [String] { get }
}

/// How much there is of what a login uses up.
package struct Scarcity: Sendable {
  /// How many the server allows a user.
  let limit: Int
  /// How many of these are left to the user's other devices.
  let reserve: Int

  package init(limit: Int32, reserve: Int32) {
    self.limit = Int(limit)
    self.reserve = Int(reserve)
  }
}

/// What a login is made from, and where it was set as an option: nil, and whoever called is asked.
package enum CredentialsKind: Sendable {
  case password(Secret?)
  /// What proves a whole site, and lets it name any user.
  case encryptionSecret(Secret?)

  package var isEncryptionSecret: Bool {
    if case .encryptionSecret = self { return true }
    return false
  }

  var given: Secret? {
    switch self {
    case .password(let secret), .encryptionSecret(let secret): secret
    }
  }

  var word: String { isEncryptionSecret ? "encryption secret" : "password" }
}

extension System {
  package static var authenticationNames: [String] { Authentication.allCases.map(\.rawValue) }
  package var name: String { Self.name }
  package var authenticationName: String { authentication.rawValue }
  var isScarce: Bool { scarcity != nil }
}

extension System {
  /// How new a record's secret is. Where cookies do not rotate, only a login makes a newer one.
  func freshness(_ record: SessionRecord) -> Freshness {
    Freshness(generation: record.generation, stamp: rotates ? record.freshness.stamp : 0)
  }

  /// The verdicts that every HTTP API has in common; nil: the system must look closer.
  package func commonFailure(_ response: WireResponse) -> Failure? {
    if response.status == 429 || (response.status == 503 && response.retryAfter != nil) {
      return Failure(
        .throttled, "the server asks to slow down (HTTP \(response.status))", httpStatus: response.status,
        retryAfter: response.retryAfter)
    }
    if response.status >= 500 {
      return Failure(
        .server, "the server failed (HTTP \(response.status)); try again later", httpStatus: response.status,
        retryAfter: response.retryAfter)
    }
    return nil
  }

  /// A login that failed in a way that is some servers' for a wrong password, and everybody's for being out of order.
  package func unclear(_ what: String, _ response: WireResponse) -> Failure {
    Failure(
      .server,
      "the server did not let the login in and does not say why (HTTP \(response.status)): \(what) may be wrong, or the"
        + " server out of order; check them, or wait", httpStatus: response.status)
  }

  /// Whether a refused login says nothing about the credentials: there is no such thing here, or somebody on the way
  /// (a proxy, a gateway, the server's own limits) did not let it through.
  package func saysNothingOfCredentials(_ status: Int32) -> Bool {
    [404, 405, 407, 408, 410, 411, 413, 414, 421, 425, 426, 428, 431, 451].contains(status)
  }

  /// A redirect to a login page is how web applications say that a session is over: "login" is one of the names in the
  /// path, whatever ending it has. A name that merely contains the word is any other place.
  package func isRedirectToLogin(_ response: WireResponse) -> Bool {
    guard (300..<400).contains(response.status), let location = response.headers.first("location") else { return false }
    let path = String(decoding: location, as: UTF8.self).prefix { $0 != "?" && $0 != "#" }.lowercased()
    return path.split(separator: "/").contains { name in name.prefix { $0 != "." } == "login" }
  }

  /// A page where the API answers with data: what servers show instead of an error. nil: it is none.
  package func page(_ response: WireResponse, insteadOf request: WireRequest, _ site: Site) -> Verdict? {
    guard response.isSuccess, response.isPage, request.target.hasPrefix(site.apiPath) else { return nil }
    return response.asksForPassword
      ? .sessionSuspect
      : .pageInstead(
        Failure(
          .server, "the server shows a page instead of data (HTTP \(response.status)); it may be under maintenance",
          httpStatus: response.status))
  }
}

extension WireResponse {
  package var isPage: Bool { ["text/html", "application/xhtml+xml"].contains(mediaType) }

  /// A page to log in at has a field for a password; other pages have none.
  package var asksForPassword: Bool {
    guard isPage else { return false }
    // However it is written: type="password", TYPE = 'password', type=password.
    let bytes = beginning.filter { $0 > 0x20 && $0 != 0x22 && $0 != 0x27 }.map(ASCII.lower)
    return String(decoding: bytes, as: UTF8.self).contains("type=password")
  }
}
