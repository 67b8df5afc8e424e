// CallHashes.swift - the slow hashes of a call: looked for before one is made, and shared with later calls where the
// credentials are in memory anyway: they travel with every request, or are an option.

extension CallContext {
  /// Whether the hash of the credentials with this salt is at hand, or known from an earlier call.
  mutating func hasHash(_ salt: String) -> Bool {
    if credentials.hash(salt) != nil { return true }
    guard let known = state.derived, known.salt == salt, known.credentials == credentials.secret else { return false }
    credentials.keep(known.hash, salt: salt)
    return true
  }

  /// Takes the hash that the driver has made. False: there was no memory to make it.
  mutating func takeHash(_ hash: String?, salt: String) -> Bool {
    guard let hash, let secret = credentials.secret else { return false }
    credentials.keep(hash, salt: salt)
    if system.sendsCredentials || system.credentials.given != nil { state.derived = (secret, salt, hash) }
    return true
  }

  static let noMemory = Failure(.internalError, "there is no memory to hash the credentials")
}
