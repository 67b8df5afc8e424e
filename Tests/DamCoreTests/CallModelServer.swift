// CallModelServer.swift - the server of the model: sessions that expire, cookies that rotate, logins that are counted.
// It is written from the two guides and as strict as they allow, so that a fault of the engine has consequences here.

import TestSupport

@testable import DamCore

/// What kind of server and client are tried against each other.
struct ModelKind: Sendable, CustomStringConvertible {
  enum Expiry: Sendable {
    case errorClass
    case status401
    case redirect
  }

  let description: String
  let options: [String: String]
  var isFotoWeb = false
  /// A cookie that was superseded by a newer one is refused.
  var isStrict = false
  var expiry = Expiry.errorClass
  /// Responses may be lost on the way, before the server has acted or after.
  var losesAnswers = false
  var logsOut = false
  /// Sessions are a person's consent, and renewed by tokens that are good for one renewal; nil: by passwords.
  var renewals: RefreshTokens.Manner?
  /// Processes may be killed, with all that they have not saved.
  var kills = false

  /// Where requests with cookies are parallel, the one replay may go to a newer cookie of the very session that has
  /// ended.
  var mayReplayInVain: Bool { isFotoWeb || options["rotation"] == "newest" }

  func settings() throws(Failure) -> Settings {
    let changes = options.mapValues { Optional($0) }
    if renewals != nil { return try Sample.fotoWare(changes) }
    return try isFotoWeb ? Sample.fotoWeb(changes) : Sample.photoShelter(changes)
  }
}

struct ModelServer {
  private struct Session {
    var isAlive = true
    var isMember = false
    /// The number of the cookie that was given out last.
    var cookie = 0
  }

  let kind: ModelKind
  private var sessions: [Session] = []
  private(set) var logins = 0
  private(set) var tokens: RefreshTokens?
  /// What makes a login necessary: sessions that ended here.
  private(set) var ends = 0

  init(_ kind: ModelKind) {
    self.kind = kind
    tokens = kind.renewals.map(RefreshTokens.init)
    // What the person has consented to.
    if tokens != nil { sessions.append(Session()) }
  }

  /// All sessions end.
  mutating func expire() {
    if sessions.contains(where: \.isAlive) { ends += 1 }
    for index in sessions.indices { sessions[index].isAlive = false }
  }

  /// The number of the session that a secret belongs to: "s12.3" is the third cookie of session 12.
  static func session(of value: String) -> Int? {
    guard let start = value.lastIndex(of: "s") else { return nil }
    return Int(value[start...].dropFirst().prefix { $0.isNumber })
  }

  static func secret(_ request: WireRequest) -> String? {
    request.secretHeader("Cookie") ?? request.secretHeader("X-PS-Auth-Token") ?? request.bearer
  }

  mutating func handle(_ request: WireRequest) -> WireResponse {
    let path = request.target.lowercased()
    if path.hasSuffix("/token") { return renew(request) }
    if path.hasSuffix("/login.fwx") || path.hasSuffix("/mem/authenticate") { return login() }
    let secret = ModelServer.secret(request)
    if path.hasSuffix("/logout") { return logout(secret) }
    guard let secret, let index = ModelServer.session(of: secret), sessions.indices.contains(index),
      sessions[index].isAlive, isCurrent(secret, sessions[index])
    else { return expired }
    if path.contains("/organization/") {
      sessions[index].isMember = true
    }
    // Members see other pictures than the person does: a forgotten step is an error that nobody notices.
    else if kind.options["organization"] != nil, !sessions[index].isMember {
      return WireResponse(418)
    }
    tokens?.used = index
    return ok(index)
  }

  /// An access token is a session of its own.
  private mutating func renew(_ request: WireRequest) -> WireResponse {
    let token = request.fields["refresh_token"].flatMap(RefreshTokens.number)
    guard let next = token.flatMap({ tokens?.renew($0) }) else {
      // Whoever shows an old token may have stolen it: all that came of it is over.
      for index in sessions.indices { sessions[index].isAlive = false }
      return WireResponse(400, [], #"{"error":"invalid_grant"}"#)
    }
    logins += 1
    if kind.renewals == .endsAccess { for index in sessions.indices { sessions[index].isAlive = false } }
    sessions.append(Session())
    return .tokens("s\(next)", "r\(next)")
  }

  private func isCurrent(_ secret: String, _ session: Session) -> Bool {
    !kind.isStrict || secret.hasSuffix(".\(session.cookie)")
  }

  private mutating func login() -> WireResponse {
    logins += 1
    sessions.append(Session())
    return ok(sessions.count - 1)
  }

  private mutating func logout(_ secret: String?) -> WireResponse {
    guard let secret, let index = ModelServer.session(of: secret), sessions.indices.contains(index),
      sessions[index].isAlive
    else { return expired }
    sessions[index].isAlive = false
    // The trap: a deletion, then the cookie that was sent.
    return .ok("Set-Cookie: mem=x; Max-Age=0", "Set-Cookie: \(secret)")
  }

  private mutating func ok(_ index: Int) -> WireResponse {
    if kind.isFotoWeb { return WireResponse(200, ["Set-Cookie: FWSession=s\(index)"]) }
    if kind.renewals != nil { return WireResponse(200) }
    if kind.options["authentication"] == "token" { return .ok(data: #"{"token":"s\#(index)"}"#) }
    sessions[index].cookie += 1
    return .ok("Set-Cookie: mem=x; Max-Age=0", "Set-Cookie: mem=s\(index).\(sessions[index].cookie)")
  }

  private var expired: WireResponse {
    switch kind.expiry {
    case .errorClass: .expired
    case .status401: WireResponse(401)
    case .redirect: WireResponse(302, ["Location: /login"])
    }
  }
}
