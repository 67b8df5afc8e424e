// OAuth2Options.swift - the options of systems that a person consents to, or that know the program by a secret of its
// own. More than one vendor has them, each with usual paths of its own.

package struct OAuth2Options: OptionGroup {
  /// Where the client secret travels: both are in use (RFC 6749, 2.3.1).
  package enum SecretPlace: String, CaseIterable, Sendable {
    case body
    case header
  }

  package static let shared = OAuth2Options()
  package init() {}

  let clientID = TypedOption<String>.text(
    "client-id", about: .server, "OAuth2: the program's ID, from its registration at the server.")
  package let clientSecret = TypedOption<Secret?>.secret(
    "client-secret", "OAuth2: the program's secret, where its registration has one.")
  let secretPlace = TypedOption<SecretPlace>.choice(
    "client-secret-in", default: .body,
    "OAuth2: where the client secret travels; in a header it is form-encoded, which not all servers undo.")
  let redirectURL = TypedOption<String>.redirectURL(
    "redirect-url", default: "http://localhost:9876/callback",
    "OAuth2: where the browser is sent after consent, as registered; nobody need be there.")
  let scope = TypedOption<String>.text(
    "scope", about: .server, "OAuth2: what the program asks for, words parted by blanks.")
  let authorizePath = TypedOption<String>.endpoint(
    "authorize-path", "OAuth2: the path of the page for consent, where it is not the usual one.")
  let tokenPath = TypedOption<String>.endpoint(
    "token-path", "OAuth2: the path that gives tokens, where it is not the usual one.")
  let revokePath = TypedOption<String>.endpoint(
    "revoke-path", "OAuth2: the path at which a logout revokes tokens, where there is one.")

  let devicePath = TypedOption<String>.endpoint(
    "device-path", "OAuth2: the path that gives codes for a person to type elsewhere, where there is one.")

  package var all: [OptionRow] {
    [clientID, clientSecret, secretPlace, redirectURL, scope, authorizePath, tokenPath, revokePath, devicePath]
  }
}

extension TypedOption where Value == String {
  /// A path at the session's own server; "" where none is set.
  fileprivate static func endpoint(_ name: String, _ help: String) -> TypedOption {
    TypedOption(Option(name, .text, about: .server, help), fallback: "") { (text) throws(Failure) in
      guard text.hasPrefix("/"), !text.hasPrefix("//"), isPlain(text) else {
        throw Failure(.option, "\"\(name)\" begins with one / and holds no space or #")
      }
      return text
    }
  }

  /// A URL with any scheme: what is registered for an application of a desk may begin with one of its own.
  fileprivate static func redirectURL(_ name: String, default url: String, _ help: String) -> TypedOption {
    TypedOption(Option(name, .text, default: url, about: .server, help), fallback: url) { (text) throws(Failure) in
      let scheme = text.prefix { $0 != ":" }
      guard scheme.first?.isLetter == true, scheme.count < text.count, isPlain(text) else {
        throw Failure.option(name, takes: "a whole URL without # and spaces, such as \(url)")
      }
      return text
    }
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy(ASCII.isVisible) && !text.contains { "#\\".contains($0) }
  }
}
