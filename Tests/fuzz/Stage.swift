// Stage.swift - the engine against a server, a store and an application that the input makes up: whatever they say,
// what is promised in design and header must hold at every step. It does what an exchange asks for as a driver would,
// and looks at everything that is about to leave.

@testable import DamCore

final class Stage {
  let kind: Kind
  var state = SessionState()
  var session = Loading<SessionRecord>.absent
  var account = Loading<AccountRecord>.absent
  var now: Int64 = 1_790_000_000
  /// What is out of order at present.
  var storeIsFull = false
  var isLocked = false
  var hostKnowsPassword = true
  /// How many device tokens were taken.
  private(set) var tokens = 0
  /// Hears of everything that is about to leave after the first.
  var onForeign: ((WireRequest) -> Void)?
  private var replies: [Reply]
  /// What is said when no other reply is left.
  private let always: Reply?
  private var checked = SessionRecord()
  private var microseconds: UInt64 = 0
  /// What proves the user, as far as this session knows it: neither messages nor other origins may.
  private var known: Set<String>

  init(_ kind: Kind, _ replies: [Reply] = [], always: Reply? = nil) {
    self.kind = kind
    self.replies = replies
    self.always = always
    let settings = kind.settings
    known = Set(settings.secrets.map { $0.revealText() })
  }

  /// That of the stored session.
  private var generation: UInt64 {
    if case .record(let held) = session { return held.generation }
    return 0
  }

  /// Another process with the same store.
  func forget() { state = SessionState() }

  /// As if the session had been opened with a stored record.
  func signIn() { session = .record(kind.record) }

  func takeReply() -> Reply? { replies.isEmpty ? always : replies.removeFirst() }

  func run(_ goal: CallGoal, isSentElsewhere: Bool = false) {
    var manner = CallManner()
    manner.isSentElsewhere = isSentElsewhere
    var exchange = CallMachine(goal, kind.settings, manner)
    var event = CallEvent.begin
    var forCaller = 0
    let loginsBefore = state.statistics.logins
    for _ in 0..<500 {
      microseconds += 1
      let moment = Moment(seconds: now, microseconds: UInt64(now) * 1_000_000 + microseconds)
      let action = exchange.step(event, &state, moment)
      for line in exchange.takeLines() { checkLine(line.message, mark: "://") }
      if case .send(let wire) = action {
        forCaller += wire.isForCaller ? 1 : 0
        checkWire(wire)
      }
      if case .finish(let outcome) = action {
        check(state.statistics.logins - loginsBefore <= 3, "one call logs in three times at the most")
        check(forCaller <= 3 * 11 + 10, "the caller's request is sent so often only where redirects lead")
        return checkOutcome(outcome)
      }
      event = perform(action)
    }
    check(false, "an exchange ends")
  }

  private func checkOutcome(_ outcome: CallOutcome) {
    checkRecord(state.record)
    guard case .failed(let failure) = outcome else { return }
    check(failure.cause != .internalError, "no response leads to a state that should not exist: \(failure.message)")
    checkLine(failure.message, mark: ": the server says ")
  }

  /// Where this mark says that words of a server's are in it, for a secret in any spelling.
  private func checkLine(_ message: String, mark: String) {
    checkMessage(message, Array(known))
    guard let words = message.firstRange(of: mark) else { return }
    let secret = Canary.seenInAnySpelling(of: String(message[words.upperBound...]), Array(known))
    check(secret == nil, "a message holds the secret \(secret ?? "") in another spelling: \(message)")
  }

  private func checkRecord(_ record: SessionRecord) {
    guard record != checked, let secret = record.secret else { return }
    checked = record
    for (name, value) in secret.cookies.live {
      check(!name.isEmpty && isPrintable(name.utf8), "an adopted cookie has a name")
      check(!value.isEmpty && isPrintable(value.reveal()), "an adopted cookie is visible ASCII")
    }
    guard case .value(let back) = SessionRecord.decode(record.encoded(revision: 7)) else {
      return check(false, "a record can be read back")
    }
    check(back.value == record && back.revision == 7, "a record is read back as it was")
  }

  /// What is about to leave.
  private func checkWire(_ wire: WireRequest) {
    let isOwn = wire.origin == kind.settings.site.origin
    check(wire.origin.isSecure, "https never becomes http")
    check(wire.target.hasPrefix("/") && isPrintable(wire.target.utf8), "a target is visible ASCII: \(wire.target)")
    check(isPrintable(wire.url.reveal()), "a URL is visible ASCII")
    let names = wire.headers.map(\.name) + wire.secretHeaders.map(\.name)
    check(names.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(ASCII.isToken) }, "header names are tokens")
    let lines = wire.headerLines.reveal()
    check(lines.count { $0 == 0x0A } == names.count, "no header brings another one along")
    check(lines.count { $0 == 0x0D } == names.count && !lines.contains(0), "no header holds CR or NUL")
    guard !isOwn else { return note(wire) }
    onForeign?(wire)
    check(["GET", "HEAD"].contains(wire.method) && wire.hasNoBody, "another origin gets a bare GET or HEAD")
    check(wire.secretHeaders.isEmpty && wire.secretQuery == nil, "another origin gets no secret")
    check(
      !names.contains { ["cookie", "authorization", "x-mine"].contains($0.lowercased()) }, "nor what says who asks")
    let secret = Canary.seenInAnySpelling(of: wire.url.revealText(), Array(known))
    check(secret == nil, "another origin gets the secret \(secret ?? "") in \(wire.url.revealText())")
  }

  /// Only what cannot be an ordinary word of a message.
  private func note(_ wire: WireRequest) {
    guard let secret = state.record.secret else { return }
    let texts = ([secret.token].compactMap { $0 } + secret.cookies.live.map(\.value)).map { $0.revealText() }
    known.formUnion(texts.filter { $0.hasPrefix("canary") && $0.utf8.count >= 12 })
  }

  /// In place of the slow hash.
  static func hash(_ secret: Secret, _ salt: String) -> String {
    String(Hash.sha256(Array(salt.utf8) + secret.reveal()).prefix(32))
  }

  private func perform(_ action: CallAction) -> CallEvent {
    switch action {
    case .load: return .loaded(session)
    case .lockSession: return .sessionLocked(isLocked ? .busy : .held, session)
    case .lockAccount: return .accountLocked(isLocked ? .busy : .held, account, entropy: [UInt8](0..<16))
    case .derive(let secret, let salt): return .derived(Stage.hash(secret, salt))
    case .askCredentials: return .credentials(hostKnowsPassword ? Secret(Canary.password) : nil)
    case .send:
      switch takeReply() {
      case .response(let response): return .responded(response)
      case .broken(let failure, let head): return .failed(failure, head: head)
      case nil: return .failed(Failure(.connect, "there is no response left"), head: nil)
      }
    case .saveSession(let record, _):
      if storeIsFull { return .savedSession(.failed("the disk is full")) }
      var joined = record
      if case .record(let held) = session { joined = held.joined(record) }
      if kind.settings.system.isScarce, record.secret != nil, record.generation > generation { tokens += 1 }
      session = .record(joined)
      return .savedSession(.saved(joined))
    case .saveAccount(let record):
      if storeIsFull { return .savedAccount(.failed("the disk is full")) }
      var joined = record
      if case .record(let held) = account { joined = held.joined(record) }
      account = .record(joined)
      return .savedAccount(.saved(joined))
    case .unlock: return .unlocked
    case .wait(let milliseconds):
      check(milliseconds <= 3_600_000, "nobody waits for ever")
      return .waited
    case .give: return .given
    case .finish: return .unlocked
    }
  }
}

extension WireRequest {
  /// All header lines, with their secrets.
  fileprivate var headerLines: Secret {
    var bytes: [UInt8] = []
    for (name, value) in headers { bytes += "\(name): \(value)\r\n".utf8 }
    for (name, value) in secretHeaders { bytes += Array("\(name): ".utf8) + value.reveal() + [0x0D, 0x0A] }
    return Secret(bytes)
  }
}
