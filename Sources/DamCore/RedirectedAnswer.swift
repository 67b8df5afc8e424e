// RedirectedAnswer.swift - what a server says by the address to which it sends a person's browser.

/// What a server adds to the redirect URI (RFC 6749, 4.1.2). A person may have pasted it: blanks around it do not
/// count.
struct RedirectedAnswer {
  let state: Secret
  /// nil: `error` says why.
  let code: Secret?
  /// Printable.
  let error: String

  init?(_ text: String) {
    let parts = text.filter { !$0.isWhitespace }.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard text.utf8.count <= 16_384, parts.count == 2, let rest = parts.last else { return nil }
    var found: [String: String] = [:]
    let query = rest.prefix { $0 != "\u{23}" }
    for pair in query.split(separator: "&") {
      let name = String(pair.prefix { $0 != "=" })
      // Twice the same name is no answer of a server's.
      guard found[name] == nil else { return nil }
      let value = pair.dropFirst(name.count).dropFirst().map { $0 == "+" ? " " : $0 }
      found[name] = ASCII.percentDecoded(String(value)[...])
    }
    let code = found["code"].flatMap { $0.isEmpty ? nil : Secret($0) }
    guard code != nil || found["error"] != nil else { return nil }
    state = Secret(found["state"] ?? "")
    self.code = found["error"] == nil ? code : nil
    error = [found["error"], found["error_description"]].compactMap { $0 }.map(ServerWords.clean)
      .joined(separator: ": ")
  }
}
