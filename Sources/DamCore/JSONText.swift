// JSONText.swift - a JSON document (RFC 8259) while it is written. Reading is FoundationEssentials' part, which has to
// believe nobody. Its encoder writes the same (a test compares them), but looks up the type of every member: a record
// is written with every rotated cookie, and the encoder alone cost twice what the rest of such a request does.

package struct JSONText {
  private(set) var bytes: [UInt8] = []
  /// False: there was a number that JSON cannot hold.
  private(set) var isSound = true
  /// Whether the next item needs no comma before it.
  private var isFirst = true

  init() { bytes.reserveCapacity(960) }

  // MARK: Members of an object

  mutating func member(_ name: String, _ value: String?) {
    begin(name)
    if let value { write(value) } else { writeNull() }
  }

  mutating func member(_ name: String, _ value: Int64?) {
    begin(name)
    if let value { bytes += value.description.utf8 } else { writeNull() }
  }

  mutating func member(_ name: String, _ value: Bool?) {
    begin(name)
    if let value { write(value) } else { writeNull() }
  }

  mutating func member(_ name: String, _ secret: Secret?) { member(name, secret?.revealText()) }

  /// An object, whose members `write` adds.
  mutating func member<Part>(_ name: String, _ part: Part?, _ write: (Part, inout JSONText) -> Void) {
    begin(name)
    if let part { object { write(part, &$0) } } else { writeNull() }
  }

  /// An array of objects.
  mutating func member<Part>(_ name: String, of parts: [Part], _ write: (Part, inout JSONText) -> Void) {
    begin(name)
    array(parts) { part, text in text.object { write(part, &$0) } }
  }

  /// In the order of their names, so that equal values are equal bytes.
  mutating func members(_ values: [String: JSONValue]) {
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      begin(name)
      write(value)
    }
  }

  // MARK: Values

  mutating func object(_ members: (inout JSONText) -> Void) { nest(0x7B, 0x7D, members) }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: writeNull()
    case .bool(let value): write(value)
    case .integer(let value): bytes += value.description.utf8
    case .number(let value): write(value)
    case .string(let value): write(value)
    case .array(let values): array(values) { $1.write($0) }
    case .object(let values): object { $0.members(values) }
    }
  }

  private mutating func array<Item>(_ items: [Item], _ write: (Item, inout JSONText) -> Void) {
    nest(0x5B, 0x5D) { text in
      for item in items {
        text.separate()
        write(item, &text)
      }
    }
  }

  private mutating func nest(_ opening: UInt8, _ closing: UInt8, _ body: (inout JSONText) -> Void) {
    bytes.append(opening)
    isFirst = true
    body(&self)
    bytes.append(closing)
    isFirst = false
  }

  private mutating func begin(_ name: String) {
    separate()
    write(name)
    bytes.append(0x3A)
  }

  private mutating func separate() {
    if !isFirst { bytes.append(0x2C) }
    isFirst = false
  }

  private mutating func writeNull() { bytes += "null".utf8 }

  private mutating func write(_ value: Bool) { bytes += (value ? "true" : "false").utf8 }

  private mutating func write(_ value: Double) {
    isSound = isSound && value.isFinite
    let digits = value.description
    bytes += (digits.hasSuffix(".0") ? digits.dropLast(2) : digits[...]).utf8
  }

  private mutating func write(_ string: String) {
    bytes.append(0x22)
    defer { bytes.append(0x22) }
    if ASCII.all(string, { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
      bytes += string.utf8
      return
    }
    for byte in string.utf8 {
      switch byte {
      case 0x22: bytes += #"\""#.utf8
      case 0x5C: bytes += #"\\"#.utf8
      case 0x08: bytes += #"\b"#.utf8
      case 0x09: bytes += #"\t"#.utf8
      case 0x0A: bytes += #"\n"#.utf8
      case 0x0C: bytes += #"\f"#.utf8
      case 0x0D: bytes += #"\r"#.utf8
      case 0..<0x20: bytes += (#"\u00"# + Hex.text(CollectionOfOne(byte))).utf8
      default: bytes.append(byte)
      }
    }
  }
}

extension JSONValue {
  /// The document, with sorted keys; empty for a number that JSON cannot hold.
  package func encoded() -> [UInt8] {
    var text = JSONText()
    text.write(self)
    return text.isSound ? text.bytes : []
  }
}
