// HeaderValue.swift - what becomes a header line, or a part of a URL, because a server said so.

enum HeaderValue {
  /// Bytes; what servers give as cookies and tokens is far shorter.
  static let longest = 8192

  static func isSound(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.count <= longest && bytes.allSatisfy(ASCII.isVisible)
  }
}

extension Secret {
  /// nil for what no header line can hold.
  package convenience init?(forHeader text: String) {
    guard HeaderValue.isSound(text.utf8) else { return nil }
    self.init(text)
  }
}
