// KnownCredentials.swift - the credentials of a call, and the slow hashes by which records know them. The driver makes
// a hash once for each salt, since that takes some 50 ms.

struct KnownCredentials: Sendable {
  /// nil: the call has not asked for them yet.
  private(set) var secret: Secret?
  /// By their salt.
  private var hashes: [String: String] = [:]

  mutating func take(_ given: Secret) {
    secret = given
    hashes = [:]
  }

  func hash(_ salt: String) -> String? { hashes[salt] }

  mutating func keep(_ hash: String, salt: String) { hashes[salt] = hash }

  /// Whether a `SessionSecret.proof` was made from these credentials.
  func isProof(_ proof: String?) -> Bool { hashes.contains { proof == $0.key + ":" + $0.value } }
}

extension SessionSecret {
  /// The salt of the proof.
  var proofSalt: String? { proof?.split(separator: ":").first.map(String.init) }
}
