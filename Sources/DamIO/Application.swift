// Application.swift - what the application lends to its sessions, and what its credentials callback is asked for.

package import DamCore

/// What the application lends to its sessions. The closures run on the thread that is inside a call.
package struct Application: Sendable {
  package let credentials: @Sendable (Prompt) -> Result<Secret?, Failure>
  package let log: Logger
  package let store: (any ApplicationStore)?

  package init(
    credentials: @escaping @Sendable (Prompt) -> Result<Secret?, Failure>, log: Logger, store: (any ApplicationStore)?
  ) {
    self.credentials = credentials
    self.log = log
    self.store = store
  }
}

package struct Prompt: Sendable {
  package var isEncryptionSecret: Bool
  package var user: String
  package var origin: String
}
