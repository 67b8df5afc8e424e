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
    var rest = target.utf8.makeIterator()
    while let byte = rest.next(), byte != 0x3F {
      if byte != 0x2F {
        text.append(ASCII.lower(byte == 0x25 ? RequestPath.escaped(&rest) ?? byte : byte))
      } else if text.count > start {
        parts.append(start..<text.count)
        start = text.count
      }
    }
    if text.count > start { parts.append(start..<text.count) }
    (self.text, self.parts) = (text, parts)
  }

  /// The byte that two hex digits stand for; else nothing is taken.
  private static func escaped(_ rest: inout String.UTF8View.Iterator) -> UInt8? {
    var ahead = rest
    guard let high = ahead.next().flatMap(ASCII.hexValue), let low = ahead.next().flatMap(ASCII.hexValue) else {
      return nil
    }
    rest = ahead
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
