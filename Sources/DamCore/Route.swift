// Route.swift - checks of what says how to reach the server: proxy and pinned keys. libcurl would take nearly anything for
// either, and fail late with a sentence about something else. It refuses passwords in a proxy's address: options are shown,
// remembered, and read from command lines.

enum Route {
  private static let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]

  /// "none", or scheme://host[:port]; "" where none is set.
  static func proxy(_ text: String) throws(Failure) -> String {
    if text.isEmpty || text == "none" { return text }
    guard !text.contains("@") else {
      throw Failure(
        .option, "\"proxy\" holds a user or a password; put the whole address into the variable HTTPS_PROXY instead")
    }
    let scheme = text.prefix { $0 != ":" }.lowercased()
    let rest = text.dropFirst(scheme.count)
    guard schemes.contains(scheme), rest.hasPrefix("://"), Origin("http" + rest) != nil else {
      throw Failure(
        .option, "\"proxy\" takes none, or SCHEME://HOST:PORT with one of: " + schemes.joined(separator: ", "))
    }
    return text
  }

  /// Digests of public keys, any of which will do; "" where none is set.
  static func pinnedKey(_ text: String) throws(Failure) -> String {
    let isDigests = text.split(separator: ";", omittingEmptySubsequences: false).allSatisfy { digest in
      // 32 bytes in base64. Anything else would be the name of a file for libcurl.
      digest.hasPrefix("sha256//") && digest.utf8.count == 8 + 44 && digest.hasSuffix("=")
        && digest.dropFirst(8).dropLast().utf8.allSatisfy { ASCII.isLetterOrDigit($0) || $0 == 0x2B || $0 == 0x2F }
    }
    guard text.isEmpty || isDigests else {
      throw Failure(
        .option,
        "\"pinned-key\" takes sha256//BASE64 of the server's public key (44 characters), or several parted by ;")
    }
    return text
  }
}
