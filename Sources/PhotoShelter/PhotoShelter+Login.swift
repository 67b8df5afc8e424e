// PhotoShelter+Login.swift - the login and, for members of an organization, the step behind it: what is sent, and what
// the answers say of the credentials (guide, "Authentication" and "Organization authentication").

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

  package func continueLogin(_ progress: inout LoginProgress, _ answer: Answer) throws(Failure) -> LoginStep {
    let error = ServiceError(answer)
    // A known class counts whatever the status: a wrong password in the guise of an outage would be tried for ever.
    let isKnown = error.map { $0.isAboutLogins || invalidClasses.contains($0.name) } ?? false
    if !isKnown, let failure = commonFailure(answer) { throw failure }
    let json = JSONValue.parse(answer.beginning)
    let isFirst = progress.stage == 0
    let step =
      isFirst
      ? try readAuthentication(&progress, answer, error, json) : try readOrganization(&progress, answer, error, json)
    guard isFirst, case .finished = step, !site.organization.isEmpty else { return step }
    progress.stage = 1
    var request = site.request(organizationMethod.name, "mem/organization/\(site.organization)/authenticate")
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
      let isKnown = error.map { invalidClasses.contains($0.name) } ?? false
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
        "the server refuses organization \(site.organization) for this user (HTTP \(answer.status))",
        httpStatus: answer.status
      ).quoting(error?.words ?? "")
    }
    let named = json?["data"]?["Session"]?["organization"]?.text ?? site.organization
    guard named == site.organization else {
      throw Failure(
        .organizationRefused, "asked for organization \(site.organization), the server answers for another one",
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
    guard let token = Secret(forHeader: text) else {
      throw Failure(
        .protocolViolation, "the server gave a token that no header can hold", httpStatus: answer.status)
    }
    return token
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

  func apiKeyRefused(_ answer: Answer, _ error: ServiceError) -> Failure {
    Failure(.apiKeyRefused, "the server refuses the API key", httpStatus: answer.status).quoting(error.words)
  }
}
