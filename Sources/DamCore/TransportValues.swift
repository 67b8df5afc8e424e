// TransportValues.swift - the values of options that say how to reach a server. libcurl would accept nearly anything
// for most of them and fail late with a message about something else, so they are checked here.

package enum Proxy: Equatable, Sendable {
  /// What the environment says: https_proxy, no_proxy and the like.
  case environment
  case none
  /// scheme://host[:port]
  case address(String)
}

package enum IPVersion: String, CaseIterable, Sendable {
  case any
  case four = "4"
  case six = "6"
}

package enum HTTPVersion: String, CaseIterable, Sendable {
  case two = "2"
  case oneOne = "1.1"
}

extension TypedOption where Value == Proxy {
  /// A proxy without a password: options are shown, remembered, and read from command lines.
  static func proxy(_ name: String, _ help: String) -> TypedOption {
    let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
    return TypedOption(Option(name, .text, help), fallback: .environment) { (text) throws(Failure) in
      if text == "none" { return .none }
      guard !text.contains("@") else {
        throw Failure(
          .option,
          "\"\(name)\" holds a user or a password; put the whole address into the variable HTTPS_PROXY instead")
      }
      let scheme = text.prefix { $0 != ":" }.lowercased()
      let rest = text.dropFirst(scheme.count)
      guard schemes.contains(scheme), rest.hasPrefix("://"), Origin("http" + rest) != nil else {
        throw Failure.option(name, takes: "none, or SCHEME://HOST:PORT with one of: " + schemes.joined(separator: ", "))
      }
      return .address(text)
    }
  }
}

extension TypedOption where Value == String {
  static func pinnedKey(_ name: String, _ help: String) -> TypedOption {
    TypedOption(Option(name, .text, help), fallback: "") { (text) throws(Failure) in
      let isDigests = text.split(separator: ";", omittingEmptySubsequences: false).allSatisfy { digest in
        // 32 bytes in base64. Anything else would be the name of a file for libcurl.
        digest.hasPrefix("sha256//") && digest.utf8.count == 8 + 44 && digest.hasSuffix("=")
          && digest.dropFirst(8).dropLast().utf8.allSatisfy { ASCII.isLetterOrDigit($0) || $0 == 0x2B || $0 == 0x2F }
      }
      guard isDigests else {
        throw Failure.option(
          name, takes: "sha256//BASE64 of the server's public key (44 characters), or several parted by ;")
      }
      return text
    }
  }

  /// A path with a slash at its end; "" where none is set.
  static func apiPath(_ name: String, _ help: String) -> TypedOption {
    TypedOption(Option(name, .text, about: .server, help), fallback: "") { (text) throws(Failure) in
      guard text.hasPrefix("/"), text.utf8.allSatisfy(ASCII.isVisible), !text.contains(where: { "?#\\".contains($0) })
      else { throw Failure(.option, "\"\(name)\" begins with / and holds no space, ? or #") }
      return text.hasSuffix("/") ? text : text + "/"
    }
  }
}
