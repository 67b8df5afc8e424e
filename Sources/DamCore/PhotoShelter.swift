// PhotoShelter.swift - PhotoShelter API v3, as its authentication guide describes it.
//
// Login: POST mem/authenticate over HTTPS with e-mail and password; `mode=token` yields data.token, else cookies. Members
// of an organization then authenticate to it, once after every login, before any other request goes out. The API key goes
// with every request. In cookie mode every answer, errors included, brings a new cookie. Facts beyond the guide:
// reference, sections 1.1 to 1.6. It refuses to log in by GET: that puts the password in a URL.

struct PhotoShelter: System {
  static let name = "photoshelter"
  static let authentications = ["cookie", "token", "token-in-url"]
  static let defaultURL = "https://www.photoshelter.com"
  static let defaultPath = "/psapi/v3/"

  private let settings: Settings
  private let apiKey: Secret

  init(_ settings: Settings) {
    self.settings = settings
    apiKey = settings.apiKey ?? Secret("")
  }

  static func check(_ settings: Settings) throws(Failure) {
    guard settings.apiKey != nil else {
      throw Failure(.option, "\"api-key\" is missing: PhotoShelter wants one with every request")
    }
    guard settings.organization.utf8.allSatisfy({ ASCII.isLetterOrDigit($0) || "._-".utf8.contains($0) }) else {
      throw Failure(.option, "\"organization\" takes an ID of letters, digits and . _ -; `organizations` lists them")
    }
  }

  private var usesCookies: Bool { settings.authentication == "cookie" }

  var secretKind: String { usesCookies ? "cookie" : "token" }
  var rotates: Bool { usesCookies }
  var keepsCookies: Bool { usesCookies }
  let cookieNames = ["SSphotoshelter_com_mem", "acs"]
  let isScarce = false
  let sendsCredentials = false
  let credentialsAreEncryptionSecret = false
  let hasOrganizations = true
  let hasLogout = true
  let reservedHeaders = ["cookie", "x-ps-auth-token", "x-ps-api-key"]

  func isUsable(_ secret: SessionSecret) -> Bool { usesCookies ? !secret.cookies.live.isEmpty : secret.token != nil }

  // MARK: Login

  func beginLogin(_ progress: inout LoginProgress) throws(Failure) -> WireRequest {
    var request = member("POST", "mem/authenticate")
    var form: [(name: String, value: Secret)] = [("email", Secret(settings.user)), ("password", progress.credentials)]
    if !usesCookies { form.append(("mode", Secret("token"))) }
    request.body = .secret(ASCII.form(form))
    addAPIKey(&request)
    return request
  }

  func continueLogin(_ progress: inout LoginProgress, _ answer: Answer) throws(Failure) -> LoginStep {
    let error = ServiceError(answer)
    // A known class counts whatever the status: a wrong password in the guise of an outage would be tried for ever.
    let isKnown = error.map { $0.isAboutLogins || settings.invalidClasses.contains($0.name) } ?? false
    if !isKnown, let failure = commonFailure(answer) { throw failure }
    let json = JSONValue.parse(answer.beginning)
    let isFirst = progress.stage == 0
    let step =
      isFirst
      ? try readAuthentication(&progress, answer, error, json) : try readOrganization(&progress, answer, error, json)
    guard isFirst, case .finished = step, !settings.organization.isEmpty else { return step }
    progress.stage = 1
    var request = member(settings.organizationMethod, "mem/organization/\(settings.organization)/authenticate")
    authorize(&request, progress.secret, credentials: nil)
    return .send(request)
  }

  private func readAuthentication(
    _ progress: inout LoginProgress, _ answer: Answer, _ error: ServiceError?, _ json: JSONValue?
  ) throws(Failure) -> LoginStep {
    let isAboutCredentials = !saysNothingOfCredentials(answer.status)
    if let error, isAboutCredentials || error.isAboutLogins { return try denial(error, answer) }
    guard answer.isSuccess, let json, json["status"]?.text == "ok" else {
      // A page is a gateway's, or a firewall's: the API answers in JSON. Only 401 means the same from everybody.
      if answer.status == 401 || ((400..<500).contains(answer.status) && isAboutCredentials && !answer.isPage) {
        return try denial(ServiceError(class: "", message: ""), answer)
      }
      throw Failure(
        .protocolViolation, "the answer to the login is not PhotoShelter's (HTTP \(answer.status)); check \"url\"",
        httpStatus: answer.status)
    }
    let data = json["data"]
    if usesCookies {
      try keepCookies(&progress, answer)
    } else {
      progress.secret.token = try token(in: data, answer)
    }
    if data?["two_factor"]?.truth == true || json["two_factor"]?.truth == true {
      return .denied(.secondFactor, secondFactor(answer))
    }
    guard isUsable(progress.secret) else {
      throw Failure(
        .protocolViolation, "the login was accepted but brought no \(usesCookies ? "cookie" : "token")",
        httpStatus: answer.status)
    }
    // The official plugin meets `org` as an array and as a single object; without organizations it is absent.
    let listed = data?["org"]
    progress.organizations = (listed?.array ?? listed.map { [$0] } ?? []).compactMap(Organization.init(json:))
    return .finished
  }

  private func readOrganization(
    _ progress: inout LoginProgress, _ answer: Answer, _ error: ServiceError?, _ json: JSONValue?
  ) throws(Failure) -> LoginStep {
    guard answer.isSuccess, error == nil, json?["status"]?.text == "ok" else {
      if let error, error.isAboutAPIKey { throw apiKeyRefused(answer, error) }
      let isKnown = error.map { settings.invalidClasses.contains($0.name) } ?? false
      let isNamed = !(error?.name.isEmpty ?? true)
      if isKnown || (answer.status == 401 && !isNamed) || isRedirectToLogin(answer) || answer.asksForPassword {
        return .ended(
          Failure(
            .sessionInvalid, "the session was refused right after the login, at the organization step",
            httpStatus: answer.status))
      }
      guard error != nil || ([403, 404].contains(answer.status) && !answer.isPage) else {
        throw Failure(
          .protocolViolation,
          "the answer to the organization step is not PhotoShelter's, or not whole (HTTP \(answer.status)); try again",
          httpStatus: answer.status)
      }
      throw Failure(
        .organizationRefused,
        "the server refuses organization \(settings.organization) for this user (HTTP \(answer.status))",
        httpStatus: answer.status
      ).quoting(error?.words ?? "")
    }
    let named = json?["data"]?["Session"]?["organization"]?.text ?? settings.organization
    guard named == settings.organization else {
      throw Failure(
        .organizationRefused, "asked for organization \(settings.organization), the server answers for another one",
        httpStatus: answer.status)
    }
    if usesCookies {
      try keepCookies(&progress, answer)
    } else if let token = try token(in: json?["data"], answer) {
      progress.secret.token = token
    }
    return .finished
  }

  private func keepCookies(_ progress: inout LoginProgress, _ answer: Answer) throws(Failure) {
    if let lost = progress.keepCookies(of: answer, cookieNames) { throw lost }
  }

  /// It becomes a header line or a part of a URL: nothing that is not printable may be in it.
  private func token(in data: JSONValue?, _ answer: Answer) throws(Failure) -> Secret? {
    guard let text = data?["token"]?.text, !text.isEmpty else { return nil }
    guard text.utf8.count <= SetCookie.longestValue, text.utf8.allSatisfy(ASCII.isVisible) else {
      throw Failure(
        .protocolViolation, "the server gave a token that no header can hold", httpStatus: answer.status)
    }
    return Secret(text)
  }

  /// What a refused login says: the documented classes, and 401 with whatever words, that the credentials are wrong.
  private func denial(_ error: ServiceError, _ answer: Answer) throws(Failure) -> LoginStep {
    if error.isAboutAPIKey { throw apiKeyRefused(answer, error) }
    if error.isAboutHTTPS {
      throw Failure(.insecure, "the server wants HTTPS for logins", httpStatus: answer.status)
    }
    if error.isAboutSecondFactor { return .denied(.secondFactor, secondFactor(answer)) }
    if error.isAboutCredentials || answer.status == 401 {
      let failure = Failure(
        .credentialsRefused, "the server refuses the e-mail address or the password", httpStatus: answer.status)
      return .denied(.wrong, failure.quoting(error.words))
    }
    return .denied(.unclear, unclear("the e-mail address or the password", answer).quoting(error.words))
  }

  private func secondFactor(_ answer: Answer) -> Failure {
    Failure(
      .secondFactor, "the account wants a second factor, which PhotoShelter's API guide does not offer to programs",
      httpStatus: answer.status)
  }

  private func apiKeyRefused(_ answer: Answer, _ error: ServiceError) -> Failure {
    Failure(.apiKeyRefused, "the server refuses the API key", httpStatus: answer.status).quoting(error.words)
  }

  // MARK: Requests

  private func member(_ method: String, _ path: String) -> WireRequest {
    WireRequest(method: method, origin: settings.origin, target: settings.apiPath + path)
  }

  private func addAPIKey(_ request: inout WireRequest) {
    if settings.apiKeyInHeader {
      request.secretHeaders.append(("X-PS-Api-Key", apiKey))
    } else {
      request.addSecretQuery([("api_key", apiKey)])
    }
  }

  func authorize(_ request: inout WireRequest, _ secret: SessionSecret, credentials: Secret?) {
    addAPIKey(&request)
    if usesCookies {
      if let cookie = secret.cookies.header { request.secretHeaders.append(("Cookie", cookie)) }
    } else if let token = secret.token {
      if settings.authentication == "token" {
        request.secretHeaders.append(("X-PS-Auth-Token", token))
      } else {
        request.addSecretQuery([("auth_token", token)])
      }
    }
  }

  /// The body is read before the status: the predecessor API sent its errors as 400, and some come with 200. A class that
  /// is known decides; 401 and 403 without one may be about this one thing, and are looked into.
  func judge(_ answer: Answer, to request: WireRequest) -> Verdict {
    if answer.beginningContains(settings.invalidText) { return .sessionInvalid }
    if let error = ServiceError(answer) {
      if settings.invalidClasses.contains(error.name) { return .sessionInvalid }
      if error.isAboutAPIKey { return .failed(apiKeyRefused(answer, error)) }
      if error.isAboutHTTPS {
        return .failed(Failure(.insecure, "the server wants HTTPS for this request", httpStatus: answer.status))
      }
    }
    if settings.invalidStatuses.contains(answer.status) || isRedirectToLogin(answer) { return .sessionSuspect }
    if let failure = commonFailure(answer) { return .failed(failure) }
    return page(answer, insteadOf: request, settings) ?? .deliver
  }

  func proves(_ answer: Answer, to request: WireRequest) -> Bool { false }

  /// The guide has no call for this; clients and the vendor's own tester use this one (reference, request basics).
  var keepalive: WireRequest { member("GET", "mem/user/session") }
  let hasIdleLimit = true

  /// A user may only be authenticated to one organization at a time (guide): a switch behind the engine's back would give
  /// every sibling of the session foreign data.
  func objection(to path: [String]) -> String? {
    let isAuthentication =
      path.contains("mem") && (path.contains("authenticate") || path.suffix(2) == ["organization", "logout"])
    return isAuthentication
      ? "logins, organization steps and logouts are the session's own; use login, logout or the option \"organization\""
      : nil
  }

  /// This API writes by GET too: its clients create galleries and change images so (public record, clients).
  func writes(to path: [String]) -> Bool { path.last.map(PhotoShelter.writingVerbs.contains) ?? false }

  private static let writingVerbs: Set = [
    "insert", "create", "add", "update", "set", "inherit", "upload", "copy", "move", "delete", "remove", "unlink",
  ]

  func logout(_ secret: SessionSecret) -> WireRequest? {
    var request = member(settings.logoutMethod, "mem/authenticate/logout")
    authorize(&request, secret, credentials: nil)
    return request
  }

  /// A session that is over already needs no closing. A page is not the API's; what merely calls itself one may be.
  func confirmsLogout(_ answer: Answer) -> Bool {
    if let error = ServiceError(answer) { return settings.invalidClasses.contains(error.name) }
    return answer.isSuccess && (!answer.isPage || JSONValue.parse(answer.beginning)?["status"]?.text == "ok")
  }

  func token(_ secret: SessionSecret) -> Secret? { usesCookies ? nil : secret.token }
  func binding(_ secret: SessionSecret) -> Secret? { nil }
}
