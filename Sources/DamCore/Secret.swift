// Secret.swift - bytes that prove who somebody is. They print as a short hash, compare in constant time and are wiped
// when the last owner lets go. A secret never becomes a String by accident: `reveal()` is a word to grep for. This is
// the only file of DamCore that manages memory by hand.

internal import Crypto
internal import Glibc

@safe package final class Secret: Sendable, Equatable, Hashable, CustomStringConvertible {
  /// Written by `init` alone: that makes sharing it between threads safe.
  private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

  package init(_ bytes: some Collection<UInt8>) {
    // With a NUL behind the last byte, for C.
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count.plus(1), alignment: 1)
    unsafe room[bytes.count] = 0
    unsafe storage = UnsafeMutableRawBufferPointer(rebasing: room.prefix(bytes.count))
    unsafe storage.copyBytes(from: bytes)
  }

  package convenience init(_ text: String) { self.init(text.utf8) }

  /// A concrete function for other modules, from which the generic one would look up its types each time.
  package convenience init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  deinit {
    if let start = unsafe storage.baseAddress { unsafe explicit_bzero(start, storage.count) }
    unsafe storage.deallocate()
  }

  package var count: Int { unsafe storage.count }
  package var isEmpty: Bool { count == 0 }

  /// Lends the bytes for the length of `body`; the pointer must not be kept.
  @safe package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try unsafe body(UnsafeRawBufferPointer(storage))
  }

  /// Lends the bytes as a text for C.
  @safe package func withText<Result>(_ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    unsafe body(storage.baseAddress.map { unsafe UnsafePointer($0.assumingMemoryBound(to: CChar.self)) })
  }

  /// A copy of the bytes that is not wiped by this class: only for text that is about to be sent or stored.
  package func reveal() -> [UInt8] { withBytes { bytes in unsafe [UInt8](bytes) } }

  /// The same as text; damaged UTF-8 is repaired.
  package func revealText() -> String { withBytes { bytes in unsafe String(decoding: bytes, as: UTF8.self) } }

  /// Tells secrets apart in logs, the same in every process, and gives nothing away about long random ones. Not for
  /// passwords, which can be guessed: those need `Hash.slow` with a salt of their own.
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
    if left === right { return true }
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
