// OAuth2.swift - what a system that speaks OAuth2 sends and reads: the page for consent, the token endpoint and the
// revocation endpoint (RFC 6749, 7009, 7636). What is special about a vendor stays with the vendor.

package struct OAuth2: Sendable {
  /// How a vendor's servers speak it, where the options say nothing else.
  package struct Vendor: Sendable {
    let authorizePath: String
    let tokenPath: String
    /// Whether a renewal repeats the redirect URL, which the standard does not ask for.
    let renewsWithRedirectURL: Bool

    package init(authorizePath: String, tokenPath: String, renewsWithRedirectURL: Bool = false) {
      self.authorizePath = authorizePath
      self.tokenPath = tokenPath
      self.renewsWithRedirectURL = renewsWithRedirectURL
    }
  }

  /// Under these names secrets travel, whoever the vendor is. The access token may also travel in a URL by the
  /// standard (RFC 6750, 2.3), which this library never does.
  package static let secretNames = ["access_token", "refresh_token", "client_secret"]

  private let site: Site
  /// What a person consents to is this program's: another one cannot renew it, and would spend the refresh token in
  /// vain.
  package let clientID: String
  /// nil: the program is public, and its secret, if one was set, is never sent.
  private let clientSecret: Secret?
  private let isPublic: Bool
  private let secretIsInHeader: Bool
  private let redirectURL: String
  private let scope: String
  private let authorizePath: String
  private let tokenPath: String
  /// "" where nothing is known of one.
  private let revokePath: String
  private let devicePath: String
  private let renewsWithRedirectURL: Bool

  /// `isPublic`: the program has no secret.
  package init(_ site: Site, _ values: OptionValues, _ vendor: Vendor, isPublic: Bool) throws(Failure) {
    let options = OAuth2Options.shared
    self.site = site
    clientID = values[options.clientID]
    guard !clientID.isEmpty else {
      throw Failure(.option, "\"client-id\" is missing: the server gives one to each program that is registered there")
    }
    self.isPublic = isPublic
    clientSecret = isPublic ? nil : values[options.clientSecret]
    secretIsInHeader = values[options.secretPlace] == .header
    redirectURL = values[options.redirectURL]
    scope = values[options.scope]
    authorizePath = OAuth2.chosen(values[options.authorizePath], vendor.authorizePath)
    tokenPath = OAuth2.chosen(values[options.tokenPath], vendor.tokenPath)
    revokePath = values[options.revokePath]
    devicePath = values[options.devicePath]
    renewsWithRedirectURL = vendor.renewsWithRedirectURL
  }

  private static func chosen(_ path: String, _ usual: String) -> String { path.isEmpty ? usual : path }

  package var hasSecret: Bool { clientSecret != nil }

  // MARK: What is sent

  /// What a request carries (RFC 6750, 2.1).
  package static func proof(_ token: Secret) -> (name: String, value: Secret) {
    ("Authorization", Secret("Bearer " + token.revealText()))
  }

  /// `also`: what the vendor wants beside the standard's parameters.
  package func consentURL(state: Secret, challenge: String, also: [(name: String, value: Secret)] = []) -> String {
    var pairs = [
      ("response_type", Secret("code")), ("client_id", Secret(clientID)), ("redirect_uri", Secret(redirectURL)),
      ("state", state), ("code_challenge", Secret(challenge)), ("code_challenge_method", Secret("S256")),
    ]
    if !scope.isEmpty { pairs.append(("scope", Secret(scope))) }
    pairs.append(contentsOf: also)
    let join = authorizePath.contains("?") ? "&" : "?"
    return "\(site.origin.text)\(authorizePath)\(join)\(ASCII.form(pairs).revealText())"
  }

  package func takeUp(_ proof: ConsentProof) -> WireRequest {
    switch proof {
    case .code(let code, let verifier):
      post(
        tokenPath,
        [
          ("grant_type", Secret("authorization_code")), ("code", code), ("redirect_uri", Secret(redirectURL)),
          ("code_verifier", verifier),
        ])
    case .device(let code):
      post(
        tokenPath, [("grant_type", Secret("urn:ietf:params:oauth:grant-type:device_code")), ("device_code", code)])
    }
  }

  /// nil: nothing is known of a place for it.
  package var deviceQuestion: WireRequest? {
    guard !devicePath.isEmpty else { return nil }
    return post(devicePath, scope.isEmpty ? [] : [("scope", Secret(scope))])
  }

  package func renew(_ refreshToken: Secret) -> WireRequest {
    var pairs = [("grant_type", Secret("refresh_token")), ("refresh_token", refreshToken)]
    if renewsWithRedirectURL { pairs.append(("redirect_uri", Secret(redirectURL))) }
    return post(tokenPath, pairs)
  }

  /// The program acts for itself; `secret`: as the application gave it.
  package func logIn(secret: Secret) -> WireRequest {
    let pairs = [("grant_type", Secret("client_credentials"))] + (scope.isEmpty ? [] : [("scope", Secret(scope))])
    return post(tokenPath, pairs, secret)
  }

  /// nil: nothing is known of a place for it. A refresh token takes its access tokens with it (RFC 7009, 2.1).
  package func revoke(_ secret: SessionSecret) -> WireRequest? {
    guard !revokePath.isEmpty, let token = secret.refreshToken ?? secret.token else { return nil }
    let hint = secret.refreshToken == nil ? "access_token" : "refresh_token"
    return post(revokePath, [("token", token), ("token_type_hint", Secret(hint))])
  }

  private func post(
    _ path: String, _ pairs: [(name: String, value: Secret)], _ given: Secret? = nil
  ) -> WireRequest {
    var request = WireRequest(method: "POST", origin: site.origin, target: path)
    request.headers.append(("Accept", "application/json"))
    var pairs = pairs
    if let secret = given ?? clientSecret, secretIsInHeader {
      let credentials = ASCII.form([(clientID, secret)]).reveal().map { $0 == 0x3D ? 0x3A : $0 }
      request.secretHeaders.append(("Authorization", Secret("Basic " + Base64.text(credentials))))
    } else {
      pairs.append(("client_id", Secret(clientID)))
      if let secret = given ?? clientSecret { pairs.append(("client_secret", secret)) }
    }
    request.body = .form(ASCII.form(pairs))
    return request
  }

  // MARK: What is read

  /// Reads the token endpoint's response. Where it has no refresh token, the one that was sent stays (RFC 6749, 6).
  package func read(_ progress: inout LoginProgress, _ response: WireResponse) throws(Failure) -> LoginStep {
    let json = JSONValue.parse(response.beginning)
    guard response.isSuccess, json?["error"] == nil, json?["errors"] == nil else {
      return try refusal(OAuth2Error(json, response), progress)
    }
    guard let json, let token = json["access_token"]?.text.flatMap({ Secret(forHeader: $0) }) else {
      throw Failure(
        .protocolViolation,
        "the response of \(tokenPath) holds no access token (HTTP \(response.status)); check \"token-path\"",
        httpStatus: response.status)
    }
    let next = json["refresh_token"]?.text ?? ""
    // The same rule as for what a record gives back: one with another token could not be read again.
    guard ASCII.all(next, ASCII.isPrintable) else {
      throw Failure(
        .protocolViolation, "the response of \(tokenPath) holds a refresh token with control characters",
        httpStatus: response.status)
    }
    progress.secret.token = token
    if !next.isEmpty { progress.secret.refreshToken = Secret(next) }
    progress.secret.expiresAt = OAuth2.life(json["expires_in"]).map { progress.now.plus($0) }
    return .finished
  }

  /// In seconds; nil: the server did not say, or nothing that makes sense. Counted from before the request was sent.
  private static func life(_ said: JSONValue?) -> Int64? {
    let number = said.flatMap { $0.integer ?? $0.text.flatMap { Double($0) }.flatMap { Int64(exactly: $0.rounded()) } }
    return number.flatMap { $0 > 0 ? min($0, 315_360_000) : nil }
  }

  package func readDeviceQuestion(_ response: WireResponse) throws(Failure) -> DeviceQuestion {
    let json = JSONValue.parse(response.beginning)
    let words = ["user_code", "verification_uri"].compactMap { json?[$0]?.text }
    guard response.isSuccess, words.count == 2, words.allSatisfy({ ServerWords.clean($0) == $0 && !$0.isEmpty }),
      let code = json?["device_code"]?.text.flatMap({ Secret(forHeader: $0) })
    else {
      throw Failure(
        .protocolViolation, "the response of \(devicePath) holds no code to type (HTTP \(response.status))",
        httpStatus: response.status
      ).quoting(OAuth2Error(json, response).words)
    }
    return DeviceQuestion(
      deviceCode: code, userCode: words[0], url: words[1], interval: min(OAuth2.life(json?["interval"]) ?? 5, 300),
      life: OAuth2.life(json?["expires_in"]) ?? PendingConsent.usualLife)
  }

  private func refusal(_ error: OAuth2Error, _ progress: LoginProgress) throws(Failure) -> LoginStep {
    let failure: Failure
    switch error.kind {
    case .client:
      let isProved = hasSecret || progress.origin == .credentials
      let more = isProved ? " and the client secret" : isPublic ? "" : ", or set \"client-secret\""
      failure = Failure(
        .credentialsRefused, "the server does not know the program: check \"client-id\"\(more)",
        httpStatus: error.status)
      guard progress.origin == .credentials else { throw failure.quoting(error.words) }
      return .denied(.wrong, failure.quoting(error.words))
    case .pending(let isSlower):
      // By how many seconds the server is to be asked less often (RFC 8628, 3.5).
      throw Failure(
        .consent, "nobody has consented yet", httpStatus: error.status, retryAfter: isSlower ? 5 : 0)
    case .declined where progress.origin == .code:
      failure = Failure(.consent, "the person has not consented, or not in time", httpStatus: error.status)
      return .denied(.wrong, failure.quoting(error.words))
    case .grant:
      let what = progress.origin == .code ? "what the consent has brought" : "the refresh token"
      failure = Failure(.consent, "the server refuses \(what)", httpStatus: error.status)
      return .denied(.wrong, failure.quoting(error.words))
    case .other, .declined:
      throw Failure(
        .protocolViolation, "the server gives no token (HTTP \(error.status))", httpStatus: error.status
      ).quoting(error.words)
    }
  }
}

/// An error of a token endpoint: RFC 6749's, or the envelope that wraps the exceptions of a server's OAuth2 library.
private struct OAuth2Error {
  enum Kind {
    case client, grant, other
    /// A person's no, and no person's yes (RFC 8628, 3.5). In a renewal it is something else.
    case declined
    /// A person has not answered yet; `isSlower`: and the server is asked too often (RFC 8628, 3.5).
    case pending(isSlower: Bool)
  }

  let kind: Kind
  let status: Int32
  /// Printable; "" for none.
  let words: String

  init(_ json: JSONValue?, _ response: WireResponse) {
    status = response.status
    let wrapped = json?["errors"]?.array?.first
    let name = json?["error"]?.text ?? wrapped?["id"]?.text ?? ""
    words = [name, json?["error_description"]?.text ?? wrapped?["title"]?.text ?? ""].map(ServerWords.clean)
      .filter { !$0.isEmpty }.joined(separator: ": ")
    switch name {
    case "invalid_client", "unauthorized_client": kind = .client
    // The library that throws these (league/oauth2-server) has one class for all of its errors.
    case "OAuthServerException" where words.contains("Client authentication failed"): kind = .client
    case "authorization_pending": kind = .pending(isSlower: false)
    case "slow_down": kind = .pending(isSlower: true)
    case "access_denied", "expired_token": kind = .declined
    // glewlwyd says of a code that it is invalid_code.
    case "invalid_grant", "invalid_code", "OAuthServerException": kind = .grant
    // Servers that revoke a whole family of tokens say nothing more than this (glewlwyd).
    case "" where response.status == 400 && response.beginning.isEmpty: kind = .grant
    default: kind = name.isEmpty && response.status == 401 ? .client : .other
    }
  }
}
