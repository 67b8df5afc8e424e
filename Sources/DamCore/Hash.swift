// Hash.swift - the digests the engine needs, by name of their use.
// A bare algorithm is not among them.

internal import Crypto
internal import CryptoExtras

package enum Hash {
  /// SHA-256 as 64 hex digits, for the keys of records and their checksums.
  static func sha256(_ bytes: some Collection<UInt8>) -> String { Hex.text(SHA256.hash(data: Array(bytes))) }

  /// The bytes of SHA-256 of a text: what PKCE sends ahead of its verifier (RFC 7636, S256).
  static func challenge(of verifier: String) -> [UInt8] { Array(SHA256.hash(data: Array(verifier.utf8))) }

  /// The same of a record: of what its first line says, and of the document.
  static func sha256(_ line: ArraySlice<UInt8>, _ document: ArraySlice<UInt8>) -> [UInt8] {
    var hash = SHA256()
    unsafe line.withUnsafeBytes { bytes in unsafe hash.update(bufferPointer: bytes) }
    unsafe document.withUnsafeBytes { bytes in unsafe hash.update(bufferPointer: bytes) }
    return Hex.digits(hash.finalize())
  }

  /// What is kept of a password, to recognize it: scrypt, so that whoever steals the record pays about 50 ms of a core
  /// and 16 MiB for every guess. It costs us as much, so it is made once per login and never per request. nil when
  /// there is no memory for it.
  package static func slow(_ secret: Secret, salt: String) -> String? {
    let key = secret.withBytes { bytes in
      unsafe try? KDF.Scrypt.deriveKey(
        from: bytes, salt: Array(salt.utf8), outputByteCount: 16, rounds: 1 << 14, blockSize: 8, parallelism: 1)
    }
    return key.map { key in unsafe key.withUnsafeBytes { unsafe Hex.text($0) } }
  }
}
