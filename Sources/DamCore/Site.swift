// Site.swift - where a session belongs: what the options say to every system, beside its own.

package struct Site: Sendable {
  package let origin: Origin
  /// The path of the API, with a slash at both ends.
  package let apiPath: String
  package let user: String
  /// "" for none.
  package let organization: String

  init(_ values: OptionValues, defaultURL: String, defaultPath: String, needsUser: Bool) throws(Failure) {
    let options = EngineOptions.shared
    guard let origin = values[values.vocabulary.url] ?? Origin(defaultURL) else {
      throw Failure(.option, "\"url\" is missing: https://host of the server")
    }
    guard origin.isSecure || (values[options.allowLoopbackHTTP] && origin.isLoopback) else {
      throw Failure(
        .insecure,
        "\"url\" must begin with https://: both vendors' guides send secrets over HTTPS only"
          + " (\"allow-loopback-http\" is for tests on this machine)")
    }
    self.origin = origin
    user = values[values.vocabulary.user]
    guard !user.isEmpty || !needsUser else { throw Failure(.option, "\"user\" is missing") }
    organization = values[values.vocabulary.organization]
    let path = values[options.apiPath]
    apiPath = path.isEmpty ? defaultPath : path
  }

  /// A request to a command of the API.
  package func request(_ method: String, _ command: String) -> WireRequest {
    WireRequest(method: method, origin: origin, target: "\(apiPath)\(command)")
  }
}
