// TransferLimits.swift - how long a transfer may take, and the options of the session that libcurl needs.

internal import DamCore

/// What a transfer needs to know besides the request.
struct TransferLimits: Sendable {
  /// Milliseconds in all; 0: no limit.
  let timeout: Int64
  let transport: Transport
  /// The session's own: what belongs to its server is shown to no other.
  let origin: Origin
  /// Streams come as they are: their length and ranges mean bytes of the file.
  let isCompressible: Bool
}
