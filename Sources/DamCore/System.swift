// System.swift - what a DAM system has to tell the engine. One file per system implements it; every difference between
// vendors is there and nowhere else. To add a third system: one file with one type, one row in `Systems.all`, one test
// file, and its names in the option table's help. It refuses to hold state: all of these are pure functions of settings.

/// How a login goes on after an answer.
enum LoginStep {
  /// Send this next.
  case send(WireRequest)
  /// The login is complete.
  case finished
}

/// What a login has gathered so far.
struct LoginProgress {
  var credentials: Secret
  var secret = SessionSecret()
  var organizations: [Organization] = []
  /// Which request was sent last; the system's own counting, from 0.
  var stage = 0
  /// Our clock, and the server's minus ours, in seconds.
  var now: Int64
  var clockSkew: Int64
  /// The stamp of the request whose answer comes next.
  var stamp: UInt64 = 0
}

/// What an answer says about the session (design: verdicts).
enum Verdict {
  /// An ordinary answer of the application, whatever its status.
  case deliver
  case sessionInvalid
  /// It may be over, or this one thing may be forbidden: a small request with the same secret will tell. What is scarce is
  /// never replaced on a suspicion.
  case sessionSuspect
  case failed(Failure)
}

protocol System: Sendable {
  static var name: String { get }
  /// The first is the default.
  static var authentications: [String] { get }
  /// "" where every customer has their own server.
  static var defaultURL: String { get }
  static var defaultPath: String { get }
  /// Refuses settings that this system cannot work with.
  static func check(_ settings: Settings) throws(Failure)

  init(_ settings: Settings)

  var secretKind: String { get }
  /// Every answer brings a new cookie.
  var rotates: Bool { get }
  /// Answers may bring cookies that belong to the session.
  var keepsCookies: Bool { get }
  /// A login uses up something that only an administrator gives back: save before use, count, never waste.
  var isScarce: Bool { get }
  /// Credentials travel with every request.
  var sendsCredentials: Bool { get }
  var credentialsAreEncryptionSecret: Bool { get }
  var hasOrganizations: Bool { get }
  /// Whether the system can be told that a session is over.
  var hasLogout: Bool { get }

  /// Whether a login's yield is complete enough to authorize requests.
  func isUsable(_ secret: SessionSecret) -> Bool

  /// The first request of a login.
  func beginLogin(_ progress: inout LoginProgress) throws(Failure) -> WireRequest
  /// Takes the answer to the last one.
  func continueLogin(_ progress: inout LoginProgress, _ answer: Answer) throws(Failure) -> LoginStep

  /// Adds what proves the user and the program. Called last.
  func authorize(_ request: inout WireRequest, _ secret: SessionSecret, credentials: Secret?)
  func judge(_ answer: Answer, to request: WireRequest) -> Verdict
  /// A small request that only resets the idle clock and shows whether the session lives.
  var keepalive: WireRequest { get }
  /// Whether sessions end of idleness.
  var hasIdleLimit: Bool { get }
  /// Why a host must not send a request to this path (lower case, decoded); nil when it may.
  func objection(to path: [String]) -> String?
  func logout(_ secret: SessionSecret) -> WireRequest?
  func confirmsLogout(_ answer: Answer) -> Bool

  /// The bare token, for those who want it.
  func token(_ secret: SessionSecret) -> Secret?
  /// What object IDs are bound to; nil where they are free.
  func binding(_ secret: SessionSecret) -> Secret?
  /// Headers that a request of the host may not set itself, in lower case.
  var reservedHeaders: [String] { get }
}

/// The systems there are.
public enum Systems {
  static let all: [any System.Type] = [PhotoShelter.self, FotoWeb.self]

  static var names: [String] { all.map { $0.name } }
  static var authentications: [String] { all.flatMap { $0.authentications } }
  static func make(_ settings: Settings) -> any System {
    (kind(settings.systemName) ?? PhotoShelter.self).init(settings)
  }
  static func kind(_ name: String) -> (any System.Type)? { all.first { $0.name == name } }
}

extension System {
  /// How new a record's secret is. Where cookies do not rotate, only a login makes a newer one.
  func freshness(_ record: SessionRecord) -> Freshness {
    Freshness(generation: record.generation, stamp: rotates ? record.freshness.stamp : 0)
  }

  /// The verdicts that every HTTP API has in common; nil: the system must look closer.
  func commonFailure(_ answer: Answer) -> Failure? {
    if answer.status == 429 || (answer.status == 503 && answer.retryAfter != nil) {
      return Failure(
        .throttled, "the server asks to slow down (HTTP \(answer.status))", httpStatus: answer.status,
        retryAfter: answer.retryAfter)
    }
    if answer.status >= 500 {
      return Failure(
        .server, "the server failed (HTTP \(answer.status)); try again later", httpStatus: answer.status,
        retryAfter: answer.retryAfter)
    }
    return nil
  }

  /// Whether a refused login says nothing about the credentials: there is no such thing here, or somebody on the way
  /// (a proxy, a gateway, the server's own limits) did not let it through.
  func saysNothingOfCredentials(_ status: Int32) -> Bool {
    [404, 405, 407, 408, 410, 411, 413, 414, 421, 425, 426, 428, 431, 451].contains(status)
  }

  /// A redirect to a login page is how web applications say that a session is over.
  func isRedirectToLogin(_ answer: Answer) -> Bool {
    guard (300..<400).contains(answer.status), let location = answer.headers.first("location") else { return false }
    return String(decoding: location, as: UTF8.self).prefix { $0 != "?" }.lowercased().contains("login")
  }

  /// A page where the API answers with data: what servers show instead of an error.
  func isPageInsteadOfData(_ answer: Answer, _ request: WireRequest, _ settings: Settings) -> Bool {
    answer.isSuccess && answer.mediaType == "text/html" && request.target.hasPrefix(settings.apiPath)
  }
}
