// PhotoShelter+Login.swift - the login and, for members of an organization, the organization step: what is sent, and
// what the responses say of the credentials (guide, "Authentication" and "Organization authentication").

package import DamCore

extension PhotoShelter {
  /// By POST. Without `mode` the server gives cookies (reference, request basics).
  package func beginLogin(_ progress: inout LoginProgress) throws(Failure) -> WireRequest {
    var request = site.request("POST", version.login)
    var form: [(name: String, value: Secret)] = [("email", Secret(site.user)), ("password", progress.credentials)]
    if !usesCookies { form.append(("mode", Secret("token"))) }
    request.body = .form(ASCII.form(form))
    addAPIKey(&request)
    return request
  }

  /// Stage 0 is the login, stage 1 the organization step, which has to follow every login anew (reference, organisation
  /// authenticate).
  package func continueLogin(_ progress: inout LoginProgress, _ response: WireResponse) throws(Failure) -> LoginStep {
    let step: LoginStep
    if progress.stage == 0, let oauth {
      try checkOAuth(response)
      step = try oauth.read(&progress, response)
    } else {
      let error = ServiceError(response)
      // A known error class counts whatever the status: a wrong password that comes with status 500 would else be taken
      // for an outage and tried again.
      let isKnown = error.map { $0.isAboutLogins || $0.isOne(of: invalidClasses) } ?? false
      if !isKnown, let failure = commonFailure(response) { throw failure }
      let json = JSONValue.parse(response.beginning)
      guard progress.stage == 0 else { return try readOrganization(&progress, response, error, json) }
      step = try readAuthentication(&progress, response, error, json)
    }
    guard case .finished = step, !site.organization.isEmpty else { return step }
    progress.stage = 1
    var request = organizationStep
    authorize(&request, progress.secret, credentials: nil)
    return .send(request)
  }

  /// v3 names the organization in the path; v4 in JSON, by the vendor's plugin (reference, API v4).
  private var organizationStep: WireRequest {
    guard version == .v4 else {
      return site.request(organizationMethod.name, "mem/organization/\(site.organization)/authenticate")
    }
    var request = site.request("POST", "organization/authenticate")
    request.body = .json(Secret(JSONValue.object(["org_id": .string(site.organization)]).encoded()))
    return request
  }

  /// Reads the response to the login: the token is `token`, organizations are `org` (reference, response envelope).
  private func readAuthentication(
    _ progress: inout LoginProgress, _ response: WireResponse, _ error: ServiceError?, _ json: JSONValue?
  ) throws(Failure) -> LoginStep {
    let isAboutCredentials = !saysNothingOfCredentials(response.status)
    if let error, isAboutCredentials || error.isAboutLogins { return try denial(error, response) }
    guard version.isSuccess(response, json) else {
      // The API answers in JSON, so that a page comes from a gateway or firewall. Only 401 means the same from all of
      // them.
      if response.status == 401 || ((400..<500).contains(response.status) && isAboutCredentials && !response.isPage) {
        return try denial(ServiceError(class: "", message: ""), response)
      }
      throw Failure(
        .protocolViolation, "the response to the login is not PhotoShelter's (HTTP \(response.status)); check \"url\"",
        httpStatus: response.status)
    }
    if usesCookies {
      try keepCookies(&progress, response)
    } else {
      progress.secret.token = try token(in: json, response)
    }
    if version.member("two_factor", of: json)?.truth == true || json?["two_factor"]?.truth == true {
      return .denied(.secondFactor, secondFactor(response))
    }
    guard isUsable(progress.secret) else {
      throw Failure(
        .protocolViolation, "the login was accepted but brought no \(usesCookies ? "cookie" : "token")",
        httpStatus: response.status)
    }
    // The vendor's plugin has met `org` as an array and as a single object; it is absent for users without
    // organizations.
    let listed = version.member("org", of: json)
    progress.organizations = (listed?.array ?? listed.map { [$0] } ?? []).compactMap(Organization.init(json:))
    return .finished
  }

  /// Reads the response to the organization step. An error here is about the organization, unless it says that the
  /// session is over (`ended`) or nothing that this API says.
  private func readOrganization(
    _ progress: inout LoginProgress, _ response: WireResponse, _ error: ServiceError?, _ json: JSONValue?
  ) throws(Failure) -> LoginStep {
    guard error == nil, version.isSuccess(response, json) else {
      if let error, error.isAboutAPIKey { throw apiKeyRefused(response, error) }
      let isKnown = error.map { $0.isOne(of: invalidClasses) } ?? false
      let isNamed = !(error?.name.isEmpty ?? true)
      if isKnown || (response.status == 401 && !isNamed) || isRedirectToLogin(response) || response.asksForPassword {
        return .ended(
          Failure(
            .sessionInvalid, "the session was refused right after the login, at the organization step",
            httpStatus: response.status))
      }
      guard error != nil || ([403, 404].contains(response.status) && !response.isPage) else {
        throw Failure(
          .protocolViolation,
          "the response to the organization step is not PhotoShelter's, or not whole (HTTP \(response.status)); try"
            + " again",
          httpStatus: response.status)
      }
      throw Failure(
        .organizationRefused,
        "the server refuses organization \(site.organization) for this user (HTTP \(response.status))",
        httpStatus: response.status
      ).quoting(error?.words ?? "")
    }
    // If the response says for which organization the session is, believe it: working in the wrong one does damage.
    let named = json?["data"]?["Session"]?["organization"]?.text ?? site.organization
    guard named == site.organization else {
      throw Failure(
        .organizationRefused, "asked for organization \(site.organization), the server answers for another one",
        httpStatus: response.status)
    }
    if usesCookies {
      try keepCookies(&progress, response)
    } else if let token = try token(in: json, response) {
      progress.secret.token = token
    }
    return .finished
  }

  private func keepCookies(_ progress: inout LoginProgress, _ response: WireResponse) throws(Failure) {
    if let lost = progress.keepCookies(of: response, cookieNames) { throw lost }
  }

  /// The token of a response, if there is one. It becomes a header line or a part of a URL, so it must be printable.
  private func token(in json: JSONValue?, _ response: WireResponse) throws(Failure) -> Secret? {
    guard let text = version.member("token", of: json)?.text, !text.isEmpty else { return nil }
    guard let token = Secret(forHeader: text) else {
      throw Failure(
        .protocolViolation, "the server gave a token that no header can hold", httpStatus: response.status)
    }
    return token
  }

  /// What a refused login means. That the credentials are wrong, two error classes say, and status 401 whatever its
  /// words; anything else may also be an outage.
  private func denial(_ error: ServiceError, _ response: WireResponse) throws(Failure) -> LoginStep {
    if error.isAboutAPIKey { throw apiKeyRefused(response, error) }
    if error.isAboutHTTPS {
      throw Failure(.insecure, "the server wants HTTPS for logins", httpStatus: response.status)
    }
    if error.isAboutSecondFactor { return .denied(.secondFactor, secondFactor(response)) }
    if error.isAboutCredentials || response.status == 401 {
      let failure = Failure(
        .credentialsRefused, "the server refuses the e-mail address or the password", httpStatus: response.status)
      return .denied(.wrong, failure.quoting(error.words))
    }
    return .denied(.unclear, unclear("the e-mail address or the password", response).quoting(error.words))
  }

  private func secondFactor(_ response: WireResponse) -> Failure {
    Failure(
      .secondFactor,
      "the account wants a second factor, which a program cannot give: with \"authentication\" oauth a person gives it"
        + " once",
      httpStatus: response.status)
  }

  func apiKeyRefused(_ response: WireResponse, _ error: ServiceError) -> Failure {
    Failure(.apiKeyRefused, "the server refuses the API key", httpStatus: response.status).quoting(error.words)
  }
}
