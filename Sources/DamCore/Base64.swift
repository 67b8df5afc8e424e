// Base64.swift - bytes as text (RFC 4648): with padding for headers, and with the alphabet for URLs, which needs no
// encoding there.

internal import FoundationEssentials

enum Base64 {
  static func text(_ bytes: some Collection<UInt8>) -> String { Data(bytes).base64EncodedString() }

  static func urlText(_ bytes: some Collection<UInt8>) -> String {
    String(
      text(bytes).compactMap { character in
        switch character {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: character
        }
      })
  }

  /// nil: the text is none.
  static func bytes(ofURLText text: Substring) -> [UInt8]? {
    var plain = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
    while !plain.count.isMultiple(of: 4) { plain.append("=") }
    return Data(base64Encoded: String(plain)).map { Array($0) }
  }
}
