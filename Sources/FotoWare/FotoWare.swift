// FotoWare.swift - the API of FotoWeb 8 and later, now called Fotoware Veloz. Programs get in by OAuth2 only: since
// 2025 there are no API keys any more. "native" is for programs that run at a person's desk and can keep no secret;
// "web", for those on a server, with a client secret; both act for the person who has consented. "script" acts for
// itself, which at this vendor means: with all rights of an administrator. (vendor: Authorizing applications using
// OAuth)

package import DamCore

package struct FotoWare: System {
  package enum Authentication: String, CaseIterable, Sendable {
    case native
    case web
    case script
  }

  package static let name = "fotoware"
  package static let title = "FotoWare"
  package static let defaultURL = ""
  package static func defaultPath(_ values: OptionValues) -> String { "/fotoweb/" }
  package static let userIs = "any name for whoever consents"
  package static let needsUser = false
  package static let options: [Option] = []
  package static let secretNames = OAuth2.secretNames

  package let authentication: Authentication
  package let credentials: CredentialsKind
  private let site: Site
  private let oauth: OAuth2
  private let invalidText: String

  package init(_ site: Site, _ authentication: Authentication, _ values: OptionValues) throws(Failure) {
    self.site = site
    self.authentication = authentication
    // A secret "MUST NOT BE GIVEN" for native applications (vendor: Refreshing tokens).
    let vendor = OAuth2.Vendor(authorizePath: "/fotoweb/oauth2/authorize", tokenPath: "/fotoweb/oauth2/token")
    oauth = try OAuth2(site, values, vendor, isPublic: authentication == .native)
    guard authentication != .web || oauth.hasSecret else {
      throw Failure(.option, "\"client-secret\" is missing: web applications have one")
    }
    credentials = authentication == .script ? .clientSecret(values[OAuth2Options.shared.clientSecret]) : .consent
    invalidText = values[EngineOptions.shared.invalidText]
  }

  /// What a script gets is the administrator's; what other applications get, a person's, and for this program alone.
  package var secretKind: String { (authentication == .script ? "client-token of " : "consent of ") + oauth.clientID }
  package let rotates = false
  package let keepsCookies = false
  package let cookieNames: [String] = []
  package let scarcity: Scarcity? = nil
  package let sendsCredentials = false
  package let putsSecretsInURL = false
  package let hasToken = true
  package let hasOrganizations = false
  package let hasIdleLimit = false
  package let reservedHeaders = ["authorization"]

  package func isUsable(_ secret: SessionSecret) -> Bool { secret.token != nil }

  // MARK: Login

  package func beginLogin(_ progress: inout LoginProgress) throws(Failure) -> WireRequest {
    oauth.logIn(secret: progress.credentials)
  }

  package func consentURL(state: Secret, challenge: String) -> String? {
    authentication == .script ? nil : oauth.consentURL(state: state, challenge: challenge)
  }

  package var deviceQuestion: WireRequest? { authentication == .script ? nil : oauth.deviceQuestion }

  package func readDeviceQuestion(_ response: WireResponse) throws(Failure) -> DeviceQuestion {
    if let failure = unlicensed(response) ?? commonFailure(response) { throw failure }
    return try oauth.readDeviceQuestion(response)
  }

  package func beginConsented(_ progress: inout LoginProgress, _ proof: ConsentProof) -> WireRequest? {
    authentication == .script ? nil : oauth.takeUp(proof)
  }

  package func beginRenewal(_ progress: inout LoginProgress) -> WireRequest? {
    progress.secret.refreshToken.map(oauth.renew)
  }

  package func continueLogin(_ progress: inout LoginProgress, _ response: WireResponse) throws(Failure) -> LoginStep {
    if let failure = unlicensed(response) ?? commonFailure(response) { throw failure }
    return try oauth.read(&progress, response)
  }

  /// The site needs a licence for programs of others (vendor: OAuth 2.0 Error Reference).
  private func unlicensed(_ response: WireResponse) -> Failure? {
    guard response.status == 403, response.beginningContains("not licensed") else { return nil }
    return Failure(
      .license, "the site has no licence for the use of its API: its administrator can ask the vendor for one",
      httpStatus: response.status)
  }

  // MARK: Requests

  package func authorize(_ request: inout WireRequest, _ secret: SessionSecret, credentials: Secret?) {
    if let token = secret.token { request.secretHeaders.append(OAuth2.proof(token)) }
  }

  /// A 403 is about one thing that this user may not have.
  package func judge(_ response: WireResponse, to request: WireRequest) -> Verdict {
    if response.status == 401 || response.beginningContains(invalidText) { return .sessionInvalid }
    if let failure = unlicensed(response) ?? commonFailure(response) { return .failed(failure) }
    return isRedirectToLogin(response) ? .sessionSuspect : page(response, insteadOf: request, site) ?? .deliver
  }

  package func proves(_ response: WireResponse, to request: WireRequest) -> Bool { false }
  package var keepalive: WireRequest { site.request("GET", "me") }

  /// (vendor: Using application access tokens)
  package let causeOfNewRefusal =
    "perhaps a proxy in front of the server takes the header \"Authorization\" away, as nginx does unless told"
    + " otherwise"

  package func objection(to path: RequestPath) -> String? {
    path.contains("oauth2") ? "tokens are the session's own; use login" : nil
  }

  package func writes(to path: RequestPath) -> Bool { false }

  package func logout(_ secret: SessionSecret) -> WireRequest? { oauth.revoke(secret) }
  package func confirmsLogout(_ response: WireResponse) -> Bool { response.isSuccess }

  package func token(_ secret: SessionSecret) -> Secret? { secret.token }
  package func binding(_ secret: SessionSecret) -> Secret? { nil }
}
