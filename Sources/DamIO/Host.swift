// Host.swift - what the host lends to its sessions, and what its credentials callback is asked for.

public import DamCore

/// What the host lends to its sessions. The closures run on the thread that is inside a call.
public struct Host: Sendable {
  public var credentials: @Sendable (Prompt) -> Result<Secret?, Failure>
  public var log: @Sendable (LogLevel, String) -> Void
  public var logLevel: LogLevel?
  public var store: HostStoreFunctions?

  public init(
    credentials: @escaping @Sendable (Prompt) -> Result<Secret?, Failure>, logLevel: LogLevel?,
    log: @escaping @Sendable (LogLevel, String) -> Void, store: HostStoreFunctions?
  ) {
    self.store = store
    self.credentials = credentials
    self.logLevel = logLevel
    self.log = log
  }
}

public struct Prompt: Sendable {
  public var isEncryptionSecret: Bool
  public var user: String
  public var origin: String
}
