// Failure.swift - everything that can go wrong, by cause. Messages are written by us and hold no secret. What a server
// said is kept apart from them until secrets have been removed from it.

package struct Failure: Error, Equatable, Sendable {
  /// Why it failed. DamABI maps each to its DAM_ERR_ status in one exhaustive switch; the header says what each means.
  package enum Cause: Sendable, CaseIterable {
    case argument
    case option
    case notFound
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
    case consent
    case license
    case throttled
    case server
    case handleStale
    case store
    case locked
    case recordNewer
  }

  package var cause: Cause
  package var message: String
  /// The server's own words, printable; "" for none. They may quote secrets: see `CallContext.clean`.
  var quote = ""
  /// The status of the response that it is about; 0 for none.
  package var httpStatus: Int32
  /// How many seconds the server (or our own back-off) asks to wait; nil: nothing was said.
  package var retryAfter: Int32?

  package init(_ cause: Cause, _ message: String, httpStatus: Int32 = 0, retryAfter: Int32? = nil) {
    self.cause = cause
    self.message = message
    self.httpStatus = httpStatus
    self.retryAfter = retryAfter
  }

  /// The same failure with something more to know; "" for nothing.
  func adding(_ words: String) -> Failure {
    var failure = self
    if !words.isEmpty { failure.message += "; " + words }
    return failure
  }

  /// The same failure with the server's words.
  package func quoting(_ words: String) -> Failure {
    var failure = self
    failure.quote = words
    return failure
  }
}

/// How much a log line matters; the numbers are those of the header.
package enum LogLevel: Int32, Sendable, Comparable {
  case error = 1
  case warning = 2
  case info = 3
  case debug = 4

  package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}
