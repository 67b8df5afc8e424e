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
    /// A login's, as application/x-www-form-urlencoded or application/json; wiped after use.
    case form(Secret)
    case json(Secret)
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
  package var isIdempotent: Bool {
    switch method {
    case "GET", "HEAD", "PUT", "DELETE", "OPTIONS": !isSentOnce
    default: false
    }
  }

  /// The whole URL, with its secrets.
  package var url: Secret {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(origin.text.utf8.count + target.utf8.count + (secretQuery?.count ?? 0) + 1)
    bytes += origin.text.utf8
    bytes += target.utf8
    if let query = secretQuery {
      bytes.append(target.utf8.contains(0x3F) ? 0x26 : 0x3F)
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
    // A String is made only of what is not written that way already.
    let type = value.prefix { $0 != 0x3B }
    let isPlain = type.allSatisfy { $0 > 0x20 && ASCII.lower($0) == $0 }
    return String(decoding: isPlain ? type : type.filter { $0 > 0x20 }.map(ASCII.lower)[...], as: UTF8.self)
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
    !text.isEmpty && ASCII.contains(beginning, text)
  }
}
