// Transport.swift - the settings of a session that say how to reach its server, as the transport takes them.

/// A reference: every call holds it, and it does not change.
package final class Transport: Sendable {
  package let caFile: String
  package let clientCertificate: String
  package let clientKey: String
  /// Digests of public keys, one of which the server must have; "" where none is set.
  package let pinnedKey: String
  package let proxy: Proxy
  package let unixSocket: String
  package let ipVersion: IPVersion
  package let newestHTTP: HTTPVersion
  /// In seconds; 0: no limit. The same for the next one.
  package let timeout: Int32
  package let idleTimeout: Int32
  /// In seconds.
  package let connectTimeout: Int32

  init(_ values: OptionValues) {
    let options = EngineOptions.shared
    caFile = values[options.caFile]
    clientCertificate = values[options.clientCertificate]
    clientKey = values[options.clientKey]
    pinnedKey = values[options.pinnedKey]
    proxy = values[options.proxy]
    unixSocket = values[options.unixSocket]
    ipVersion = values[options.ipVersion]
    newestHTTP = values[options.newestHTTP]
    timeout = values[options.timeout]
    idleTimeout = values[options.idleTimeout]
    connectTimeout = values[options.connectTimeout]
  }
}
