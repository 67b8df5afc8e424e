// Secret.swift - bytes that prove who somebody is. They print as a short hash, compare in constant time and are wiped
// when the last owner lets go. This is the only file of DamCore that touches memory by hand. It never becomes a String
// by accident: `reveal()` is a word to grep for.

internal import Crypto
internal import Glibc

@safe package final class Secret: Sendable, Equatable, Hashable, CustomStringConvertible {
  private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

  package init(_ bytes: some Collection<UInt8>) {
    // Nobody promises what an allocation of nothing is.
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
    unsafe storage = UnsafeMutableRawBufferPointer(rebasing: room.prefix(bytes.count))
    unsafe storage.copyBytes(from: bytes)
  }

  package convenience init(_ text: String) { self.init(text.utf8) }

  /// For other modules, where a generic one would find out about its types each time.
  package convenience init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  deinit {
    if let start = unsafe storage.baseAddress { unsafe explicit_bzero(start, storage.count) }
    unsafe storage.deallocate()
  }

  package var count: Int { unsafe storage.count }
  package var isEmpty: Bool { count == 0 }

  /// Lends the bytes; they must not be kept.
  @safe package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try unsafe body(UnsafeRawBufferPointer(storage))
  }

  /// A copy of the bytes that nobody will wipe: only for text that is about to be sent or stored.
  package func reveal() -> [UInt8] { withBytes { bytes in unsafe [UInt8](bytes) } }

  /// As `reveal()`, as text; damaged UTF-8 is repaired.
  package func revealText() -> String { withBytes { bytes in unsafe String(decoding: bytes, as: UTF8.self) } }

  /// Tells secrets apart in logs, in every process alike, and gives nothing away about long random ones.
  /// Not for passwords: those need `Hash.slow` with a salt of their own.
  package var fingerprint: String {
    withBytes { bytes in
      var hash = HMAC<SHA256>(key: SymmetricKey(data: Secret.label))
      unsafe hash.update(data: bytes)
      return Hex.text(hash.finalize().prefix(6))
    }
  }

  private static let label: [UInt8] = Array("damsession fingerprint 1".utf8)

  package var description: String { "secret:\(fingerprint)" }

  package static func == (left: Secret, right: Secret) -> Bool {
    guard left.count == right.count else { return false }
    return left.withBytes { one in
      right.withBytes { other in
        var difference: UInt8 = 0
        for place in one.indices { unsafe difference |= one[place] ^ other[place] }
        return difference == 0
      }
    }
  }

  package func hash(into hasher: inout Hasher) {
    withBytes { bytes in unsafe hasher.combine(bytes: bytes) }
  }
}
