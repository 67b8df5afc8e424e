// JSONValue.swift - JSON as a tree, for responses whose shape varies and records whose unknown fields must survive.
// FoundationEssentials does the parsing. A number that comes as a string can be read as either.

internal import FoundationEssentials

package enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Reads a document; nil when it is not JSON in UTF-8 (RFC 8259, 8.1).
  package static func parse(_ bytes: [UInt8]) -> JSONValue? { decode(bytes[...]) }

  /// The same for a type of its own; nil, too, when the document is none of it.
  static func decode<Value: Decodable>(_ bytes: ArraySlice<UInt8>) -> Value? {
    // The parser would also read UTF-16 and UTF-32, whose nesting was not counted. Neither can do without NUL bytes or
    // a byte order mark.
    guard let first = bytes.first, first < 0x80, !bytes.contains(0), nestingIsSane(bytes) else { return nil }
    return try? JSONDecoder().decode(Value.self, from: Data(bytes))
  }

  /// Picks one of two values, the same one in either order: what a join keeps of fields that it does not understand.
  static func outranking(_ one: JSONValue, _ other: JSONValue) -> JSONValue {
    one.encoded().lexicographicallyPrecedes(other.encoded()) ? other : one
  }

  /// The member of an object; nil for anything that is no object.
  package subscript(_ key: String) -> JSONValue? {
    if case .object(let members) = self { return members[key] }
    return nil
  }

  /// Text, or a number written as text: the vendor mixes both (reference, "number types").
  package var text: String? {
    switch self {
    case .string(let text): text
    case .integer(let number): String(number)
    case .number(let number): String(number)
    default: nil
    }
  }

  package var integer: Int64? {
    switch self {
    case .integer(let number): number
    case .number(let number): Int64(exactly: number.rounded())
    case .string(let text): Int64(text)
    default: nil
    }
  }

  /// Truth as the vendors write it: true, 1, "t", "true", "1".
  package var truth: Bool? {
    switch self {
    case .bool(let value): value
    case .integer(let number): number != 0
    case .string(let text): ["t", "true", "1", "yes"].contains(text.lowercased())
    default: nil
    }
  }

  package var array: [JSONValue]? {
    if case .array(let values) = self { return values }
    return nil
  }

  /// Twice as deep as what either vendor sends, and what records hold.
  private static let deepest = 32

  /// The parser recurses and takes 3 KiB a level: a response of brackets alone must not exhaust the application's
  /// stack.
  private static func nestingIsSane(_ bytes: ArraySlice<UInt8>) -> Bool {
    var depth = 0
    var isInString = false
    var isEscaped = false
    for byte in bytes {
      if isInString {
        if byte == 0x22, !isEscaped { isInString = false }
        isEscaped = byte == 0x5C && !isEscaped
        continue
      }
      if byte == 0x22 { isInString = true }
      if byte == 0x5B || byte == 0x7B { depth += 1 }
      if byte == 0x5D || byte == 0x7D { depth -= 1 }
      if depth > deepest { return false }
    }
    return true
  }
}

extension JSONValue: Decodable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

}
