// JSONText.swift - writes JSON (RFC 8259) with sorted keys, so that equal values are equal bytes. Reading is
// FoundationEssentials' part, which has to believe nobody. Its encoder writes the same bytes (a test compares them),
// but looks up the type of every member: a record is written with every rotated cookie, and the encoder alone cost
// twice what the rest of such a request does.

extension JSONValue {
  /// The document; empty for a number that JSON cannot hold.
  package func encoded() -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(1024)
    return write(&text) ? text : []
  }

  /// False: there is a number that JSON cannot hold.
  private func write(_ text: inout [UInt8]) -> Bool {
    switch self {
    case .null: text += "null".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .integer(let value): text += value.description.utf8
    case .number(let value):
      guard value.isFinite else { return false }
      let digits = value.description
      text += (digits.hasSuffix(".0") ? digits.dropLast(2) : digits[...]).utf8
    case .string(let value): JSONValue.write(value, &text)
    case .array(let values):
      return JSONValue.write(values, between: (0x5B, 0x5D), &text) { $0.write(&$1) }
    case .object(let members):
      return JSONValue.write(members.sorted { $0.key < $1.key }, between: (0x7B, 0x7D), &text) { member, text in
        JSONValue.write(member.key, &text)
        text.append(0x3A)
        return member.value.write(&text)
      }
    }
    return true
  }

  private static func write<Item>(
    _ items: [Item], between brackets: (UInt8, UInt8), _ text: inout [UInt8],
    _ write: (Item, inout [UInt8]) -> Bool
  ) -> Bool {
    text.append(brackets.0)
    var isFirst = true
    for item in items {
      if !isFirst { text.append(0x2C) }
      isFirst = false
      guard write(item, &text) else { return false }
    }
    text.append(brackets.1)
    return true
  }

  private static func write(_ string: String, _ text: inout [UInt8]) {
    text.append(0x22)
    defer { text.append(0x22) }
    guard needsEscapes(string.utf8Span.span) else {
      text += string.utf8
      return
    }
    for byte in string.utf8 {
      switch byte {
      case 0x22: text += #"\""#.utf8
      case 0x5C: text += #"\\"#.utf8
      case 0x08: text += #"\b"#.utf8
      case 0x09: text += #"\t"#.utf8
      case 0x0A: text += #"\n"#.utf8
      case 0x0C: text += #"\f"#.utf8
      case 0x0D: text += #"\r"#.utf8
      case 0..<0x20: text += (#"\u00"# + Hex.text(CollectionOfOne(byte))).utf8
      default: text.append(byte)
      }
    }
  }

  private static func needsEscapes(_ bytes: Span<UInt8>) -> Bool {
    for place in bytes.indices where bytes[place] < 0x20 || bytes[place] == 0x22 || bytes[place] == 0x5C {
      return true
    }
    return false
  }
}
