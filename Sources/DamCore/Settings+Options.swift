// Settings+Options.swift - reads the options, with what the chosen system says of them.
// It refuses combinations that cannot work, and says which option to change.

extension Settings {
  public init(_ values: OptionValues) throws(Failure) {
    systemName = values.text("system")
    guard let kind = Systems.kind(systemName) else {
      throw Failure(.option, "\"system\" is missing: " + Systems.names.joined(separator: " or "))
    }
    let chosen = values.text("authentication")
    authentication = chosen.isEmpty ? kind.authentications[0, or: ""] : chosen
    guard kind.authentications.contains(authentication) else {
      let offered = kind.authentications.joined(separator: ", ")
      throw Failure(.option, "\"authentication\" for \(systemName) is one of: \(offered)")
    }
    origin = try Settings.origin(values, kind)
    user = values.text("user")
    guard !user.isEmpty else { throw Failure(.option, "\"user\" is missing") }
    organization = values.text("organization")
    password = values.secret("password")
    encryptionSecret = values.secret("encryption-secret")
    apiKey = values.secret("api-key")
    apiKeyInHeader = values.text("api-key-in") == "header"
    organizationMethod = values.text("organization-method").uppercased()
    logoutMethod = values.text("logout-method").uppercased()
    serializesRotation = values.text("rotation") == "serialize"
    apiPath = try Settings.path(values.text("api-path"), kind)
    queryNames = values.words("query-names")
    invalidStatuses = values.words("invalid-status").compactMap { Int32($0) }
    invalidClasses = values.words("invalid-class")
    invalidText = values.text("invalid-text")
    tokenLimitText = values.text("token-limit-text")
    loginTokenLife = Int64(values.integer("login-token-life"))
    loginTokenIsLegacy = values.text("login-token-encoding") == "legacy"
    store = values.text("store")
    lockTimeout = values.integer("lock-timeout")
    idleLimit = values.integer("idle-limit")
    tokenLimit = values.integer("token-limit")
    tokenReserve = values.integer("token-reserve")
    caFile = values.text("ca-file")
    clientCertificate = values.text("client-certificate")
    clientKey = values.text("client-key")
    pinnedKey = try Route.pinnedKey(values.text("pinned-key"))
    proxy = try Route.proxy(values.text("proxy"))
    unixSocket = values.text("unix-socket")
    ipVersion = values.text("ip")
    newestHTTP = values.text("http")
    redirects = values.integer("redirects")
    retries = values.integer("retries")
    retryAfter = values.integer("retry-after")
    timeout = values.integer("timeout")
    idleTimeout = values.integer("idle-timeout")
    connectTimeout = values.integer("connect-timeout")
    responseLimit = OptionValues.bytes(values.text("response-limit")) ?? 0
    try kind.check(self)
  }

  public var identity: Identity {
    Identity(
      system: systemName, origin: origin, secretKind: Systems.make(self).secretKind, user: user,
      organization: organization)
  }

  public var credentialsAreEncryptionSecret: Bool { Systems.make(self).credentialsAreEncryptionSecret }

  private static func origin(_ values: OptionValues, _ kind: any System.Type) throws(Failure) -> Origin {
    let text = values.isSet("url") ? values.text("url") : kind.defaultURL
    guard let origin = Origin(text) else { throw Failure(.option, "\"url\" is missing: https://host of the server") }
    guard !origin.isSecure else { return origin }
    guard OptionValues.truth(values.text("allow-loopback-http")) == true, origin.isLoopback else {
      throw Failure(
        .insecure,
        "\"url\" must begin with https://: both vendors' guides send secrets over HTTPS only"
          + " (\"allow-loopback-http\" is for tests on this machine)")
    }
    return origin
  }

  private static func path(_ text: String, _ kind: any System.Type) throws(Failure) -> String {
    let path = text.isEmpty ? kind.defaultPath : text
    guard path.hasPrefix("/"), path.utf8.allSatisfy(ASCII.isVisible), !path.contains(where: { "?#\\".contains($0) })
    else { throw Failure(.option, "\"api-path\" begins with / and holds no space, ? or #") }
    return path.hasSuffix("/") ? path : path + "/"
  }
}
