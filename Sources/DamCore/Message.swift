// Message.swift - requests and responses as the engine sees them: values, before and after the wire. Secrets stay
// apart from the rest of a request until the transport writes them, so that no log can show them.

/// A request to send, exactly as it will go out.
package struct WireRequest: Sendable {
  package var method: String
  package var origin: Origin
  /// Path and query, without any secret; begins with "/". Logs show it up to its "?".
  package var target: String
  /// Encoded `name=value` pairs that prove the user (`auth_token`, `u` and `p`, `lt`): added to the URL last.
  package var secretQuery: Secret?
  package var headers: [(name: String, value: String)] = []
  /// Headers that prove the user or the program. They are sent to `origin` alone.
  package var secretHeaders: [(name: String, value: Secret)] = []
  package var body: Body = .none
  /// The request may obtain a session secret, and what that uses up may be scarce: it is sent once, on a connection of
  /// its own, and its response is read to the end.
  package var isLogin = false
  /// The application's own request: its response is the one to deliver.
  package var isForCaller = false
  /// See `CallerRequest.isSentOnce`.
  package var isSentOnce = false

  package enum Body: Sendable {
    case none
    /// A login form, which is wiped after use.
    case secret(Secret)
    /// The application's body, whose bytes only the driver has.
    case caller
  }

  package init(method: String, origin: Origin, target: String) {
    self.method = method
    self.origin = origin
    self.target = target
  }

  /// Whether sending it twice does what sending it once does: by its method (RFC 9110, 9.2.2), unless the application
  /// or the system knows better.
  package var isIdempotent: Bool { !isSentOnce && ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(method) }

  /// The whole URL, with its secrets.
  package var url: Secret {
    var bytes = Array((origin.text + target).utf8)
    if let query = secretQuery {
      bytes.append(target.contains("?") ? 0x26 : 0x3F)
      bytes += query.reveal()
    }
    return Secret(bytes)
  }

  package var hasNoBody: Bool {
    if case .none = body { return true }
    return false
  }

  /// The URL as a log may show it.
  package var redactedURL: String { origin.text + target.prefix { $0 != "?" } }

  /// Adds secret parameters to the URL, percent-encoded.
  package mutating func addSecretQuery(_ pairs: [(name: String, value: Secret)]) {
    let encoded = ASCII.form(pairs)
    if let old = secretQuery {
      secretQuery = Secret(old.reveal() + [0x26] + encoded.reveal())
    } else {
      secretQuery = encoded
    }
  }
}

/// A response as far as a verdict needs it: status, headers and the beginning of the body.
package struct WireResponse: Sendable {
  package var status: Int32
  package var headers: HeaderBlock
  /// At most `WireResponse.inspected` bytes; the whole body of a login's response.
  package var beginning: [UInt8]
  /// Whether `beginning` is the whole body.
  package var isWhole: Bool

  /// How many bytes of a body are looked at for a verdict. An error envelope is far smaller; what is larger is content.
  package static let inspected = 65_536
  /// How long the response to a login may be: it lists every organization of the user.
  package static let longestLogin = 4 << 20

  package init(status: Int32, headers: HeaderBlock, beginning: [UInt8], isWhole: Bool) {
    self.status = status
    self.headers = headers
    self.beginning = beginning
    self.isWhole = isWhole
  }

  package var isSuccess: Bool { (200..<300).contains(status) }

  /// Media type in lower case without parameters: "application/json".
  var mediaType: String {
    guard let value = headers.first("content-type") else { return "" }
    return String(decoding: value.prefix { $0 != 0x3B }, as: UTF8.self).lowercased().filter { !$0.isWhitespace }
  }

  /// Seconds, from either form of the header (RFC 9110, 10.2.3). A date is compared with the server's own `Date`, so
  /// that our clock does not matter.
  var retryAfter: Int32? {
    guard let value = headers.first("retry-after") else { return nil }
    if let seconds = Int32(String(decoding: value, as: UTF8.self)) { return max(0, seconds) }
    guard let date = HTTPDate.seconds(value), let now = headers.first("date").flatMap(HTTPDate.seconds) else {
      return nil
    }
    return Int32(clamping: max(0, date - now))
  }

  package func beginningContains(_ text: String) -> Bool {
    // Byte by byte: a search by characters costs more than the rest of a small request.
    !text.isEmpty && ASCII.contains(beginning, Array(text.utf8))
  }
}

/// The header lines of one response, kept as received and searched on demand: most are never looked at.
package struct HeaderBlock: Sendable {
  /// "Name: value\r\n" for each line, without the status line.
  package private(set) var bytes: [UInt8]

  package init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  // Two concrete functions instead of a generic one, which would look up its types for every line when called from
  // another module.
  package mutating func append(_ line: UnsafeRawBufferPointer) { unsafe bytes.append(contentsOf: line) }
  package mutating func append(_ line: [UInt8]) { bytes += line }

  /// Takes a line that continues the value of the last one (obsolete line folding, RFC 9112, 5.2: the break is read as
  /// a blank). False: there is no last line.
  package mutating func fold(_ line: some Sequence<UInt8>) -> Bool {
    guard !bytes.isEmpty else { return false }
    while let last = bytes.last, [0x0D, 0x0A, 0x20, 0x09].contains(last) { bytes.removeLast() }
    bytes.append(0x20)
    bytes += line.drop { [0x20, 0x09].contains($0) }
    return true
  }

  /// The values of every field of this name, in order, trimmed. `name` in lower case.
  package func values(_ name: String) -> [ArraySlice<UInt8>] {
    var found: [ArraySlice<UInt8>] = []
    forEachLine { line in
      if let value = HeaderBlock.value(of: name, in: line) { found.append(value) }
    }
    return found
  }

  package func first(_ name: String) -> ArraySlice<UInt8>? { values(name).first }

  /// The same block without the fields of this name.
  package func without(_ name: String) -> HeaderBlock {
    var kept = HeaderBlock()
    forEachLine { line in
      if HeaderBlock.value(of: name, in: line) == nil { kept.append(Array(line) + [0x0A]) }
    }
    return kept
  }

  private func forEachLine(_ body: (ArraySlice<UInt8>) -> Void) {
    // Not `split`, which would make an array of all lines for each name that is looked for.
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0x0A) {
      if end > rest.startIndex { body(rest[..<end]) }
      rest = rest[end...].dropFirst()
    }
    if !rest.isEmpty { body(rest) }
  }

  private static func value(of name: String, in line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let wanted = name.utf8
    guard line.count > wanted.count, ASCII.equalIgnoringCase(line.prefix(wanted.count), wanted) else { return nil }
    let rest = line.dropFirst(wanted.count)
    guard rest.first == 0x3A else { return nil }
    return ASCII.trimmed(rest.dropFirst())
  }
}
