// Hex.swift - bytes as hexadecimal digits.

enum Hex {
  static func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: digits(bytes), as: UTF8.self) }

  static func digits(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      text.append(digit(byte >> 4))
      text.append(digit(byte & 15))
    }
    return text
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }

  private static func digit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? 0x30 | nibble : 0x57 &+ nibble
  }
}
