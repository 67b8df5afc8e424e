// Options.swift - FotoWeb's own rows of the option table.

package import DamCore

extension FotoWeb {
  package struct Options: OptionGroup {
    /// Names of the credentials in a query and in the login form: those of the guide, and older ones (reference,
    /// authentication on the wire).
    package enum QueryNames: String, CaseIterable, Sendable {
      case short = "u,p"
      case long = "username,password"

      var user: String { self == .short ? "u" : "username" }
      var password: String { self == .short ? "p" : "password" }
    }

    package static let shared = Options()
    package init() {}

    package let encryptionSecret = TypedOption<Secret?>.secret(
      "encryption-secret", remembered: false, "the site's encryption secret, for login-token.")
    let queryNames = TypedOption<QueryNames>.choice(
      "query-names", default: .short, "names of the credentials in requests.")
    let tokenLimitText = TypedOption<String>.text(
      "token-limit-text", "text in a refused login that means too many device tokens.")
    let loginTokenLife = TypedOption<Int32>.seconds(
      "login-token-life", 30...86_400, default: 300, "how long a login token may be used.")
    let loginTokenEncoding = TypedOption<LoginToken.Encoding>.choice(
      "login-token-encoding", default: .utf8, "legacy encodes user names twice.")
    let tokenLimit = TypedOption<Int32>.count(
      "token-limit", 1...10_000, default: 10, "device tokens that the server allows a user.")
    let tokenReserve = TypedOption<Int32>.count(
      "token-reserve", 0...10_000, default: 1, "how many of these are left to the user's other devices.")

    package var all: [OptionRow] {
      [
        encryptionSecret, queryNames, tokenLimitText, loginTokenLife, loginTokenEncoding, tokenLimit, tokenReserve,
      ]
    }
  }
}
