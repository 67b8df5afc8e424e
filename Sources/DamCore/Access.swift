// Access.swift - what a host may take from a session for use of its own: headers, the bare token, image handles.
// It refuses what a system or an authentication does not have, with the reason.

extension Settings {
  /// The request headers that authenticate; refused where the secret travels in the URL.
  public func headers(_ record: SessionRecord) throws(Failure) -> [(name: String, value: Secret)] {
    try requireHeaders()
    var request = WireRequest(method: "GET", origin: origin, target: "/")
    Systems.make(self).authorize(&request, record.secret ?? SessionSecret(), credentials: nil)
    return request.secretHeaders
  }

  public func requireHeaders() throws(Failure) {
    let secretIsInURL = ["token-in-url", "query"].contains(authentication)
    guard !secretIsInURL, apiKey == nil || apiKeyInHeader else {
      throw Failure(
        .notSupported, "with these options a secret travels in the URL, so headers alone do not authenticate")
    }
  }

  public func requireToken() throws(Failure) {
    guard !["cookie", "query"].contains(authentication) else {
      throw Failure(.notSupported, "authentication \"\(authentication)\" has no token")
    }
  }

  public func token(_ record: SessionRecord) throws(Failure) -> Secret {
    guard let token = record.secret.flatMap(Systems.make(self).token) else {
      throw Failure(.credentialsNeeded, "there is no session, hence no token")
    }
    return token
  }

  public func requireDeviceTokens() throws(Failure) {
    guard Systems.make(self).isScarce else {
      throw Failure(.notSupported, "\(systemName) with authentication \"\(authentication)\" has no device tokens")
    }
  }

  /// The idle limit in seconds, as far as it is known; 0: unknown or none.
  public func idleLimit(_ record: SessionRecord) -> Int64 {
    guard Systems.make(self).hasIdleLimit else { return 0 }
    return idleLimit > 0 ? Int64(idleLimit) : record.idle.learned
  }

  /// Tells the session's secret from others without giving it away; "" without one.
  public func fingerprint(_ record: SessionRecord) -> String {
    guard let secret = record.secret else { return "" }
    return (Systems.make(self).token(secret) ?? secret.cookies.header)?.fingerprint ?? ""
  }

  public func requireOrganizations() throws(Failure) {
    guard Systems.make(self).hasOrganizations else {
      throw Failure(.notSupported, "\(systemName) has no organizations")
    }
  }

  private func requireBinding() throws(Failure) {
    guard Systems.make(self).isScarce else {
      throw Failure(
        .notSupported,
        "image IDs are bound to a FotoWeb device token; \(systemName) with \"\(authentication)\" has none")
    }
  }

  /// Binds an image ID to the session's secret of `generation`, 0 for the present one.
  public func bind(image id: String, generation: UInt64, _ record: SessionRecord) throws(Failure) -> ImageHandle {
    try requireBinding()
    guard let secret = record.secret.flatMap(Systems.make(self).binding),
      generation == 0 || generation == record.generation
    else {
      throw Failure(.handleStale, "the device token that the image ID came with is no longer in use")
    }
    return try ImageHandle(id: id, generation: record.generation, boundTo: secret)
  }

  /// The image ID of a handle whose device token is in use.
  public func resolve(image text: String, _ record: SessionRecord) throws(Failure) -> String {
    try requireBinding()
    let handle = try ImageHandle(text: text)
    try handle.require(record.secret.flatMap(Systems.make(self).binding))
    return handle.id
  }
}
