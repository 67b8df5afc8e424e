// Hex.swift - bytes as hexadecimal digits.

enum Hex {
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      for nibble in [byte >> 4, byte & 15] { text.append(digits[Int(nibble)]) }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
