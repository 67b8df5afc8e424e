// Options.swift - PhotoShelter's own rows of the option table.

package import DamCore

extension PhotoShelter {
  package struct Options: OptionGroup {
    /// Where the API key travels: in X-PS-Api-Key, which the vendor prefers, or as `api_key` in the URL (reference,
    /// 1.1).
    package enum APIKeyPlace: String, CaseIterable, Sendable {
      case header
      case parameter
    }

    /// The method of requests for which the guide names none; public clients use either (reference, organisation
    /// authenticate; logout).
    package enum Method: String, CaseIterable, Sendable {
      case post
      case get

      var name: String { rawValue.uppercased() }
    }

    package static let shared = Options()
    package init() {}

    package let apiKey = TypedOption<Secret?>.secret("api-key", "the program's API key.")
    // For the command and the like: the library never runs it.
    let apiKeyCommand = TypedOption<String>.text(
      "api-key-command", about: .server, "a shell command whose first line of output is the API key.")
    let apiKeyPlace = TypedOption<APIKeyPlace>.choice("api-key-in", default: .header, "where the API key travels.")
    let version = TypedOption<Version>.choice(
      "api-version", default: .v3, "the API's version: 4 takes \"authentication\" token and oauth.")
    let organizationMethod = TypedOption<Method>.choice(
      "organization-method", default: .post, "method of the organization step.")
    let logoutMethod = TypedOption<Method>.choice("logout-method", default: .post, "method of the logout request.")
    let invalidClasses = TypedOption<[String]>.words(
      "invalid-class", default: "SessionRequiredErr,OAuthServerException",
      "error classes that mean the session is invalid.")

    package var all: [OptionRow] {
      [apiKey, apiKeyCommand, apiKeyPlace, version, organizationMethod, logoutMethod, invalidClasses]
    }
  }
}
