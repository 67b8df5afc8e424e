// VerdictTableTests.swift - plays every row of the verdict table, with each of its authentications, through whole
// exchanges against a server that is well but for what the row says. The sandbox plays the same rows for the library
// that ships.

import TestSupport
import Testing

@testable import DamCore

@Suite("Verdict table")
struct VerdictTableTests {
  private static let read = Result { try VerdictTable() }
  private static let rows = (try? read.get())?.rows ?? []

  @Test("the table is read to its last word, and every stage is in it")
  func table() throws {
    let rows = try Self.read.get().rows
    #expect(rows.count >= 90)
    #expect(Set(rows.map(\.stage)) == Set(VerdictRow.Stage.allCases))
    #expect(rows.allSatisfy { !$0.authentications.isEmpty && ($0.cookies.isEmpty == ($0.cookie == nil)) })
  }

  @Test("each response comes to what its row says", arguments: rows)
  func verdict(row: VerdictRow) throws {
    for authentication in row.authentications {
      let play = Play(try Self.settings(row, authentication))
      let server = OddServer(row, authentication)
      play.server = server.response
      let isNew = [.login, .organization, .proof].contains(row.stage)
      if !isNew { #expect(try play.request(server.path).summary == "delivered 1") }
      let before = Snapshot(play)
      server.becomeOdd()
      let outcome = play.run(try Self.goal(row, server, play.settings))
      let abroad = play.sent.filter { $0.origin != play.settings.site.origin }
      #expect(abroad.allSatisfy { $0.secretHeaders.isEmpty && $0.secretQuery == nil })
      let after = Snapshot(play)
      let note = Comment(rawValue: authentication)
      #expect(Self.status(outcome) == row.outcome, note)
      #expect(outcome.httpStatus(server.lastStatus) == row.httpStatus, note)
      if row.remembered == "nothing" { #expect(outcome.failure?.retryAfter == row.retryAfter, note) }
      if case .loggedOut(let result) = outcome { #expect("\(result)" == row.logout, note) }
      let questions = after.questions - before.questions
      #expect(questions == row.confirmations, note)
      // Where credentials travel with every request, a login is the same request as a question.
      let logins = server.count("login") - (authentication == "query" ? questions : 0)
      #expect(logins == row.logins, note)
      #expect(after.tokens - before.tokens == row.tokens, note)
      #expect(after.change(since: before) == row.session, note)
      #expect((play.storedAccount?.refusals.last?.reason.rawValue ?? "nothing") == row.remembered, note)
      if let cookie = row.cookie {
        let held = play.stored?.secret?.cookies.value(cookie.name)?.revealText()
        #expect((held == cookie.value ? "adopted" : "ignored") == row.cookies, note)
      }
      try Self.remembers(row, play, hasSession: after.generation != nil, note)
    }
  }

  /// Another process finds the server well. What is remembered is not sent; else it logs in where there is no session.
  private static func remembers(_ row: VerdictRow, _ play: Play, hasSession: Bool, _ note: Comment) throws {
    let sibling = play.sibling()
    let server = OddServer(row, play.settings.system.authenticationName)
    server.hasEnded = row.stage == .loginAgain
    sibling.server = server.response
    guard row.remembered != "nothing" else {
      #expect(sibling.run(.ensure(again: false, saved: true)).failure == nil, note)
      #expect((server.count("login") > 0) == !hasSession, note)
      return
    }
    let outcome = try sibling.request(server.path)
    let expected = ["wrong": "credentialsRefused", "second-factor": "secondFactor", "unclear": "server"]
    #expect(outcome.summary == expected[row.remembered], note)
    #expect((outcome.failure?.retryAfter == 60) == (row.remembered == "unclear"), note)
    #expect(
      server.count("login") == (play.settings.system.authenticationName == "query" ? server.count("keepalive") : 0),
      note)
    if !hasSession { #expect(sibling.sent.isEmpty, note) }
  }

  private static func settings(_ row: VerdictRow, _ authentication: String) throws -> Settings {
    var changes = row.options
    changes["authentication"] = authentication
    if row.stage == .organization { changes["organization"] = "O1" }
    return row.system == "fotoweb" ? try Sample.fotoWeb(changes) : try Sample.photoShelter(changes)
  }

  private static func goal(_ row: VerdictRow, _ server: OddServer, _ settings: Settings) throws -> CallGoal {
    switch row.stage {
    case .login, .organization, .proof: return .ensure(again: false, saved: true)
    case .keepalive: return .keepalive
    case .logout: return .logout
    case .observe: return .observe(server.odd, nil)
    case .probe: return try Sample.request(settings, server.path, method: "POST", bodySize: 65_536)
    case .upload:
      let body = CallerRequest.Body(isPresent: true, size: nil, canRewind: false)
      return .request(
        try CallerRequest(
          method: "POST", path: server.path, headers: [], contentType: nil, body: body, image: nil, settings: settings))
    default: return try Sample.request(settings, server.path)
    }
  }

  /// The name of the constant for it, as DamABI has it: "DAM_ERR_TOKEN_LIMIT".
  private static func status(_ outcome: CallOutcome) -> String {
    guard let failure = outcome.failure else { return "DAM_OK" }
    if failure.cause == .protocolViolation { return "DAM_ERR_PROTOCOL" }
    let words = "\(failure.cause)".map { $0.isUppercase ? "_\($0)" : $0.uppercased() }
    return "DAM_ERR_" + words.joined()
  }
}

/// What a row compares before and after.
private struct Snapshot {
  /// nil without a usable secret.
  let generation: UInt64?
  let tokens: Int
  let questions: Int

  init(_ play: Play) {
    let system = play.settings.system
    let isUsable = play.state.record.secret.map(system.isUsable) ?? false
    generation = isUsable ? play.state.record.generation : nil
    tokens = play.storedAccount?.ledger.count ?? 0
    questions = Int(play.state.statistics.keepalives)
  }

  func change(since before: Snapshot) -> String {
    guard let generation else { return before.generation == nil ? "none" : "gone" }
    guard let old = before.generation else { return "opened" }
    return old == generation ? "kept" : "replaced"
  }
}

extension CallOutcome {
  /// The status that the caller gets.
  fileprivate func httpStatus(_ last: Int32) -> Int32 {
    switch self {
    case .delivered: last
    case .failed(let failure): failure.httpStatus
    case .ready, .loggedOut, .consentBegun, .deviceBegun: 0
    }
  }
}

/// A server that is well, until it becomes odd at one stage of a session, once or for good.
private final class OddServer {
  let path: String
  var hasEnded = false
  /// The last status that was not about the session itself.
  private(set) var lastStatus: Int32 = 0
  private let row: VerdictRow
  private let authentication: String
  private var isOdd = false
  private var seen: [String] = []
  private var struck: Set<String> = []
  private var secrets = 0

  init(_ row: VerdictRow, _ authentication: String) {
    self.row = row
    self.authentication = authentication
    path = row.system == "fotoweb" ? "Search" : "mem/gallery/query"
  }

  func becomeOdd() {
    (isOdd, seen, lastStatus) = (true, [], row.status)
    hasEnded = row.stage == .loginAgain
  }

  func count(_ stage: String) -> Int { seen.count { $0 == stage } }

  /// The response of the row.
  var odd: WireResponse {
    let secret = authentication == "login-token" ? Sample.encryptionSecret : Sample.password
    let encoded = String(decoding: ASCII.percentEncoded(secret.utf8), as: UTF8.self)
    // An hour after the time of `Play`.
    let fill = ["{other}": "https://other.example", "{secret}": encoded, "{later}": "Mon, 12 Jan 1970 14:46:40 GMT"]
    let block = row.headers.map { line in
      fill.reduce(line) { $0.replacing($1.key, with: $1.value) } + "\r\n"
    }.joined()
    // A character a byte, as the sandbox sends them.
    let bytes = block.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return WireResponse(status: row.status, headers: HeaderBlock(bytes), beginning: Array(row.body.utf8), isWhole: true)
  }

  func response(_ request: WireRequest) -> WireResponse {
    let stages = stages(request)
    seen += stages
    let response = strange(stages) ?? sound(request, stages)
    if stages == ["request"] { lastStatus = response.status }
    return response
  }

  private func strange(_ stages: [String]) -> WireResponse? {
    guard isOdd else { return nil }
    if row.stage == .confirmation, stages == ["request"] { return WireResponse(403) }
    let wanted: [String] =
      switch row.stage {
      case .loginAgain: ["login"]
      case .upload, .redirect: ["request"]
      case .proof, .confirmation, .probe: ["keepalive"]
      case .everything: ["request", "keepalive"]
      case .observe: []
      case .login, .organization, .request, .keepalive, .logout: [row.stage.rawValue]
      }
    guard let stage = stages.first(where: wanted.contains), !row.isOnce || struck.insert(stage).inserted else {
      return nil
    }
    return odd
  }

  /// As the sandbox has them: where credentials travel with every request, one is both.
  private func stages(_ request: WireRequest) -> [String] {
    let path = request.target.prefix { $0 != "?" }
    if row.system == "fotoweb" {
      let query = request.secretQuery?.revealText() ?? ""
      if query.hasPrefix("lt=") || request.form != nil { return ["login"] }
      guard path.hasSuffix("/ArchiveAgent/Information") else { return ["request"] }
      return authentication == "query" ? ["keepalive", "login"] : ["keepalive"]
    }
    if path.hasSuffix("/mem/authenticate") { return ["login"] }
    if path.hasSuffix("/authenticate") { return ["organization"] }
    if path.hasSuffix("/mem/user/session") { return ["keepalive"] }
    return [path.hasSuffix("/logout") ? "logout" : "request"]
  }

  private func sound(_ request: WireRequest, _ stages: [String]) -> WireResponse {
    let isPhotoShelter = row.system == "photoshelter"
    if stages.contains("login"), authentication != "query" {
      hasEnded = false
      secrets += 1
      let cookie = isPhotoShelter ? "SSphotoshelter_com_mem" : "FWSession"
      return .ok("Set-Cookie: \(cookie)=s\(secrets)", data: #"{"token":"t\#(secrets)"}"#)
    }
    if hasEnded { return isPhotoShelter ? .expired : WireResponse(401) }
    // To log in is to post a form.
    if request.target.hasSuffix("/Login.fwx") { return WireResponse(405) }
    let isKnown = ["/psapi/", "/fotoweb/fwbin/"].contains { request.target.hasPrefix($0) }
    guard isKnown else { return WireResponse(404) }
    return isPhotoShelter ? .ok() : WireResponse(200, ["Content-Type: text/xml"], "<x/>")
  }
}
