// Identity.swift - which session this is, and the keys of its records. A session belongs to origin, system, kind of
// secret, user and organization together: two jobs for two organizations of one account get two sessions that never get
// in each other's way. What belongs to the account itself (refused credentials, device tokens) has a record of its own,
// so that a bad password is not tried again for another organization or by another way to log in.

package struct Identity: Hashable, Sendable {
  /// Who logs in, and where.
  package struct Account: Hashable, Sendable {
    package let system: String
    package let origin: Origin
    package let user: String

    package init(system: String, origin: Origin, user: String) {
      self.system = system
      self.origin = origin
      self.user = user
    }
  }

  package let account: Account
  /// What a login yields: ways to log in that yield the same share it.
  package let secretKind: String
  /// "" for none.
  package let organization: String

  package init(_ account: Account, secretKind: String, organization: String) {
    self.account = account
    self.secretKind = secretKind
    self.organization = organization
  }

  package var system: String { account.system }
  package var origin: Origin { account.origin }
  package var user: String { account.user }

  /// The key of the session's record: 40 hex digits, safe as a file name.
  package var sessionKey: String { Identity.key(["session", system, origin.text, secretKind, user, organization]) }

  /// The key of the account's record, which all sessions of the user at the origin share.
  package var accountKey: String { Identity.key(["account", system, origin.text, user]) }

  /// The length stands before each part, so that no two lists of parts give the same bytes.
  private static func key(_ parts: [String]) -> String {
    let bytes = parts.flatMap { Array("\($0.utf8.count):".utf8) + Array($0.utf8) }
    return String(Hash.sha256(bytes).prefix(40))
  }
}
