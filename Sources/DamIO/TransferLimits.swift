// TransferLimits.swift - how long a transfer may take, and the options of the session that libcurl needs.

internal import DamCore

/// What a transfer needs to know besides its request.
struct TransferLimits: Sendable {
  /// Milliseconds in all; 0: no limit.
  let timeout: Int64
  /// Whether the request says so, and not the option.
  let isRequests: Bool
  let transport: Transport
  /// The session's own origin: what the options say about its server (certificates, keys) is for no other.
  let origin: Origin
  /// Whether the response may be compressed on the way. Streams must not: their lengths and ranges count bytes of the
  /// file.
  let isCompressible: Bool
  /// The body of the response may be large: fewer and larger pieces cost less.
  var isStream = false
}
