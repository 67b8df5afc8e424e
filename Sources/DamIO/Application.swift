// Application.swift - what the application lends to its sessions, and what its credentials callback is asked for.

package import DamCore

/// What the application lends to its sessions. The closures run on a thread that is inside a call, and never while a
/// mutex is held.
package struct Application: Sendable {
  /// Asks for credentials; nil: the application has none.
  package let credentials: @Sendable (Prompt) -> Result<Secret?, Failure>
  package let log: Logger
  /// nil: the option "store" decides.
  package let store: (any ApplicationStore)?

  package init(
    credentials: @escaping @Sendable (Prompt) -> Result<Secret?, Failure>, log: Logger, store: (any ApplicationStore)?
  ) {
    self.credentials = credentials
    self.log = log
    self.store = store
  }
}

/// Which credentials are asked for, and of whom.
package struct Prompt: Sendable {
  package var kind: CredentialsKind
  package var user: String
  package var origin: String
}
