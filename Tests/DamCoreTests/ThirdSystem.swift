// ThirdSystem.swift - a vendor that shares no rule with the two that the library knows, as somebody who adds one would
// write it: this file and a name in a list of systems. Its login is JSON behind a path of its own, which yields a token
// that the server gives a life in seconds; the token travels in a header of its own, and a status of its own says that
// it is over. It is made against nothing but what the engine offers to its systems, hence no @testable.

import DamCore

struct Lightbox: System {
  enum Authentication: String, CaseIterable, Sendable { case pass }

  struct Options: OptionGroup {
    static let shared = Options()
    let desk = TypedOption<String>.text("desk", default: "night", "the desk that asks.")
    let overStatus = TypedOption<Int32>.count("over-status", 400...499, default: 440, "the status of a session's end.")

    var all: [OptionRow] { [desk, overStatus] }
  }

  static let name = "lightbox"
  static let title = "Lightbox"
  static let defaultURL = ""
  static func defaultPath(_ values: OptionValues) -> String { "/v7/" }
  static let userIs = "staff number"
  static let options = Options.rows
  static let secretNames = ["pass"]

  let authentication: Authentication
  let credentials: CredentialsKind
  private let site: Site
  private let desk: String
  private let overStatus: Int32

  init(_ site: Site, _ authentication: Authentication, _ values: OptionValues) throws(Failure) {
    guard site.user.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw Failure(.option, "\"user\" is a staff number: digits")
    }
    self.site = site
    self.authentication = authentication
    credentials = .password(values[values.vocabulary.password])
    desk = values[Options.shared.desk]
    overStatus = values[Options.shared.overStatus]
  }

  let secretKind = "pass"
  let rotates = false
  let keepsCookies = false
  let cookieNames: [String] = []
  let scarcity: Scarcity? = nil
  let sendsCredentials = false
  let putsSecretsInURL = false
  let hasToken = true
  let hasOrganizations = false
  let hasIdleLimit = false
  let reservedHeaders = ["x-pass"]

  func isUsable(_ secret: SessionSecret) -> Bool { secret.token != nil }

  func beginLogin(_ progress: inout LoginProgress) throws(Failure) -> WireRequest {
    var request = site.request("PUT", "doors/front")
    let json = JSONValue.object([
      "staff": .string(site.user), "desk": .string(desk), "word": .string(progress.credentials.revealText()),
    ])
    request.body = .json(Secret(json.encoded()))
    return request
  }

  func continueLogin(_ progress: inout LoginProgress, _ response: WireResponse) throws(Failure) -> LoginStep {
    if let failure = commonFailure(response) { throw failure }
    guard response.status == 201, let json = JSONValue.parse(response.beginning),
      let token = json["pass"]?.text.flatMap({ Secret(forHeader: $0) }), let life = json["seconds"]?.integer, life > 0
    else {
      return .denied(.wrong, Failure(.credentialsRefused, "the door stays shut", httpStatus: response.status))
    }
    progress.secret.token = token
    progress.secret.expiresAt = progress.now + min(life, 86_400)
    return .finished
  }

  func authorize(_ request: inout WireRequest, _ secret: SessionSecret, credentials: Secret?) {
    if let token = secret.token { request.secretHeaders.append(("X-Pass", token)) }
  }

  func judge(_ response: WireResponse, to request: WireRequest) -> Verdict {
    if response.status == overStatus { return .sessionInvalid }
    return commonFailure(response).map { .failed($0) } ?? .deliver
  }

  func proves(_ response: WireResponse, to request: WireRequest) -> Bool { false }
  var keepalive: WireRequest { site.request("HEAD", "doors/front") }
  func objection(to path: RequestPath) -> String? { path.contains("doors") ? "the doors are the session's own" : nil }
  func writes(to path: RequestPath) -> Bool { false }
  func logout(_ secret: SessionSecret) -> WireRequest? {
    var request = site.request("DELETE", "doors/front")
    authorize(&request, secret, credentials: nil)
    return request
  }
  func confirmsLogout(_ response: WireResponse) -> Bool { response.status == 204 }
  func token(_ secret: SessionSecret) -> Secret? { secret.token }
  func binding(_ secret: SessionSecret) -> Secret? { nil }
}
