// HeaderValue.swift - what may become a header line, or a part of a URL, when a server has sent it.

enum HeaderValue {
  /// In bytes; the cookies and tokens of real servers are far shorter.
  static let longest = 8192

  /// Whether a header line can hold these bytes: printable ones without blanks.
  static func isSound(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.count <= longest && bytes.allSatisfy(ASCII.isVisible)
  }
}

extension Secret {
  /// nil for a text that no header line can hold.
  package convenience init?(forHeader text: String) {
    guard HeaderValue.isSound(text.utf8) else { return nil }
    self.init(text)
  }
}
