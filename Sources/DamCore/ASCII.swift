// ASCII.swift - bytes of HTTP syntax: classes, case, numbers, percent-encoding. It works on bytes because header
// fields and secrets are bytes.

internal import CLinux

package enum ASCII {
  package static func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }

  /// A character of an RFC 9110 token: method names, header names, cookie names.
  static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    // ! # $ % & ' * + - . ^ _ ` | ~
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: isLetterOrDigit(byte)
    }
  }

  /// Printable and no space: what a URL may hold once it is encoded.
  package static func isVisible(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }

  /// A number of digits and nothing else, as HTTP's grammar has them; nil too when it does not fit.
  package static func number(_ digits: some Collection<UInt8>) -> Int64? {
    var number: Int64?
    for digit in digits {
      let (tens, isOver) = (number ?? 0).multipliedReportingOverflow(by: 10)
      let (next, isOverToo) = tens.addingReportingOverflow(Int64(digit & 15))
      guard isDigit(digit), !isOver, !isOverToo else { return nil }
      number = next
    }
    return number
  }

  /// Whether `part` is somewhere in `text`.
  static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    unsafe part.withUnsafeBytes { unsafe contains(text, $0) }
  }

  static func contains(_ text: [UInt8], _ part: String) -> Bool {
    var part = part
    return part.withUTF8 { unsafe contains(text, UnsafeRawBufferPointer($0)) }
  }

  private static func contains(_ text: [UInt8], _ part: UnsafeRawBufferPointer) -> Bool {
    guard let wanted = part.baseAddress, unsafe !part.isEmpty else { return true }
    return unsafe text.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return false }
      return unsafe dam_find(start, bytes.count, wanted, part.count) != nil
    }
  }

  /// Whether all bytes of the text are such. Over a span: a view of a String costs several times as much.
  @inline(__always)
  static func all(_ text: String, _ isSuch: (UInt8) -> Bool) -> Bool {
    let bytes = text.utf8Span.span
    for place in bytes.indices where !isSuch(bytes[place]) { return false }
    return true
  }

  /// What a header line may hold: no control characters.
  static func isPrintable(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F }

  static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  package static func equalIgnoringCase(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { lower($0) == lower($1) }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes
    while let first = rest.first, isSpace(first) { rest.removeFirst() }
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return rest
  }

  /// Takes the next word off the front; nil: there is none left.
  static func word(_ rest: inout ArraySlice<UInt8>, _ isSeparator: (UInt8) -> Bool) -> ArraySlice<UInt8>? {
    rest = rest.drop(while: isSeparator)
    let word = rest.prefix { !isSeparator($0) }
    rest = rest[word.endIndex...]
    return word.isEmpty ? nil : word
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

  /// Undoes percent-encoding; what is no escape stays as it is.
  static func percentDecoded(_ text: Substring) -> String {
    String(decoding: percentDecoded(Array(text.utf8)), as: UTF8.self)
  }

  static func percentDecoded(_ text: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      if byte == 0x25, rest.count >= 2, let value = hexDecoded(rest.prefix(2)).first {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }

  /// Pairs of hex digits as bytes, up to the first that is no pair.
  static func hexDecoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) {
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  static func hexValue(_ digit: UInt8) -> UInt8? {
    guard isHex(digit) else { return nil }
    return isDigit(digit) ? digit & 15 : (digit & 15) &+ 9
  }

  /// `name=value` pairs joined by "&", both sides encoded: a query or an application/x-www-form-urlencoded body.
  package static func form(_ pairs: [(name: String, value: Secret)]) -> Secret {
    var text: [UInt8] = []
    for (name, value) in pairs {
      if !text.isEmpty { text.append(0x26) }
      text += percentEncoded(name.utf8) + [0x3D] + value.withBytes { bytes in unsafe percentEncoded(bytes) }
    }
    return Secret(text)
  }
}
