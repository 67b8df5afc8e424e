// Base64.swift - bytes as text (RFC 4648): with padding for headers, and as PKCE wants it, which needs no encoding in a
// URL.

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
}
