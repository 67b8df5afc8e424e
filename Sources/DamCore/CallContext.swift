// CallContext.swift - what the stages of a call share: what the call is for, what it has found out, and how it logs and
// words its failures. The session's state and the time are the driver's, and lent to it for the length of one step.

struct CallContext: Sendable {
  let settings: Settings
  let goal: CallGoal
  let manner: CallManner

  /// What this process knows of the session, swapped in by `CallMachine.step`; empty between steps.
  var state = SessionState()
  /// The time of the present step.
  var moment = Moment(seconds: 0, microseconds: 0)

  /// When this call began, in microseconds since 1970. What siblings found out after that is news to it.
  var beganAt: UInt64 = 0
  /// How new the secret was that the server refused to this call: only something newer may be tried again. nil: none
  /// was refused.
  var refused: Freshness?
  /// The credentials as far as the call has asked for them, and their slow hashes.
  var credentials = KnownCredentials()
  /// How the server judged credentials that travel with every request: found by Delivery, remembered by Login once both
  /// locks are held.
  var denial: Denial?
  /// The account's record as it was when the account was locked; empty before.
  var account = AccountRecord()
  /// Why nobody knows what siblings are doing: the lock that the call holds is none, or the record could not be read
  /// under it. nil: the store is in order, as far as the call has asked it.
  var storeTrouble: String?
  /// What the last login of this call has made.
  var made = Made()
  /// How many logins this call began, and how many of them because a secret was refused to it.
  var logins = 0
  var relogins = 0

  /// Every secret that this call has sent or observed, also those that a rotation has replaced since: see `clean`.
  private var sentSecrets: [Secret] = []
  private var lines: [(level: LogLevel, message: String)] = []

  /// What a login of this call has yielded. Whether it is any good, the first response to it shows.
  struct Made: Sendable {
    /// nil: this call has not logged in.
    var generation: UInt64?
    /// The scarce secret whose place it took; known to be dead once the new one was accepted.
    var replaced: Secret?
    /// What a renewal of this call has made.
    var renewed: UInt64?
    /// Why a scarce secret is not on disk; nil: it is, or nothing scarce was made.
    var unsaved: String?
  }

  init(_ goal: CallGoal, _ settings: Settings, _ manner: CallManner) {
    self.goal = goal
    self.settings = settings
    self.manner = manner
  }

  var system: any System { settings.system }
  var home: Origin { settings.site.origin }

  /// How new the secret is. Where cookies do not rotate, only a login makes a newer one.
  var freshness: Freshness { system.freshness(state.record) }

  /// The session's secret if it is worth sending: complete, not expired, and newer than what was refused to this call.
  /// Where credentials travel with every request, it must be the proof of the very credentials at hand.
  var usable: SessionSecret? {
    guard let secret = state.record.secret, system.isUsable(secret), !secret.hasExpired(at: moment) else { return nil }
    if let refused, freshness <= refused { return nil }
    if system.sendsCredentials {
      guard let salt = secret.proofSalt, let hash = credentials.hash(salt), secret.proof == salt + ":" + hash else {
        return nil
      }
    }
    return secret
  }

  /// Whether the session's lock is held from before the request is sent until its response is judged: that brings the
  /// cookie which the next request must carry.
  var serializes: Bool {
    switch goal {
    case .request, .keepalive, .observe: system.rotates && settings.rotation == .serialize
    case .ensure, .consent, .handOver, .logout, .forget: false
    }
  }

  // MARK: Log and messages

  /// The line is not put together where nobody reads it.
  mutating func log(_ level: LogLevel, _ line: @autoclosure () -> String) {
    log(level) { _ in line() }
  }

  /// The same for a line that tells of the context.
  mutating func log(_ level: LogLevel, _ line: (CallContext) -> String) {
    if let most = manner.logLevel, level <= most { lines.append((level, line(self))) }
  }

  mutating func takeLines() -> [(level: LogLevel, message: String)] {
    guard !lines.isEmpty else { return [] }
    defer { lines = [] }
    return lines
  }

  /// From now on `clean` keeps this secret out of messages: a server may quote what it was sent.
  mutating func keepOut(_ secret: SessionSecret) {
    // For every request: without a list of them.
    if let token = secret.token { sentSecrets.append(token) }
    if let token = secret.refreshToken { sentSecrets.append(token) }
    for cookie in secret.cookies.live { sentSecrets.append(cookie.value) }
  }

  /// What must not appear in another origin's URL: every secret that this call knows, also those of before a rotation.
  var secrets: [Secret] {
    let held = state.record.secret
    let tokens = [held?.token, held?.refreshToken, credentials.secret].compactMap { $0 }
    // A cookie of less than four characters is a preference and no proof.
    let cookies = [held?.cookies.live.map(\.value) ?? [], sentSecrets].joined()
    return [tokens, settings.secrets, cookies.filter { $0.count >= 4 }].flatMap { $0 }
  }

  /// The URL of a request as a log may show it. A server that redirects may have put a secret that it was sent into the
  /// path, which then is left out.
  func shown(_ request: WireRequest, isRedirected: Bool) -> String {
    let url = request.redactedURL
    guard isRedirected, Disguise.objection(to: [url], secrets, names: settings.secretNames) != nil else { return url }
    return request.origin.text + "/***"
  }

  /// The URL of a redirected request as the application may have it: with its query, unless a secret may be in it.
  func told(_ request: WireRequest) -> String {
    let url = request.origin.text + request.target
    let isClean = Disguise.objection(to: [url], secrets, names: settings.secretNames) == nil
    return isClean ? url : shown(request, isRedirected: true)
  }

  /// Adds the server's own words to the message, without the secrets that they may quote. Our words are not searched: a
  /// short secret may be a part of a common word there, and a gap in that word would spell it. For the same reason
  /// nothing shorter than four characters is searched for. The words are cut to their length last, so that no half of a
  /// secret is left.
  func clean(_ failure: Failure) -> Failure {
    guard !failure.quote.isEmpty else { return failure }
    let given = [[credentials.secret].compactMap { $0 }, settings.secrets, sentSecrets].joined()
    let secrets = given.filter { $0.count >= 4 }
    var quote = failure.quote
    for secret in secrets {
      let encoded = String(decoding: ASCII.percentEncoded(secret.reveal()), as: UTF8.self)
      for text in [secret.revealText(), encoded] { quote = quote.replacing(text, with: "***") }
    }
    // A secret in some other encoding: where it begins and ends cannot be told, so that all of the words go.
    if Disguise.isHeld(secrets, by: quote) { quote = "***" }
    var clean = failure
    clean.message += ": the server says \"\(quote.prefix(200))\""
    clean.quote = ""
    return clean
  }

  /// A login failed. Threads that waited for it get the same failure instead of trying themselves, unless its cause is
  /// this caller's alone.
  mutating func noteLogin(failed failure: Failure) {
    switch failure.cause {
    case .cancelled, .callback, .argument, .internalError, .credentialsNeeded, .notFound: return
    case .timeout where manner.hasOwnTimeout: return
    default: state.noteLogin(failed: clean(failure), moment)
    }
  }

  /// The same for what a server has answered, whatever it was asked.
  mutating func log(_ response: WireResponse) { log(.debug, "the response is HTTP \(response.status)") }

  // MARK: Records

  /// Takes over what the store holds now, or remembers that the record lives in memory only.
  mutating func note(_ saving: Saving<SessionRecord>) {
    switch saving {
    case .saved(let record): state.noteStored(record)
    case .failed: state.isStored = false
    }
    count(saving)
  }

  mutating func note(_ saving: Saving<AccountRecord>) { count(saving) }

  private mutating func count<Record>(_ saving: Saving<Record>) {
    guard case .failed(let reason) = saving else {
      state.statistics.saves += 1
      return
    }
    state.statistics.saveFailures += 1
    complain("the session cannot be saved (\(reason)); it lives in memory only")
  }

  /// Warns of the store: once, and not with every request, until something else is wrong with it.
  mutating func complain(_ text: String) {
    log(state.complaints.insert(text).inserted ? .warning : .debug, text)
    if state.complaints.count > 16 { state.complaints = [text] }
  }

  /// Takes over what the store holds. Returns why the call cannot go on with it, or nil.
  mutating func take(_ loading: Loading<SessionRecord>) -> Failure? {
    state.note(loading)
    return objection(to: loading, "session")
  }

  mutating func take(_ loading: Loading<AccountRecord>) -> Failure? {
    if case .record(let record) = loading { account = account.joined(record) }
    return objection(to: loading, "account record")
  }

  private mutating func objection<Record>(to loading: Loading<Record>, _ what: String) -> Failure? {
    switch loading {
    case .unchanged, .absent, .record:
      return nil
    case .newer:
      return Failure(
        .recordNewer,
        "the stored session was written by a newer damsession and is left alone; update this one or use another store")
    case .unavailable(let reason):
      complain("the stored \(what) cannot be read (\(reason)); going on in memory")
      return nil
    case .refused(let reason):
      return Failure(.store, "the stored \(what) is not believed: \(reason)")
    }
  }
}
