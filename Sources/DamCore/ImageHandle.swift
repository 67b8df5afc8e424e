// ImageHandle.swift - an image ID with the device token it belongs to (reference, validity of image IDs). As text it is
// `dami1.GENERATION.FINGERPRINT.ID.CHECK`: printable, without a secret, safe in a path, checked for damage. The
// fingerprint decides whether a handle is stale; the generation is for people. IDs that are not UTF-8 are refused.

internal import FoundationEssentials

package struct ImageHandle: Equatable, Sendable {
  /// The generation of the device token, and its fingerprint.
  package let generation: UInt64
  package let fingerprint: String
  package let id: String

  /// The format; another one gets another number.
  private static let magic = "dami1"

  package init(id: String, generation: UInt64, boundTo secret: Secret) throws(Failure) {
    guard ImageHandle.isID(id) else {
      throw Failure(.argument, "an image ID has 1 to 4096 bytes and no control characters")
    }
    self.id = id
    self.generation = generation
    fingerprint = secret.fingerprint
  }

  package init(text: String) throws(Failure) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard text.utf8.count <= 8192, parts.count == 5, parts.first == ImageHandle.magic,
      let generation = UInt64(parts[1, or: ""]), let id = ImageHandle.decode(parts[3, or: ""]), ImageHandle.isID(id)
    else { throw Failure(.argument, "this is not an image handle of damsession") }
    guard parts.last == ImageHandle.check(parts.dropLast()) else {
      throw Failure(.argument, "the image handle is damaged")
    }
    self.generation = generation
    fingerprint = parts[2, or: ""]
    self.id = id
  }

  package var text: String {
    let parts = [ImageHandle.magic, String(generation), fingerprint, ImageHandle.encode(id)]
    return (parts + [ImageHandle.check(parts[...])]).joined(separator: ".")
  }

  /// Throws if the handle belongs to another device token than `secret`, the one in use.
  package func require(_ secret: Secret?) throws(Failure) {
    guard let secret, secret.fingerprint == fingerprint else {
      throw Failure(
        .handleStale,
        "the image handle belongs to a device token that is no longer in use; ask the server for the image again")
    }
  }

  private static func isID(_ id: String) -> Bool {
    (1...4096).contains(id.utf8.count) && !id.utf8.contains { $0 < 0x20 || $0 == 0x7F }
  }

  private static func check(_ parts: ArraySlice<String>) -> String {
    String(Hash.sha256(Array(parts.joined(separator: ".").utf8)).prefix(8))
  }

  private static func encode(_ id: String) -> String {
    let text = Data(id.utf8).base64EncodedString()
    return String(text.compactMap { ["+": "-", "/": "_"][$0] ?? ($0 == "=" ? nil : $0) })
  }

  private static func decode(_ text: String) -> String? {
    let standard = String(text.map { ["-": "+", "_": "/"][$0] ?? $0 })
    let padded = standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    return Data(base64Encoded: padded).flatMap { String(validating: $0, as: UTF8.self) }
  }
}
