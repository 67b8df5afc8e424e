// Origin.swift - scheme, host and port: the place a secret belongs to. The grammar is narrower than RFC 3986 on
// purpose: libcurl reads all that it accepts in the same way, so that no request can leave for another host than the
// one checked here. User info, paths, escapes and unprintable characters are refused.

package struct Origin: Hashable, Sendable {
  package let isSecure: Bool
  /// Lower case; an IPv6 address keeps its brackets.
  package let host: String
  package let port: UInt16

  /// "https://host", or with ":port" where it is not the scheme's own.
  package let text: String

  /// Whether the host is this machine, so that plain HTTP stays on it.
  package var isLoopback: Bool {
    host == "localhost" || host == "[::1]" || (host.hasPrefix("127.") && Origin.isAddress(host))
  }

  /// Reads "https://host[:port][/]"; nil when it is anything else.
  package init?(_ text: String) {
    guard let (origin, rest) = Origin.split(text), rest.isEmpty || rest == "/" else { return nil }
    self = origin
  }

  /// Splits a whole URL into its origin and what follows it ("" or "/..." or "?..."); nil when it is no URL.
  package static func split(_ text: String) -> (origin: Origin, rest: Substring)? {
    guard let (isSecure, afterScheme) = scheme(text) else { return nil }
    let authority = afterScheme.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    // Checked before upper case is made lower: letters of other scripts can become ASCII by that.
    guard authority.utf8.allSatisfy(ASCII.isVisible) else { return nil }
    guard let (host, port) = hostAndPort(authority, defaultPort: isSecure ? 443 : 80) else { return nil }
    return (Origin(isSecure: isSecure, host: host, port: port), afterScheme.dropFirst(authority.count))
  }

  private init(isSecure: Bool, host: String, port: UInt16) {
    self.isSecure = isSecure
    self.host = host
    self.port = port
    let base = (isSecure ? "https://" : "http://") + host
    text = port == (isSecure ? 443 : 80) ? base : "\(base):\(port)"
  }

  private static func scheme(_ text: String) -> (isSecure: Bool, rest: Substring)? {
    for (prefix, isSecure) in [("https://", true), ("http://", false)]
    where text.prefix(prefix.count).lowercased() == prefix {
      return (isSecure, text.dropFirst(prefix.count))
    }
    return nil
  }

  private static func hostAndPort(_ authority: Substring, defaultPort: UInt16) -> (String, UInt16)? {
    var host = authority
    var port = defaultPort
    let closing = authority.lastIndex(of: "]")
    if let colon = authority.lastIndex(of: ":"), closing.map({ $0 < colon }) ?? true {
      let digits = authority[colon...].dropFirst()
      guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(digits), number > 0
      else { return nil }
      host = authority[..<colon]
      port = number
    }
    let lower = host.lowercased()
    return isHost(lower) ? (lower, port) : nil
  }

  private static func isHost(_ host: String) -> Bool {
    if host.hasPrefix("["), host.hasSuffix("]") {
      let address = host.dropFirst().dropLast()
      return address.contains(":") && address.utf8.allSatisfy { ASCII.isHex($0) || $0 == 0x3A || $0 == 0x2E }
    }
    guard let first = host.utf8.first, first != 0x2D, first != 0x2E, host.utf8.count <= 253 else { return false }
    return host.utf8.allSatisfy { ASCII.isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
      && (!endsInNumber(host) || isAddress(host))
  }

  /// Whether libcurl would take the host for an IPv4 address in one of inet_aton's spellings: "127.1", "0x7f.0.0.1",
  /// "2130706433".
  private static func endsInNumber(_ host: String) -> Bool {
    guard let last = host.split(separator: ".").last?.utf8 else { return false }
    return last.allSatisfy(ASCII.isDigit) || (last.starts(with: "0x".utf8) && last.dropFirst(2).allSatisfy(ASCII.isHex))
  }

  /// Whether it is an IPv4 address in its one unambiguous spelling.
  private static func isAddress(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
  }
}
