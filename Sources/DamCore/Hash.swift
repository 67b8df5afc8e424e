// Hash.swift - the digests the engine needs, by name of their use.
// It refuses to offer a bare algorithm: MD5 is here for FotoWeb's login token alone.

internal import Crypto

enum Hash {
  /// SHA-256 as 64 hex digits: names of records, checksums.
  static func sha256(_ bytes: some Collection<UInt8>) -> String { hex(SHA256.hash(data: Array(bytes))) }

  /// A keyed hash of a low-entropy secret, short on purpose: 40 bits tell a changed password from the same one, and leave
  /// whoever steals the file with too many candidates to be sure of any.
  static func keyed(_ secret: Secret, key: [UInt8]) -> String {
    secret.withBytes { bytes in
      var hash = HMAC<SHA256>(key: SymmetricKey(data: key))
      unsafe hash.update(data: bytes)
      return hex(hash.finalize().prefix(5))
    }
  }

  /// The digest that FotoWeb's login token is made with (reference: login token, format).
  static func md5(_ bytes: [UInt8]) -> [UInt8] { Array(Insecure.MD5.hash(data: bytes)) }

  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      for nibble in [byte >> 4, byte & 15] { text.append(digits[Int(nibble)]) }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
