// ServerWords.swift - what a server says of an error, for people. Secrets that it may quote are removed later, and the
// words are cut (`CallContext.clean`).

extension WireResponse {
  /// "" for nothing that a person would read: a page is none of it.
  package var words: String {
    guard !isPage, !beginning.isEmpty else { return "" }
    guard mediaType != "text/plain" else {
      return ServerWords.line(String(decoding: beginning.prefix(1000), as: UTF8.self))
    }
    // An object with one of the members that are customary: RFC 6749, RFC 9457, JSON:API, and both vendors' own.
    let json = JSONValue.parse(beginning)
    let error = json?["error"]
    let said = [
      error?["message"], json?["error_description"], json?["message"], json?["detail"],
      json?["errors"]?.array?.first?["title"], json?["title"], error,
    ]
    return said.lazy.compactMap { $0?.text }.map(ServerWords.line).first { !$0.isEmpty } ?? ""
  }
}

package enum ServerWords {
  /// Several lines as one.
  fileprivate static func line(_ text: String) -> String {
    clean(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
  }

  /// One line that every viewer shows from left to right: without control characters, line separators, invisible marks
  /// and marks that turn the direction of writing.
  package static func clean(_ text: String) -> String {
    String(
      text.unicodeScalars.filter { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
      })
  }
}
