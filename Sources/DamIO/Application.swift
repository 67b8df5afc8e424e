// Application.swift - what the application lends to its sessions, and what its credentials callback is asked for.

package import DamCore

/// What the application lends to its sessions. The closures run on a thread that is inside a call, and never while a
/// mutex is held.
package struct Application: Sendable {
  /// Asks for credentials; nil: the application has none.
  package var credentials: @Sendable (Prompt) -> Result<Secret?, Failure>
  package var log: @Sendable (LogLevel, String) -> Void
  /// Lines that matter less than this are not logged; nil: none is.
  package var logLevel: LogLevel?
  /// nil: the option "store" decides.
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

/// Which credentials are asked for, and of whom.
package struct Prompt: Sendable {
  package var isEncryptionSecret: Bool
  package var user: String
  package var origin: String
}
