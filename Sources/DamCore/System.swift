// System.swift - what a DAM system has to tell the engine. One target per vendor implements it; every difference
// between vendors is there and nowhere else. To add a third system: one type that conforms, one name in the list that
// the library is put together from, and its tests. All requirements are pure functions of the options: the engine does
// all sending, waiting and storing.

/// How a login goes on after a response. A failure that is thrown instead says nothing about the credentials.
package enum LoginStep {
  /// Send this next.
  case send(WireRequest)
  /// The login is complete: `LoginProgress.secret` is usable.
  case finished
  /// The server refuses the login: why, as far as the credentials are concerned, and the failure for the caller.
  case denied(Refusal.Reason, Failure)
  /// The session ended between two steps of its login; the engine begins the login anew, a limited number of times.
  case ended(Failure)
}

/// What a login is made from.
package enum LoginOrigin: Sendable {
  case credentials
  /// The refresh token of the session that is renewed.
  case refreshToken
  /// The code that a person's consent has brought.
  case code
}

/// What a person's consent has brought.
package enum ConsentProof: Sendable {
  /// The code of the redirected URL, and the verifier that its question was asked with (RFC 7636).
  case code(Secret, verifier: Secret)
  /// What the server gave with the code that a person types (RFC 8628, 3.4). They may not have done so yet.
  case device(Secret)
}

/// What a person is told who consents on another machine (RFC 8628, 3.2).
package struct DeviceQuestion: Equatable, Sendable {
  /// What the server is asked with whether they have.
  var deviceCode: Secret
  /// Printable, as is the URL.
  package var userCode: String
  package var url: String
  /// In seconds.
  var interval: Int64
  var life: Int64
}

/// What a login has gathered so far; the engine passes it from one step to the next.
package struct LoginProgress {
  /// Empty where the login is made from something else.
  package var credentials: Secret
  package var origin = LoginOrigin.credentials
  /// What the login has yielded so far. A renewal begins with the secret that is renewed.
  package var secret = SessionSecret()
  /// What the response listed; kept in the record for `dam_session_list_organizations`.
  package var organizations: [Organization] = []
  /// Which request was sent last: the system's own numbering, which begins with 0.
  package var stage = 0
  /// Our clock in seconds since 1970, and how far the server's is ahead of it in seconds, as last seen.
  package var now: Int64
  package var clockSkew: Int64
  /// The stamp of the request whose response comes next, for the cookies of that response.
  package var stamp: UInt64 = 0

  package init(credentials: Secret, now: Int64, clockSkew: Int64) {
    self.credentials = credentials
    self.now = now
    self.clockSkew = clockSkew
  }

  /// Takes the cookies of a response into `secret`. `own`: see `System.cookieNames`. Returns a failure if one of those
  /// cannot be kept.
  package mutating func keepCookies(of response: WireResponse, _ own: [String]) -> Failure? {
    secret.cookies.adopt(response.headers, stamp: stamp, now: now, own: own).lost.map { name in
      Failure(
        .protocolViolation, "the server set \(name) to a value that no cookie can hold", httpStatus: response.status)
    }
  }
}

/// What a response says about the session.
package enum Verdict {
  /// Nothing: it is an ordinary response of the application, whatever its status.
  case deliver
  /// The session is over: log in and replay.
  case sessionInvalid
  /// The session may be over, or this one thing may be forbidden: a small request with the same secret will tell. A
  /// scarce secret is never replaced on a suspicion alone.
  case sessionSuspect
  /// The response is a page where data was expected, but no login page: either the application asked for a page, or the
  /// server is under maintenance. A small request tells: if it gets such a page too, this is the failure.
  case pageInstead(Failure)
  /// The request failed for a reason that has nothing to do with the session.
  case failed(Failure)
}

/// One API of one vendor. Conforming types are values made from the options, and used from every thread.
package protocol System: Sendable {
  /// How a login can be made, in the words of the option; the first is the default.
  associatedtype Authentication: CaseIterable & RawRepresentable<String>

  /// The word of the option "system". Part of the key of every record: never change it.
  static var name: String { get }
  /// The vendor's own spelling, for messages and help.
  static var title: String { get }
  /// Where "url" points by default; "" where every customer has their own server.
  static var defaultURL: String { get }
  /// Where "api-path" points by default, with a slash at both ends.
  static func defaultPath(_ values: OptionValues) -> String
  /// Whether the option "user" must be set.
  static var needsUser: Bool { get }
  /// What the option "user" holds here, for its help: "e-mail address".
  static var userIs: String { get }
  /// The options that only this system has.
  static var options: [Option] { get }
  /// Names of URL parameters in which its proofs travel, in lower case: no URL that has one of them is sent to another
  /// origin.
  static var secretNames: [String] { get }

  /// Reads its own options; throws for those that it cannot work with.
  init(_ site: Site, _ authentication: Authentication, _ values: OptionValues) throws(Failure)

  var authentication: Authentication { get }
  /// What a login yields, in a word. Authentications with the same word share their sessions; it is part of the
  /// record's key.
  var secretKind: String { get }
  /// Whether every response brings a new cookie, which the next request must carry.
  var rotates: Bool { get }
  /// Whether cookies of ordinary responses may belong to the session.
  var keepsCookies: Bool { get }
  /// Names of the cookies that the session is known to need; there is room for them however many others a server sets.
  var cookieNames: [String] { get }
  /// How much there is of what a login uses up, if only an administrator can give it back (so save it before use, count
  /// it, never waste it); nil: logins use up nothing.
  var scarcity: Scarcity? { get }
  /// What a login is made from.
  var credentials: CredentialsKind { get }
  /// Whether the credentials travel with every request, because logins yield nothing.
  var sendsCredentials: Bool { get }
  /// Whether a secret is in the URL of every request, so that headers alone do not authenticate.
  var putsSecretsInURL: Bool { get }
  /// Whether there is a bare token for applications to use elsewhere.
  var hasToken: Bool { get }
  /// Whether a user acts for one of several organizations.
  var hasOrganizations: Bool { get }

  /// Whether what a login yielded is complete enough to authorize requests.
  func isUsable(_ secret: SessionSecret) -> Bool

  /// The first request of a login. It carries no session secret.
  func beginLogin(_ progress: inout LoginProgress) throws(Failure) -> WireRequest
  /// Takes the response to the login's last request. Also called with the response to an ordinary request that carried
  /// refused credentials, where they travel with every request.
  func continueLogin(_ progress: inout LoginProgress, _ response: WireResponse) throws(Failure) -> LoginStep

  /// Where a person consents to what the program does in their name: the URL to open, for an answer that will hold
  /// `state`; nil: nobody is asked here. `challenge`: of the verifier (RFC 7636, S256).
  func consentURL(state: Secret, challenge: String) -> String?
  /// The request for a code that a person types where they consent; nil: there is no such thing here.
  var deviceQuestion: WireRequest? { get }
  /// Reads the response to it.
  func readDeviceQuestion(_ response: WireResponse) throws(Failure) -> DeviceQuestion
  /// The request that makes a session of what the consent has brought. Its response goes to `continueLogin`.
  func beginConsented(_ progress: inout LoginProgress, _ proof: ConsentProof) -> WireRequest?
  /// The request that renews a session by its refresh token; nil: there is no such thing here. Its response goes to
  /// `continueLogin`, where `denied` means that the refresh token is no good any more.
  func beginRenewal(_ progress: inout LoginProgress) -> WireRequest?
  /// What may be wrong where a new secret is refused, in words; "" for nothing in particular.
  var causeOfNewRefusal: String { get }

  /// Adds what proves the user and the program. Called last, and only for requests to the session's own origin.
  /// `credentials`: for systems that send them with every request.
  func authorize(_ request: inout WireRequest, _ secret: SessionSecret, credentials: Secret?)
  /// What a response to an authorized request says about the session. The response may have been cut: only its
  /// beginning is known (`WireResponse.inspected`).
  func judge(_ response: WireResponse, to request: WireRequest) -> Verdict
  /// Whether a delivered response shows that a scarce secret was accepted, rather than that nobody looked at it.
  func proves(_ response: WireResponse, to request: WireRequest) -> Bool
  /// A small request that changes nothing but the idle clock, and whose response shows whether the session lives.
  var keepalive: WireRequest { get }
  /// Whether the server ends sessions for idleness.
  var hasIdleLimit: Bool { get }
  /// Why an application must not send a request to this path; nil when it may.
  func objection(to path: RequestPath) -> String?
  /// Whether a request to this path changes something, by whatever method.
  func writes(to path: RequestPath) -> Bool
  /// The request, complete with its secret, that tells the server that a session is over; nil where there is none.
  func logout(_ secret: SessionSecret) -> WireRequest?
  /// Whether the response to a logout shows that the session is over.
  func confirmsLogout(_ response: WireResponse) -> Bool

  /// The bare token, if there is one; its fingerprint stands for the session in the ledger.
  func token(_ secret: SessionSecret) -> Secret?
  /// What object IDs are bound to (see ImageHandle); nil where they are free.
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

/// What a login is made from. The secret is the one that was set as an option; without one the application is asked.
package enum CredentialsKind: Sendable {
  /// A person's consent, which no program can give.
  case consent
  /// What proves the program itself.
  case clientSecret(Secret?)
  /// What proves one user.
  case password(Secret?)
  /// What proves a whole site, so that its holder can log in as any user.
  case encryptionSecret(Secret?)

  var given: Secret? {
    switch self {
    case .password(let secret), .encryptionSecret(let secret), .clientSecret(let secret): secret
    case .consent: nil
    }
  }

  package var needsConsent: Bool {
    if case .consent = self { return true }
    return false
  }

  var word: String {
    switch self {
    case .password: "password"
    case .encryptionSecret: "encryption secret"
    case .clientSecret: "client secret"
    case .consent: "consent"
    }
  }
}

extension System {
  package static var authenticationNames: [String] { Authentication.allCases.map(\.rawValue) }
  package var name: String { Self.name }
  package var authenticationName: String { authentication.rawValue }
  var isScarce: Bool { scarcity != nil }
}

// Most systems know neither consent nor renewals.
extension System {
  package func consentURL(state: Secret, challenge: String) -> String? { nil }
  package var deviceQuestion: WireRequest? { nil }
  package func readDeviceQuestion(_ response: WireResponse) throws(Failure) -> DeviceQuestion {
    throw Failure(.notSupported, "\(Self.title) has no codes to type")
  }
  package func beginConsented(_ progress: inout LoginProgress, _ proof: ConsentProof) -> WireRequest? { nil }
  package func beginRenewal(_ progress: inout LoginProgress) -> WireRequest? { nil }
  package var causeOfNewRefusal: String { "" }
  package static var needsUser: Bool { true }
}

extension System {
  /// How new a record's secret is. Where cookies do not rotate only a login makes a newer one, so that stamps do not
  /// count.
  func freshness(_ record: SessionRecord) -> Freshness {
    Freshness(generation: record.generation, stamp: rotates ? record.freshness.stamp : 0)
  }

  /// The verdicts that every HTTP API has in common; nil: the system must look closer.
  package func commonFailure(_ response: WireResponse) -> Failure? {
    if response.status == 429 || (response.status == 503 && response.retryAfter != nil) {
      return Failure(
        .throttled, "the server asks to slow down (HTTP \(response.status))", httpStatus: response.status,
        retryAfter: response.retryAfter
      ).quoting(response.words)
    }
    if response.status >= 500 {
      return Failure(
        .server, "the server failed (HTTP \(response.status)); try again later", httpStatus: response.status,
        retryAfter: response.retryAfter
      ).quoting(response.words)
    }
    return nil
  }

  /// The failure for a login that was refused in a way by which some servers say that a password is wrong, and any
  /// server that it is out of order.
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

  /// Whether a response redirects to a login page, as web applications do when a session is over: one of the names in
  /// the path is "login", whatever its ending. A name that merely contains the word is some other page.
  package func isRedirectToLogin(_ response: WireResponse) -> Bool {
    guard (300..<400).contains(response.status), let location = response.headers.first("location") else { return false }
    let path = String(decoding: location, as: UTF8.self).prefix { $0 != "?" && $0 != "#" }.lowercased()
    return path.split(separator: "/").contains { name in name.prefix { $0 != "." } == "login" }
  }

  /// The verdict for an HTML page where the API would send data, as servers do instead of an error; nil: it is no such
  /// page.
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
  package var isPage: Bool {
    switch mediaType {
    case "text/html", "application/xhtml+xml": true
    default: false
    }
  }

  /// Whether this is a page to log in at: one with a field for a password.
  package var asksForPassword: Bool {
    guard isPage else { return false }
    // However it is written: type="password", TYPE = 'password', type=password.
    let bytes = beginning.filter { $0 > 0x20 && $0 != 0x22 && $0 != 0x27 }.map(ASCII.lower)
    return String(decoding: bytes, as: UTF8.self).contains("type=password")
  }
}
