// Settings.swift - options with meaning, checked together once, when a session is opened.
// Whatever a session needs later is here as a typed value, so that nothing is looked up by name on the way. It refuses
// combinations that cannot work, and says which option to change.

public struct Settings: Sendable {
  public let systemName: String
  public let origin: Origin
  public let user: String
  public let authentication: String
  public let organization: String
  public let password: Secret?
  public let encryptionSecret: Secret?
  public let apiKey: Secret?
  public let apiKeyInHeader: Bool
  public let organizationMethod: String
  public let logoutMethod: String
  public let serializesRotation: Bool
  public let apiPath: String
  public let queryNames: [String]
  public let invalidStatuses: [Int32]
  public let invalidClasses: [String]
  public let invalidText: String
  public let tokenLimitText: String
  public let loginTokenLife: Int64
  public let loginTokenIsLegacy: Bool
  public let store: String
  public let lockTimeout: Int32
  public let idleLimit: Int32
  public let tokenLimit: Int32
  public let tokenReserve: Int32
  public let caFile: String
  public let clientCertificate: String
  public let clientKey: String
  public let pinnedKey: String
  public let proxy: String
  public let unixSocket: String
  public let ipVersion: String
  public let newestHTTP: String
  public let redirects: Int32
  public let retries: Int32
  public let retryAfter: Int32
  public let timeout: Int32
  public let idleTimeout: Int32
  public let connectTimeout: Int32
  public let responseLimit: Int64
}

extension Array {
  subscript(_ index: Int, or other: Element) -> Element { indices.contains(index) ? self[index] : other }
}
