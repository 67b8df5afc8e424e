// Application.swift - what the application lends to its sessions, and what its credentials callback is asked for.

package import DamCore

/// What the application lends to its sessions. The closures run on the thread that is inside a call.
package struct Application: Sendable {
  package var credentials: @Sendable (Prompt) -> Result<Secret?, Failure>
  package var log: @Sendable (LogLevel, String) -> Void
  package var logLevel: LogLevel?
  package var store: CallerStoreFunctions?

  package init(
    credentials: @escaping @Sendable (Prompt) -> Result<Secret?, Failure>, logLevel: LogLevel?,
    log: @escaping @Sendable (LogLevel, String) -> Void, store: CallerStoreFunctions?
  ) {
    self.store = store
    self.credentials = credentials
    self.logLevel = logLevel
    self.log = log
  }
}

package struct Prompt: Sendable {
  package var isEncryptionSecret: Bool
  package var user: String
  package var origin: String
}
