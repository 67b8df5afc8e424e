// TransferLimits.swift - how long a transfer may take, and the options of the session that libcurl needs.

internal import DamCore

/// What a transfer needs to know besides the request.
struct TransferLimits: Sendable {
  /// Milliseconds in all; 0: no limit.
  var timeout: Int64
  var settings: Settings
  /// Streams come as they are: their length and ranges mean bytes of the file.
  var isCompressible: Bool
}
