// Failure.swift - everything that can go wrong, by cause.
// It refuses to carry secrets: messages are written by us, plus at most a server's own short, printable sentence.

public struct Failure: Error, Equatable, Sendable {
  /// Why. DamABI maps each to its DAM_ERR_ status in one exhaustive switch.
  public enum Cause: Sendable, CaseIterable {
    case argument
    case option
    case nameUnknown
    case notSupported
    case callback
    case internalError
    case connect
    case tls
    case timeout
    case transfer
    case protocolViolation
    case tooLarge
    case insecure
    case cancelled
    case credentialsNeeded
    case credentialsRefused
    case secondFactor
    case organizationRefused
    case apiKeyRefused
    case tokenLimit
    case sessionInvalid
    case replayImpossible
    case throttled
    case server
    case handleStale
    case store
    case locked
    case recordNewer
  }

  public var cause: Cause
  public var message: String
  public var httpStatus: Int32
  /// Seconds that the server asked to wait, or nil.
  public var retryAfter: Int32?

  public init(_ cause: Cause, _ message: String, httpStatus: Int32 = 0, retryAfter: Int32? = nil) {
    self.cause = cause
    self.message = message
    self.httpStatus = httpStatus
    self.retryAfter = retryAfter
  }
}

/// How much a log line matters; the numbers are those of the header.
public enum LogLevel: Int32, Sendable, Comparable {
  case error = 1
  case warning = 2
  case info = 3
  case debug = 4

  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}
