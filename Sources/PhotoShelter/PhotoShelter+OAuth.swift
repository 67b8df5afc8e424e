// PhotoShelter+OAuth.swift - logins by a person's consent, which pass a second factor once and in the browser. What
// they yield works with both versions of the API. The API key goes with the requests of OAuth2 as well: it is in the
// URL of the page for consent, too, as in the vendor's own programs (reference, OAuth2).

package import DamCore

extension PhotoShelter {
  static let oauth = OAuth2.Vendor(
    authorizePath: "/psapi/v4.0/oauth/authorize", tokenPath: "/psapi/v4.0/oauth/token", renewsWithRedirectURL: true)

  package func consentURL(state: Secret, challenge: String) -> String? {
    oauth?.consentURL(state: state, challenge: challenge, also: [("api_key", apiKey)])
  }

  package var deviceQuestion: WireRequest? { oauth?.deviceQuestion.map(withAPIKey) }

  package func readDeviceQuestion(_ response: WireResponse) throws(Failure) -> DeviceQuestion {
    guard let oauth else { throw Failure(.internalError, "nobody was asked for consent") }
    try checkOAuth(response)
    return try oauth.readDeviceQuestion(response)
  }

  package func beginConsented(_ progress: inout LoginProgress, _ proof: ConsentProof) -> WireRequest? {
    oauth.map { withAPIKey($0.takeUp(proof)) }
  }

  package func beginRenewal(_ progress: inout LoginProgress) -> WireRequest? {
    guard let oauth, let token = progress.secret.refreshToken else { return nil }
    return withAPIKey(oauth.renew(token))
  }

  func withAPIKey(_ request: WireRequest) -> WireRequest {
    var request = request
    addAPIKey(&request)
    return request
  }

  /// Throws for a response that says nothing of the consent. A server that is out of order has not refused the token,
  /// whatever the class of its error.
  func checkOAuth(_ response: WireResponse) throws(Failure) {
    if let error = ServiceError(response), error.isAboutAPIKey { throw apiKeyRefused(response, error) }
    if let failure = commonFailure(response) { throw failure }
  }
}
