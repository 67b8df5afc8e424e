// KnownCredentials.swift - the credentials of a call and the slow hashes that know them again. A hash is made once for
// each salt, and by the driver: it takes some 50 ms.

struct KnownCredentials: Sendable {
  private(set) var secret: Secret?
  private var hashes: [String: String] = [:]

  mutating func take(_ given: Secret) {
    secret = given
    hashes = [:]
  }

  func hash(_ salt: String) -> String? { hashes[salt] }

  mutating func keep(_ hash: String, salt: String) { hashes[salt] = hash }

  /// Whether it is a hash of these credentials.
  func isProof(_ proof: String?) -> Bool { hashes.contains { proof == $0.key + ":" + $0.value } }
}

extension SessionSecret {
  /// What a proof is salted with.
  var proofSalt: String? { proof?.split(separator: ":").first.map(String.init) }
}
