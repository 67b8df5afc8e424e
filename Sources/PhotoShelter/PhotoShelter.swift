// PhotoShelter.swift - PhotoShelter's API: v3, as its authentication guide describes it, and v4 (see Version).
//
// Login: POST mem/authenticate over HTTPS with e-mail and password; `mode=token` yields data.token, else cookies.
// Members of an organization then authenticate to it, once after every login, before any other request goes out. The
// API key goes with every request. In cookie mode every response, errors included, brings a new cookie. Some clients
// log in by GET, which would put the password into a URL. Accounts with a second factor get in by OAuth2 alone (see
// PhotoShelter+OAuth). "guide" is the vendor's authentication guide; "reference", the public facts beyond it: the
// vendor's other pages, recorded traffic of API v1, and public clients.

package import DamCore

package struct PhotoShelter: System {
  /// How a session is proven: the rotating cookie, or the token in X-PS-Auth-Token, or the token as `auth_token` in the
  /// URL; or the token that a person's consent yields.
  package enum Authentication: String, CaseIterable, Sendable {
    case cookie
    case token
    case tokenInURL = "token-in-url"
    case oauth
  }

  package static let name = "photoshelter"
  package static let title = "PhotoShelter"
  package static let defaultURL = "https://www.photoshelter.com"
  package static func defaultPath(_ values: OptionValues) -> String { values[Options.shared.version].apiPath }
  package static let userIs = "e-mail address"
  package static let options = Options.rows
  package static let secretNames =
    ["auth_token", "api_key", "x-ps-auth-token", "x-ps-api-key", "email", "password"] + OAuth2.secretNames

  package let authentication: Authentication
  package let credentials: CredentialsKind
  let site: Site
  let version: Version
  /// nil: the session is a password's.
  let oauth: OAuth2?
  let apiKey: Secret
  private let apiKeyPlace: Options.APIKeyPlace
  let organizationMethod: Options.Method
  let logoutMethod: Options.Method
  private let invalidStatuses: [Int32]
  let invalidClasses: [String]
  private let invalidText: String

  package init(_ site: Site, _ authentication: Authentication, _ values: OptionValues) throws(Failure) {
    let options = Options.shared
    let common = EngineOptions.shared
    guard let apiKey = values[options.apiKey] else {
      throw Failure(.option, "\"api-key\" is missing: PhotoShelter wants one with every request")
    }
    guard site.organization.utf8.allSatisfy({ ASCII.isLetterOrDigit($0) || "._-".utf8.contains($0) }) else {
      throw Failure(.option, "\"organization\" takes an ID of letters, digits and . _ -; `organizations` lists them")
    }
    version = values[options.version]
    // Whether logins of v4 yield cookies, and whether it takes a token in a URL, is not known (reference, API v4).
    guard version == .v3 || authentication == .token || authentication == .oauth else {
      throw Failure(.option, "\"authentication\" is token or oauth with \"api-version\" 4")
    }
    self.site = site
    self.authentication = authentication
    self.apiKey = apiKey
    oauth = authentication == .oauth ? try OAuth2(site, values, PhotoShelter.oauth, isPublic: false) : nil
    credentials = authentication == .oauth ? .consent : .password(values[values.vocabulary.password])
    sendsBearer = authentication == .oauth || version == .v4
    reservedHeaders = ["cookie", "x-ps-auth-token", "x-ps-api-key"] + (sendsBearer ? ["authorization"] : [])
    apiKeyPlace = values[options.apiKeyPlace]
    organizationMethod = values[options.organizationMethod]
    logoutMethod = values[options.logoutMethod]
    invalidStatuses = values[common.invalidStatuses]
    invalidClasses = values[options.invalidClasses]
    invalidText = values[common.invalidText]
  }

  var usesCookies: Bool { authentication == .cookie }

  /// A consent's token works with both versions, for this program alone; whether a password's does, nobody has said.
  package var secretKind: String {
    switch authentication {
    case .cookie: "cookie"
    case .token, .tokenInURL: version == .v3 ? "token" : "token-v4"
    case .oauth: "consent of " + (oauth?.clientID ?? "")
    }
  }
  package var rotates: Bool { usesCookies }
  package var keepsCookies: Bool { usesCookies }
  /// As recorded from API v1 and seen in clients of v4 (reference, cookies).
  package let cookieNames = ["SSphotoshelter_com_mem", "acs"]
  package let scarcity: Scarcity? = nil
  package let sendsCredentials = false
  package var putsSecretsInURL: Bool { authentication == .tokenInURL || apiKeyPlace == .parameter }
  package var hasToken: Bool { !usesCookies }
  package let hasOrganizations = true
  package let reservedHeaders: [String]
  /// The vendor's tester sends a consent's token so to v3; its plugin, to v4, in both headers (reference, API v4).
  private let sendsBearer: Bool

  package func isUsable(_ secret: SessionSecret) -> Bool {
    usesCookies ? !secret.cookies.live.isEmpty : secret.token != nil
  }

  // MARK: Requests

  func addAPIKey(_ request: inout WireRequest) {
    if apiKeyPlace == .header {
      request.secretHeaders.append(("X-PS-Api-Key", apiKey))
    } else {
      request.addSecretQuery([("api_key", apiKey)])
    }
  }

  package func authorize(_ request: inout WireRequest, _ secret: SessionSecret, credentials: Secret?) {
    addAPIKey(&request)
    if usesCookies {
      if let cookie = secret.cookies.header { request.secretHeaders.append(("Cookie", cookie)) }
    } else if let token = secret.token {
      if sendsBearer { request.secretHeaders.append(OAuth2.proof(token)) }
      if authentication == .tokenInURL {
        request.addSecretQuery([("auth_token", token)])
      } else if authentication == .token || version == .v4 {
        request.secretHeaders.append(("X-PS-Auth-Token", token))
      }
    }
  }

  /// The body counts before the status: the predecessor API sent its errors as 400 (reference, response envelope), and
  /// an error may come with 200. A known error class decides. 401 and 403 without one may be about this one request,
  /// and are suspicions.
  package func judge(_ response: WireResponse, to request: WireRequest) -> Verdict {
    if response.beginningContains(invalidText) { return .sessionInvalid }
    if let error = ServiceError(response) {
      if error.isOne(of: invalidClasses) { return .sessionInvalid }
      if error.isAboutAPIKey { return .failed(apiKeyRefused(response, error)) }
      if error.isAboutHTTPS {
        return .failed(Failure(.insecure, "the server wants HTTPS for this request", httpStatus: response.status))
      }
    }
    if invalidStatuses.contains(response.status) || isRedirectToLogin(response) { return .sessionSuspect }
    if let failure = commonFailure(response) { return .failed(failure) }
    return page(response, insteadOf: request, site) ?? .deliver
  }

  /// Nothing is scarce here, so that there is nothing to prove.
  package func proves(_ response: WireResponse, to request: WireRequest) -> Bool { false }

  package var keepalive: WireRequest { site.request("GET", version.session) }
  /// The vendor's older documents say 2 hours (reference, idle time, session limits, logout).
  package let hasIdleLimit = true

  /// A user may only be authenticated to one organization at a time (guide). If a request of the application switched
  /// it, all siblings of the session would get another organization's data.
  package func objection(to path: RequestPath) -> String? {
    let isAuthentication =
      (version == .v4 || path.contains("mem"))
      && (path.contains("authenticate") || path.ends(with: ["organization", "logout"]))
    return isAuthentication || path.contains("oauth")
      ? "logins, organization steps and logouts are the session's own; use login, logout or the option \"organization\""
      : nil
  }

  /// Whether the path ends with a verb that changes something. This API does that by GET as well: its public clients
  /// create galleries and change images so.
  package func writes(to path: RequestPath) -> Bool { path.last.map(PhotoShelter.writingVerbs.contains) ?? false }

  private static let writingVerbs: Set = [
    "insert", "create", "add", "update", "set", "inherit", "upload", "copy", "move", "delete", "remove", "unlink",
  ]

  /// A consent is taken back where tokens are revoked, if that is known; the guide's logout is for a password's
  /// session.
  package func logout(_ secret: SessionSecret) -> WireRequest? {
    if let oauth { return oauth.revoke(secret).map(withAPIKey) }
    guard let path = version.logout else { return nil }
    var request = site.request(logoutMethod.name, path)
    authorize(&request, secret, credentials: nil)
    return request
  }

  /// An error that says that the session is over confirms it, too. An HTML page does not come from the API, but JSON
  /// with the media type of a page may.
  package func confirmsLogout(_ response: WireResponse) -> Bool {
    if let error = ServiceError(response) { return error.isOne(of: invalidClasses) }
    if oauth != nil { return response.isSuccess }
    return response.isSuccess && (!response.isPage || JSONValue.parse(response.beginning)?["status"]?.text == "ok")
  }

  package func token(_ secret: SessionSecret) -> Secret? { usesCookies ? nil : secret.token }
  package func binding(_ secret: SessionSecret) -> Secret? { nil }
}
