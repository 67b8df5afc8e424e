// RequestPath.swift - the path of a request as a server may read it, however it is spelled: decoded and in lower case,
// part by part. Systems tell by it what a request would do.

package struct RequestPath: Sendable {
  /// The parts one after another, and where each one lies.
  private let text: [UInt8]
  private let parts: [Range<Int>]

  /// Of a target: what is behind its "?" does not count, and neither do empty parts.
  package init(_ target: String) {
    var (text, parts, start) = ([UInt8](), [Range<Int>](), 0)
    text.reserveCapacity(target.utf8.count)
    parts.reserveCapacity(8)
    let bytes = target.utf8Span.span
    var place = 0
    while place < bytes.count, bytes[place] != 0x3F {
      let escaped = bytes[place] == 0x25 ? RequestPath.escaped(bytes, place) : nil
      if bytes[place] != 0x2F {
        text.append(ASCII.lower(escaped ?? bytes[place]))
      } else if text.count > start {
        parts.append(start..<text.count)
        start = text.count
      }
      place += escaped == nil ? 1 : 3
    }
    if text.count > start { parts.append(start..<text.count) }
    (self.text, self.parts) = (text, parts)
  }

  /// The byte that the two hex digits behind a "%" stand for; nil: there are none.
  private static func escaped(_ bytes: Span<UInt8>, _ place: Int) -> UInt8? {
    guard place + 2 < bytes.count, let high = ASCII.hexValue(bytes[place + 1]),
      let low = ASCII.hexValue(bytes[place + 2])
    else { return nil }
    return high << 4 | low
  }

  /// The last part; nil where there is none.
  package var last: String? { parts.last.map { String(decoding: text[$0], as: UTF8.self) } }

  /// Whether one of the parts is this. `name` in lower case.
  package func contains(_ name: String) -> Bool { parts.contains { isNamed(name, $0) } }

  /// Whether these are the last parts.
  package func ends(with names: [String]) -> Bool {
    parts.count >= names.count && zip(parts.suffix(names.count), names).allSatisfy { isNamed($1, $0) }
  }

  private func isNamed(_ name: String, _ part: Range<Int>) -> Bool {
    part.count == name.utf8.count && text[part].elementsEqual(name.utf8)
  }
}
