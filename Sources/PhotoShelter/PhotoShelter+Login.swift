// PhotoShelter+Login.swift - the login and, for members of an organization, the step behind it: what is sent, and what
// the responses say of the credentials (guide, "Authentication" and "Organization authentication").

package import DamCore

extension PhotoShelter {
  package func beginLogin(_ progress: inout LoginProgress) throws(Failure) -> WireRequest {
    var request = site.request("POST", "mem/authenticate")
    var form: [(name: String, value: Secret)] = [("email", Secret(site.user)), ("password", progress.credentials)]
    if !usesCookies { form.append(("mode", Secret("token"))) }
    request.body = .secret(ASCII.form(form))
    addAPIKey(&request)
    return request
  }

  package func continueLogin(_ progress: inout LoginProgress, _ response: WireResponse) throws(Failure) -> LoginStep {
    let error = ServiceError(response)
    // A known class counts whatever the status: a wrong password in the guise of an outage would be tried for ever.
    let isKnown = error.map { $0.isAboutLogins || invalidClasses.contains($0.name) } ?? false
    if !isKnown, let failure = commonFailure(response) { throw failure }
    let json = JSONValue.parse(response.beginning)
    let isFirst = progress.stage == 0
    let step =
      isFirst
      ? try readAuthentication(&progress, response, error, json)
      : try readOrganization(&progress, response, error, json)
    guard isFirst, case .finished = step, !site.organization.isEmpty else { return step }
    progress.stage = 1
    var request = site.request(organizationMethod.name, "mem/organization/\(site.organization)/authenticate")
    authorize(&request, progress.secret, credentials: nil)
    return .send(request)
  }

  private func readAuthentication(
    _ progress: inout LoginProgress, _ response: WireResponse, _ error: ServiceError?, _ json: JSONValue?
  ) throws(Failure) -> LoginStep {
    let isAboutCredentials = !saysNothingOfCredentials(response.status)
    if let error, isAboutCredentials || error.isAboutLogins { return try denial(error, response) }
    guard response.isSuccess, let json, json["status"]?.text == "ok" else {
      // A page is a gateway's, or a firewall's: the API answers in JSON. Only 401 means the same from everybody.
      if response.status == 401 || ((400..<500).contains(response.status) && isAboutCredentials && !response.isPage) {
        return try denial(ServiceError(class: "", message: ""), response)
      }
      throw Failure(
        .protocolViolation, "the response to the login is not PhotoShelter's (HTTP \(response.status)); check \"url\"",
        httpStatus: response.status)
    }
    let data = json["data"]
    if usesCookies {
      try keepCookies(&progress, response)
    } else {
      progress.secret.token = try token(in: data, response)
    }
    if data?["two_factor"]?.truth == true || json["two_factor"]?.truth == true {
      return .denied(.secondFactor, secondFactor(response))
    }
    guard isUsable(progress.secret) else {
      throw Failure(
        .protocolViolation, "the login was accepted but brought no \(usesCookies ? "cookie" : "token")",
        httpStatus: response.status)
    }
    // The official plugin meets `org` as an array and as a single object; without organizations it is absent.
    let listed = data?["org"]
    progress.organizations = (listed?.array ?? listed.map { [$0] } ?? []).compactMap(Organization.init(json:))
    return .finished
  }

  private func readOrganization(
    _ progress: inout LoginProgress, _ response: WireResponse, _ error: ServiceError?, _ json: JSONValue?
  ) throws(Failure) -> LoginStep {
    guard response.isSuccess, error == nil, json?["status"]?.text == "ok" else {
      if let error, error.isAboutAPIKey { throw apiKeyRefused(response, error) }
      let isKnown = error.map { invalidClasses.contains($0.name) } ?? false
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
    let named = json?["data"]?["Session"]?["organization"]?.text ?? site.organization
    guard named == site.organization else {
      throw Failure(
        .organizationRefused, "asked for organization \(site.organization), the server answers for another one",
        httpStatus: response.status)
    }
    if usesCookies {
      try keepCookies(&progress, response)
    } else if let token = try token(in: json?["data"], response) {
      progress.secret.token = token
    }
    return .finished
  }

  private func keepCookies(_ progress: inout LoginProgress, _ response: WireResponse) throws(Failure) {
    if let lost = progress.keepCookies(of: response, cookieNames) { throw lost }
  }

  /// It becomes a header line or a part of a URL: nothing that is not printable may be in it.
  private func token(in data: JSONValue?, _ response: WireResponse) throws(Failure) -> Secret? {
    guard let text = data?["token"]?.text, !text.isEmpty else { return nil }
    guard let token = Secret(forHeader: text) else {
      throw Failure(
        .protocolViolation, "the server gave a token that no header can hold", httpStatus: response.status)
    }
    return token
  }

  /// What a refused login says: the documented classes, and 401 with whatever words, that the credentials are wrong.
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
      .secondFactor, "the account wants a second factor, which PhotoShelter's API guide does not offer to programs",
      httpStatus: response.status)
  }

  func apiKeyRefused(_ response: WireResponse, _ error: ServiceError) -> Failure {
    Failure(.apiKeyRefused, "the server refuses the API key", httpStatus: response.status).quoting(error.words)
  }
}
