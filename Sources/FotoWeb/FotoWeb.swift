// FotoWeb.swift - FotoWeb Archive Agent, as its authentication guide describes it.
//
// Method 1 (`query`) sends the credentials with every request. Methods 2 (`device-token`: POST Login.fwx) and 3
// (`login-token`: an `lt` parameter signed with the site's encryption secret) yield a device token in the FWSession
// cookie. It is valid until an administrator revokes it, each user can have only a few, and there is no logout. When
// one is asked for, the engine decides. "guide" is the vendor's authentication guide; "reference", the public facts
// beyond it: the vendor's other pages and public clients.

package import DamCore

package struct FotoWeb: System {
  /// The guide's methods 2, 3 and 1.
  package enum Authentication: String, CaseIterable, Sendable {
    case deviceToken = "device-token"
    case loginToken = "login-token"
    case query
  }

  package static let name = "fotoweb"
  package static let title = "FotoWeb"
  package static let defaultURL = ""
  package static func defaultPath(_ values: OptionValues) -> String { "/fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent/" }
  package static let userIs = "user name"
  package static let options = Options.rows
  package static let secretNames = ["u", "p", "lt", "username", "password", "fwsession"]

  /// Not under the API's path (reference, authentication on the wire).
  private static let loginPath = "/fotoweb/cmdrequest/Login.fwx"
  private static let cookie = "FWSession"

  package let authentication: Authentication
  package let credentials: CredentialsKind
  package let scarcity: Scarcity?
  private let site: Site
  private let queryNames: Options.QueryNames
  private let tokenLimitText: String
  private let loginTokenLife: Int64
  private let loginTokenEncoding: LoginToken.Encoding
  private let invalidStatuses: [Int32]
  private let invalidText: String

  package init(_ site: Site, _ authentication: Authentication, _ values: OptionValues) throws(Failure) {
    if authentication == .loginToken, let objection = LoginToken.objection(to: site.user) {
      throw Failure(.option, "\"user\": \(objection)")
    }
    let options = Options.shared
    let common = EngineOptions.shared
    self.site = site
    self.authentication = authentication
    credentials =
      authentication == .loginToken
      ? .encryptionSecret(values[options.encryptionSecret]) : .password(values[values.vocabulary.password])
    scarcity =
      authentication == .query
      ? nil : Scarcity(limit: values[options.tokenLimit], reserve: values[options.tokenReserve])
    queryNames = values[options.queryNames]
    tokenLimitText = values[options.tokenLimitText]
    let life = values[options.loginTokenLife]
    loginTokenLife = Int64(life)
    loginTokenEncoding = values[options.loginTokenEncoding]
    invalidStatuses = values[common.invalidStatuses]
    invalidText = values[common.invalidText]
  }

  private var isQuery: Bool { authentication == .query }
  private var isLoginToken: Bool { authentication == .loginToken }

  /// Both ways to get a device token share it: a user who changes the way does not take another one.
  package var secretKind: String { isQuery ? "query" : "device-token" }
  package let rotates = false
  /// A client reads two cookies from a login's response; the second one's name is not known (reference, authentication
  /// on the wire).
  package var keepsCookies: Bool { !isQuery }
  package let cookieNames = [FotoWeb.cookie]
  package var sendsCredentials: Bool { isQuery }
  package var putsSecretsInURL: Bool { isQuery }
  package var hasToken: Bool { !isQuery }
  package let hasOrganizations = false
  package let reservedHeaders = ["cookie"]

  package func isUsable(_ secret: SessionSecret) -> Bool {
    isQuery ? secret.proof != nil : secret.cookies.value(FotoWeb.cookie) != nil
  }

  // MARK: Login

  /// No request of a login carries a cookie: with an FWSession cookie, a login token is ignored (guide, method 3).
  package func beginLogin(_ progress: inout LoginProgress) throws(Failure) -> WireRequest {
    if isLoginToken { return try loginTokenRequest(progress) }
    if isQuery {
      // Any request would do; this one is small. It goes out once for new credentials, alone, so that a wrong password
      // is tried once and not by every thread and process at the same time.
      var request = command("Information")
      request.addSecretQuery(form(progress.credentials))
      return request
    }
    var request = WireRequest(method: "POST", origin: site.origin, target: FotoWeb.loginPath)
    request.body = .form(ASCII.form(form(progress.credentials)))
    return request
  }

  /// Every login takes one request; stage 1 is the second try of a login token, with the server's time.
  package func continueLogin(_ progress: inout LoginProgress, _ response: WireResponse) throws(Failure) -> LoginStep {
    // This server's errors may come as pages with status 500 (reference, device token limits and lock-out): here that
    // may be a refusal.
    if response.status != 500, let failure = commonFailure(response) { throw failure }
    if saysNothingOfCredentials(response.status) {
      throw Failure(
        .protocolViolation, "there is no FotoWeb login at this server (HTTP \(response.status)); check \"url\"",
        httpStatus: response.status)
    }
    if isQuery {
      // A page instead of data is on record for errors (reference, device token limits and lock-out); a wrong password
      // may be among them.
      guard case .deliver = judge(response, to: command("Information")), response.isSuccess else {
        return try denial(response)
      }
      return .finished
    }
    if let lost = progress.keepCookies(of: response, cookieNames), response.isSuccess { throw lost }
    guard response.isSuccess, isUsable(progress.secret) else {
      progress.secret = SessionSecret()
      if isLoginToken, progress.stage == 0, let skew = response.clockSkew(at: progress.now),
        abs(skew - progress.clockSkew) > 30
      {
        // The clocks differ by more than the token allows for: one more try, with the server's time.
        progress.stage = 1
        progress.clockSkew = skew
        return .send(try loginTokenRequest(progress))
      }
      return try denial(response)
    }
    return .finished
  }

  private func loginTokenRequest(_ progress: LoginProgress) throws(Failure) -> WireRequest {
    let now = progress.now + progress.clockSkew
    guard !progress.credentials.isEmpty else { throw Failure(.option, "the encryption secret is empty") }
    let token = LoginToken(
      user: site.user, start: now - LoginToken.allowance, end: now + loginTokenLife, encoding: loginTokenEncoding)
    var request = command("Information")
    request.addSecretQuery([("lt", token.signed(with: progress.credentials))])
    return request
  }

  /// What a refused login means. The status of a refusal is not on record (reference, not found). 401 is clear; 403,
  /// pages, redirects and 500 may also come from a server that is out of order.
  private func denial(_ response: WireResponse) throws(Failure) -> LoginStep {
    if response.beginningContains(tokenLimitText) {
      throw Failure(
        .tokenLimit,
        "the user has too many device tokens; an administrator must revoke some"
          + " (\"Log out of all sessions\")", httpStatus: response.status)
    }
    let what =
      isLoginToken
      ? "the login token: check the encryption secret and the user name (login tokens do not work for the site owner)"
      : "the user name or the password"
    guard response.status == 401 else { return .denied(.unclear, unclear(what, response)) }
    return .denied(
      .wrong,
      Failure(.credentialsRefused, "the server refuses \(what) (HTTP \(response.status))", httpStatus: response.status))
  }

  // MARK: Requests

  private func command(_ name: String) -> WireRequest {
    site.request("GET", name)
  }

  private func form(_ password: Secret) -> [(name: String, value: Secret)] {
    [(queryNames.user, Secret(site.user)), (queryNames.password, password)]
  }

  package func authorize(_ request: inout WireRequest, _ secret: SessionSecret, credentials: Secret?) {
    if isQuery {
      if let credentials { request.addSecretQuery(form(credentials)) }
    } else if let cookie = secret.cookies.header {
      request.secretHeaders.append(("Cookie", cookie))
    }
  }

  /// The response to a revoked device token is not on record either (reference, device token limits and lock-out):
  /// nothing is more than a suspicion. A 403 may be about one archive, and a page may be the document that was asked
  /// for.
  package func judge(_ response: WireResponse, to request: WireRequest) -> Verdict {
    if response.beginningContains(invalidText) || invalidStatuses.contains(response.status)
      || isRedirectToLogin(response)
    {
      return .sessionSuspect
    }
    if let failure = commonFailure(response) { return .failed(failure) }
    return page(response, insteadOf: request, site) ?? .deliver
  }

  /// Only the API looks at the token. What lies elsewhere on the server, such as the login page's pictures, is for
  /// everybody.
  package func proves(_ response: WireResponse, to request: WireRequest) -> Bool {
    !isQuery && response.isSuccess && request.target.hasPrefix(site.apiPath)
  }

  package var keepalive: WireRequest { command("Information") }
  package let hasIdleLimit = false

  package func objection(to path: RequestPath) -> String? {
    path.last == "login.fwx" ? "logins are the session's own, since each takes a device token; use login" : nil
  }

  /// The Archive Agent searches and shows; no command that changes an archive is on record (reference, Archive Agent
  /// API).
  package func writes(to path: RequestPath) -> Bool { false }

  package func logout(_ secret: SessionSecret) -> WireRequest? { nil }
  package func confirmsLogout(_ response: WireResponse) -> Bool { false }

  package func token(_ secret: SessionSecret) -> Secret? { isQuery ? nil : secret.cookies.value(FotoWeb.cookie) }
  package func binding(_ secret: SessionSecret) -> Secret? { token(secret) }
}
