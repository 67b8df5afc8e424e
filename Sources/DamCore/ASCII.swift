// ASCII.swift - bytes of HTTP syntax: classes, case, percent-encoding.
// It works on bytes because header fields and secrets are bytes. It refuses to decode anything.

enum ASCII {
  static func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }

  /// A character of an RFC 9110 token: method names, header names, cookie names.
  static func isToken(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte) }

  /// Printable, without the space: what a URL may hold once it is encoded.
  static func isVisible(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }

  /// What a header line may hold: no control characters.
  static func isPrintable(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F }

  static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  static func equalIgnoringCase(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { lower($0) == lower($1) }
  }

  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
    let front = bytes.drop(while: isSpace)
    return front.dropLast(front.reversed().prefix(while: isSpace).count)
  }

  /// Everything but RFC 3986's unreserved characters becomes %XX: right in a path, a query and a form alike.
  static func percentEncoded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      if isLetterOrDigit(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x7E {
        text.append(byte)
      } else {
        text += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return text
  }

  /// Undoes percent-encoding for comparison; what is damaged stays as it is.
  static func percentDecoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == 0x25, rest.prefix(2).allSatisfy(isHex), let value = UInt8(digits, radix: 16), rest.count >= 2 {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `name=value` pairs joined by "&", both sides encoded: a query or an application/x-www-form-urlencoded body.
  static func form(_ pairs: [(name: String, value: Secret)]) -> Secret {
    var text: [UInt8] = []
    for (name, value) in pairs {
      if !text.isEmpty { text.append(0x26) }
      text += percentEncoded(name.utf8) + [0x3D] + value.withBytes { bytes in unsafe percentEncoded(bytes) }
    }
    return Secret(text)
  }
}
