// Access.swift - what an application may take from a session for use of its own: headers, the bare token, image
// handles.

extension Settings {
  /// The request headers that authenticate; refused where the secret travels in the URL.
  package func headers(_ record: SessionRecord) throws(Failure) -> [(name: String, value: Secret)] {
    try requireHeaders()
    var request = WireRequest(method: "GET", origin: site.origin, target: "/")
    system.authorize(&request, record.secret ?? SessionSecret(), credentials: nil)
    return request.secretHeaders
  }

  package func requireHeaders() throws(Failure) {
    guard !system.putsSecretsInURL else {
      throw Failure(
        .notSupported, "with these options a secret travels in the URL, so headers alone do not authenticate")
    }
  }

  package func requireToken() throws(Failure) {
    guard system.hasToken else {
      throw Failure(.notSupported, "authentication \"\(system.authenticationName)\" has no token")
    }
  }

  package func token(_ record: SessionRecord) throws(Failure) -> Secret {
    guard let token = record.secret.flatMap(system.token) else {
      throw Failure(.credentialsNeeded, "there is no session, hence no token")
    }
    return token
  }

  package func requireDeviceTokens() throws(Failure) {
    guard system.isScarce else {
      throw Failure(
        .notSupported, "\(system.name) with authentication \"\(system.authenticationName)\" has no device tokens")
    }
  }

  /// The idle limit in seconds, as far as it is known; 0: unknown or none.
  package func idleLimit(_ record: SessionRecord) -> Int64 {
    guard system.hasIdleLimit else { return 0 }
    return idleLimit > 0 ? Int64(idleLimit) : record.idle.learned
  }

  /// A short hash that tells the session's secret from others without giving it away; "" without a secret.
  package func fingerprint(_ record: SessionRecord) -> String {
    guard let secret = record.secret else { return "" }
    return (system.token(secret) ?? secret.cookies.header)?.fingerprint ?? ""
  }

  package func requireOrganizations() throws(Failure) {
    guard system.hasOrganizations else {
      throw Failure(.notSupported, "\(system.name) has no organizations")
    }
  }

  private func requireBinding() throws(Failure) {
    guard system.isScarce else {
      throw Failure(
        .notSupported,
        "image IDs are bound to a device token; \(system.name) with authentication \"\(system.authenticationName)\" has"
          + " none")
    }
  }

  /// Binds an image ID to the secret that it came with: the one of `generation`, 0 for the present one.
  package func bind(image id: String, generation: UInt64, _ record: SessionRecord) throws(Failure) -> ImageHandle {
    try requireBinding()
    guard let secret = record.secret.flatMap(system.binding),
      generation == 0 || generation == record.generation
    else {
      throw Failure(.handleStale, "the device token that the image ID came with is no longer in use")
    }
    return try ImageHandle(id: id, generation: record.generation, boundTo: secret)
  }

  /// The image ID of a handle; throws if its device token is no longer in use.
  package func resolve(image text: String, _ record: SessionRecord) throws(Failure) -> String {
    try requireBinding()
    let handle = try ImageHandle(text: text)
    try handle.require(record.secret.flatMap(system.binding))
    return handle.id
  }
}
