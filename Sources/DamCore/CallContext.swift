// CallContext.swift - what outlives the stages of a call: what it is for, what it has found out, and what every stage
// needs to say so. The session's state and the time are lent to it for the length of one step.

struct CallContext: Sendable {
  let settings: Settings
  let goal: CallGoal
  /// The time-out of this call is its own: that it ran out says nothing to siblings.
  let hasOwnTimeout: Bool
  /// The application sends the request with a client of its own, in its own time: siblings must not wait for that.
  let isSentElsewhere: Bool

  /// Lent for a step.
  var state = SessionState()
  var moment = Moment(seconds: 0, microseconds: 0)

  /// When this call began, in microseconds since 1970.
  var beganAt: UInt64 = 0
  /// What was refused to this call; only something newer may be tried again.
  var refused: Freshness?
  var credentials = KnownCredentials()
  /// What credentials that travel with every request were found to be; remembered once the locks are held.
  var denial: Denial?
  var account = AccountRecord()
  /// What the last login of this call has made.
  var made = Made()
  /// Logins so far, and how many of them followed a refusal.
  var logins = 0
  var relogins = 0

  /// What was sent with it, so that no message repeats it.
  private var sentSecrets: [Secret] = []
  private var lines: [(level: LogLevel, message: String)] = []

  /// A login's work, which the first response to its secret shows to be good or not.
  struct Made: Sendable {
    var generation: UInt64?
    /// The scarce secret that it took the place of; dead when the new one has served.
    var replaced: Secret?
    /// Why it is not on disk.
    var unsaved: String?
  }

  init(_ goal: CallGoal, _ settings: Settings, hasOwnTimeout: Bool, isSentElsewhere: Bool) {
    self.goal = goal
    self.settings = settings
    self.hasOwnTimeout = hasOwnTimeout
    self.isSentElsewhere = isSentElsewhere
  }

  var system: any System { settings.system }
  var home: Origin { settings.site.origin }

  /// How new the secret is. Where cookies do not rotate, only a login makes a newer one.
  var freshness: Freshness { system.freshness(state.record) }

  /// Only the newest secret that was not refused to this call is worth sending.
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

  /// Whether requests go one at a time.
  var serializes: Bool {
    switch goal {
    case .request, .keepalive, .observe: system.rotates && settings.rotation == .serialize
    case .ensure, .logout, .forget: false
    }
  }

  // MARK: Log and messages

  mutating func log(_ level: LogLevel, _ message: String) { lines.append((level, message)) }

  mutating func takeLines() -> [(level: LogLevel, message: String)] {
    guard !lines.isEmpty else { return [] }
    defer { lines = [] }
    return lines
  }

  /// A server may quote it.
  mutating func keepOut(_ secret: SessionSecret) {
    if let token = secret.token { sentSecrets.append(token) }
    for cookie in secret.cookies.live { sentSecrets.append(cookie.value) }
  }

  /// What must not appear in another origin's URL: all that this call knows, what was sent before a rotation too.
  var secrets: [Secret] {
    let tokens = [state.record.secret?.token, credentials.secret].compactMap { $0 }
    // A short cookie is a preference and no proof.
    let cookies = [state.record.secret?.cookies.live.map(\.value) ?? [], sentSecrets].joined()
    return [tokens, settings.secrets, cookies.filter { $0.count >= 4 }].flatMap { $0 }
  }

  /// Where a request goes, as a log may show it: a server that redirects may have put what it was sent into the path.
  func shown(_ request: WireRequest, isRedirected: Bool) -> String {
    let url = request.redactedURL
    guard isRedirected, Disguise.objection(to: [url], secrets, names: settings.secretNames) != nil else { return url }
    return request.origin.text + "/***"
  }

  /// A server may quote what it was sent; our messages do not. Only its words are searched: in ours a short secret
  /// would be a part of a common word, and what is missing would spell it. Nothing shorter than four characters is
  /// searched for, for the same reason. Cut last, so that no half of a secret is left.
  func clean(_ failure: Failure) -> Failure {
    guard !failure.quote.isEmpty else { return failure }
    let given = [[credentials.secret].compactMap { $0 }, settings.secrets, sentSecrets].joined()
    let secrets = given.filter { $0.count >= 4 }
    var quote = failure.quote
    for secret in secrets {
      let encoded = String(decoding: ASCII.percentEncoded(secret.reveal()), as: UTF8.self)
      for text in [secret.revealText(), encoded] { quote = quote.replacing(text, with: "***") }
    }
    // Where in the words another spelling begins and ends, nobody can say.
    if Disguise.isHeld(secrets, by: quote) { quote = "***" }
    var clean = failure
    clean.message += ": the server says \"\(quote.prefix(200))\""
    clean.quote = ""
    return clean
  }

  /// A login failed. Those who waited for it are spared trying it themselves, but for what is only this caller's own.
  mutating func noteLogin(failed failure: Failure) {
    switch failure.cause {
    case .cancelled, .callback, .argument, .internalError, .credentialsNeeded, .notFound: return
    case .timeout where hasOwnTimeout: return
    default: state.noteLogin(failed: clean(failure), moment)
    }
  }

  // MARK: Records

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
    log(.warning, "the session cannot be saved (\(reason)); it lives in memory only")
  }

  /// Takes what the store holds; why the call cannot go on with it, or nil.
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
      log(.warning, "the stored \(what) cannot be read (\(reason)); going on in memory")
      return nil
    case .refused(let reason):
      return Failure(.store, "the stored \(what) is not believed: \(reason)")
    }
  }
}
