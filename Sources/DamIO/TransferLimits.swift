// TransferLimits.swift - how long a transfer may take, and the options of the session that libcurl needs.

internal import DamCore

/// What a transfer needs to know besides its request.
struct TransferLimits: Sendable {
  /// Milliseconds in all; 0: no limit.
  var timeout: Int64
  /// Who says so, for messages.
  var timeoutBy: String
  let transport: Transport
  /// The session's own origin: what the options say about its server (certificates, keys) is for no other.
  let origin: Origin
  /// Whether the response may be compressed on the way. Streams must not: their lengths and ranges count bytes of the
  /// file.
  let isCompressible: Bool
  /// The body of the response may be large: fewer and larger pieces cost less.
  var isStream = false

  /// The same for a request of a login, which has to be over at this time (Clock.monotonic).
  func ending(at end: UInt64) -> TransferLimits {
    let now = Clock.monotonic
    let left = end > now ? max(1, Int64(clamping: (end - now) / 1000)) : 1
    guard timeout == 0 || left < timeout else { return self }
    var limits = self
    (limits.timeout, limits.timeoutBy) = (left, "\"login-timeout\"")
    return limits
  }
}
