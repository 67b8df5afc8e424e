// HeaderBlock.swift - the header fields of one response: the bytes as received, and where the fields lie in them. A
// line is taken apart once, when it comes in; most fields are never looked at.

package struct HeaderBlock: Sendable {
  /// Places in `bytes`.
  private struct Field {
    /// The name is from `start` to the colon.
    let start: Int
    let colon: Int
    /// Without blanks at its ends.
    var value: Range<Int>
  }

  private var text: [UInt8]
  private var fields: [Field] = []

  package init(_ lines: [UInt8] = []) {
    text = lines
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count
      note(start, end)
      start = end
    }
  }

  /// The fields that are in the block, as received: "Name: value\r\n" for each line.
  package var bytes: [UInt8] { fields.flatMap { text[$0.start..<lineEnd($0)] } }
  package var count: Int { fields.count }

  /// Takes a line with its end. What is no field (a name, a colon, a value) is dropped.
  package mutating func append(_ line: UnsafeRawBufferPointer) {
    if text.isEmpty { reserve() }
    let start = text.count
    unsafe text.append(contentsOf: line)
    note(start, text.count)
  }

  // A concrete function of its own: a generic one would look up its types for every line when called from another
  // module.
  package mutating func append(_ line: [UInt8]) {
    let start = text.count
    text += line
    note(start, text.count)
  }

  /// Takes a line that continues the value of the last one (obsolete line folding, RFC 9112, 5.2: the break is read as
  /// a blank). False: there is no last line.
  package mutating func fold(_ line: some Sequence<UInt8>) -> Bool {
    guard !text.isEmpty else { return false }
    let hadField = fields.last.map { lineEnd($0) == text.count } ?? false
    while let last = text.last, HeaderBlock.isBlank(last) || last == 0x0A { text.removeLast() }
    text.append(0x20)
    text += line.drop { [0x20, 0x09].contains($0) }
    if hadField, let last = fields.popLast() { note(last.start, text.count) }
    return true
  }

  /// The values of every field of this name, in order, trimmed. `name` in lower case.
  package func values(_ name: String) -> [ArraySlice<UInt8>] {
    fields.compactMap { isNamed(name, $0) ? text[$0.value] : nil }
  }

  package func first(_ name: String) -> ArraySlice<UInt8>? {
    for field in fields where isNamed(name, field) { return text[field.value] }
    return nil
  }

  /// The same block without the fields of this name.
  package func without(_ name: String) -> HeaderBlock {
    var rest = self
    rest.fields.removeAll { isNamed(name, $0) }
    return rest
  }

  /// Name and value of each field, in order.
  package func visit(_ body: (_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void) {
    for field in fields { body(text[field.start..<field.colon], text[field.value]) }
  }

  /// Room for the head of an ordinary response, so that it does not grow line by line; what is this small malloc(3) has
  /// at hand.
  private mutating func reserve() {
    text.reserveCapacity(960)
    fields.reserveCapacity(20)
  }

  /// Takes the line apart if it is a field.
  private mutating func note(_ start: Int, _ end: Int) {
    guard let colon = text[start..<end].firstIndex(of: 0x3A), colon > start else { return }
    var (first, last) = (colon + 1, end)
    while last > first, HeaderBlock.isBlank(text[last - 1]) || text[last - 1] == 0x0A { last -= 1 }
    while first < last, HeaderBlock.isBlank(text[first]) { first += 1 }
    fields.append(Field(start: start, colon: colon, value: first..<last))
  }

  private func isNamed(_ name: String, _ field: Field) -> Bool {
    let name = name.utf8Span.span
    guard field.colon - field.start == name.count else { return false }
    for place in name.indices where ASCII.lower(text[field.start + place]) != name[place] { return false }
    return true
  }

  private func lineEnd(_ field: Field) -> Int {
    text[field.value.upperBound...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
