// Exchange.swift - one call of the host, from the first look at the store to its result, as a value.
//
// THEORY OF OPERATION
//
// A driver feeds events and does what the returned action says; the exchange never sends, waits, reads a file or a clock.
// The same value therefore serves a blocking caller, an event loop and a test that scripts every answer.
//
//   begin -> load (or lock, where requests go one at a time)
//         -> is there a usable secret, newer than the one that was refused to this exchange?
//            yes: authorize, send, judge the answer, take its cookies, save them, finish
//            no:  lock the session, look again (a sibling may have logged in), lock the account, ask for credentials,
//                 log in, save, look again
//         -> refused? remember which secret it was (generation and stamp) and start over, but log in for it only once
//
// Four rules carry everything:
//   1. A secret is refused, not a session. The freshness of what was sent is compared with what is known now: if something
//      newer is known, it is used; only if nothing newer is there, somebody logs in. So one expiry is one login. The old
//      secret stays until the new one is there: a server that is out of order must not cost a session that lives.
//   2. Two locks. The session's keeps logins (and serialized requests) apart, the account's keeps attempts with the same
//      credentials apart whatever session they are for. Always in this order. Both survive no process.
//   3. Saved before used. A login that yields something scarce is on disk before the first request carries it.
//   4. Refused credentials are remembered in the account before the lock is let go.
//
// And one for what is scarce: one that was refused when it was new is not replaced, and only a successor that works proves
// that it is dead.
//
// WARNING: an event that does not fit the phase is the driver's bug; it ends the exchange with an internal error rather
// than a trap. This file is longer than others because a state machine is read in one piece. Exchange+Login.swift,
// Exchange+Refusal.swift, Exchange+Logout.swift, Exchange+Request.swift, Exchange+Verdict.swift and
// Exchange+Redirect.swift hold the work.

public struct Exchange: Sendable {
  public enum Goal: Sendable {
    case request(HostRequest)
    /// There shall be a session. `again`: also with credentials that were refused before. `saved`: a scarce secret that
    /// could not be saved is a failure, since the caller may be about to end.
    case ensure(again: Bool, saved: Bool)
    /// The session shall be alive at the server, and stay so for another idle limit.
    case keepalive
    case logout
    case forget
    /// An answer came to a request that was sent elsewhere with the session's headers.
    case observe(Answer, Ticket?)

    /// Whether the host wants a part of something, so that its bytes must come as they are.
    public var asksForRange: Bool {
      guard case .request(let request) = self else { return false }
      return request.headers.contains { $0.name.lowercased() == "range" }
    }
  }

  public enum Locking: Sendable {
    case held
    /// Somebody else kept it for longer than allowed.
    case busy
    /// There is no locking here; the reason.
    case unavailable(String)
  }

  public enum Saving<Record: Sendable>: Sendable {
    /// What the store holds now: ours joined with what was there.
    case saved(Record)
    case failed(String)
  }

  public enum Event: Sendable {
    case begin
    case loaded(Loading<SessionRecord>)
    case sessionLocked(Locking, Loading<SessionRecord>)
    /// `entropy`: 16 random bytes.
    case accountLocked(Locking, Loading<AccountRecord>, entropy: [UInt8])
    case credentials(Secret?)
    /// nil: there is no memory for it.
    case derived(String?)
    case answered(Answer)
    case savedSession(Saving<SessionRecord>)
    case savedAccount(Saving<AccountRecord>)
    case unlocked
    case waited
    /// Sending or asking failed. `head`: what had arrived of an answer, which may hold a rotated cookie.
    case failed(Failure, head: Answer?)
  }

  public enum Action: Sendable {
    case load
    case lockSession
    case lockAccount
    case askCredentials
    /// Make the slow hash of credentials (`Hash.slow`), outside of all locks but the session's own.
    case derive(Secret, salt: String)
    /// The answer to `send` is `answered` or `failed`. `isForHost`: its answer is the one to deliver.
    case send(WireRequest, isForHost: Bool)
    /// `isDurable`: it must survive a power cut before it is used.
    case saveSession(SessionRecord, isDurable: Bool)
    case saveAccount(AccountRecord)
    /// Release the account's lock, and the session's too unless `keepSession`.
    case unlock(keepSession: Bool)
    /// Let this many milliseconds go by.
    case wait(milliseconds: UInt64)
    /// Release everything; this is the result.
    case finish(Outcome)
  }

  public enum LogoutResult: Sendable {
    case none
    case server
    case local
    case unconfirmed
  }

  public enum Outcome: Sendable {
    /// The last answer that was sent for the host goes to the host; so does an observed one.
    case delivered(generation: UInt64, replays: UInt32)
    /// There is a session; after an observed answer: a newer one.
    case ready(SessionRecord)
    case loggedOut(LogoutResult)
    case failed(Failure)
  }

  indirect enum Purpose: Sendable {
    case host
    /// The host's request, sent on to where a redirect points. The last one may be to another origin.
    case redirected(isOwn: Bool)
    /// Before a long upload: is the session still alive?
    case probe
    /// After a login that no request follows: is what it yielded accepted?
    case prove
    /// After an answer that may mean that it is not.
    case confirm(Suspicion)
    /// The host's request was sent by another program.
    case observed
    case keepalive

    var isForHost: Bool {
      switch self {
      case .host, .redirected: true
      case .probe, .prove, .confirm, .keepalive, .observed: false
      }
    }
  }

  /// An answer that may deny the session, kept until that is known.
  struct Suspicion: Sendable {
    let purpose: Purpose
    let outcome: Outcome
    let answer: Answer
    let wire: WireRequest
  }

  enum Phase: Sendable {
    case idle
    case loading
    case lockingSession
    case lockingAccount
    case asking
    case deriving(Denial?)
    case provingStore
    case loggingIn
    case savingLogin(SessionRecord)
    case savingAgain
    case savingAccount
    case savingRefusal(Failure)
    case droppingProof(Failure)
    case recheckingAfter(Failure)
    /// Closing a session whose organization was refused.
    case discarding(Failure)
    case unlocking
    case waiting
    case sending(Purpose)
    case savingProof(Purpose, Outcome, Answer)
    case savingRotation(Purpose, Outcome, Answer)
    case savingTombstone(SessionSecret)
    case loggingOut(storeFailure: String?)
    case finished
  }

  let settings: Settings
  let system: any System
  let goal: Goal
  /// The time-out of this call is its own: that it ran out says nothing to siblings.
  private let hasOwnTimeout: Bool
  /// The host sends the request with a client of its own, in its own time: siblings must not wait for that.
  private let isSentElsewhere: Bool
  var phase = Phase.idle
  var holdsSession = false
  var holdsAccount = false
  var hasProvedStore = false
  var hasObserved = false
  /// When this exchange began, in microseconds since 1970.
  var beganAt: UInt64 = 0
  /// What was refused to this exchange; only something newer may be tried again.
  var refused: Freshness?
  /// What the request under way carries.
  var sent = Freshness(generation: 0, stamp: 0)
  var sentStamp: UInt64 = 0
  var wire: WireRequest?
  /// What `wire` and its predecessors carried, so that no message repeats it.
  var sentSecrets: [Secret] = []
  var logins = 0
  /// How many of them followed a refusal.
  var relogins = 0
  /// The scarce secret that the last of them took the place of; dead when the new one has served.
  var replaced: Secret?
  /// The generation that this exchange has made.
  var ownGeneration: UInt64?
  /// What credentials that travel with every request were found to be; remembered once the locks are held.
  var denial: Denial?
  var suspicion: Suspicion?
  /// Slow hashes of `credentials`, by salt; and the salt of the one that is being made.
  var hashes: [String: String] = [:]
  var wantedSalt = ""
  /// Whether the host's request was sent: its body may have been read.
  var hasSent = false
  /// How often this exchange was told that its secret is not good.
  var refusals = 0
  /// What is sent next for the host is no repetition, but where a redirect led; or one more try with the same secret.
  var isNextHop = false
  var isRetry = false
  /// How often it was sent again with a newer secret.
  var replays: UInt32 = 0
  /// Why the host's request cannot go on; a new session is made first, so that repeating it helps.
  var blocked: Failure?
  /// Where the last redirect led: from there the host's request goes on, whatever happens.
  var redirected: WireRequest?
  var hops: Int32 = 0
  var retries: Int32 = 0
  /// How often it has waited since the server asked for that.
  var waits = 0
  var hasProbed = false
  /// When the session was last used before this exchange; what the idle clock learns from.
  var restedSince: Int64?
  /// Why a scarce secret of this exchange is not on disk.
  var unsaved: String?
  var credentials: Secret?
  var account = AccountRecord()
  var entropy: [UInt8] = []
  var login: LoginProgress?
  private var lines: [(level: LogLevel, message: String)] = []

  public init(_ goal: Goal, _ settings: Settings, hasOwnTimeout: Bool = false, isSentElsewhere: Bool = false) {
    self.goal = goal
    self.settings = settings
    self.hasOwnTimeout = hasOwnTimeout
    self.isSentElsewhere = isSentElsewhere
    system = Systems.make(settings)
  }

  /// The generation of the secret that was sent last.
  public var sentGeneration: UInt64 { sent.generation }

  /// Log lines since the last time; redacted.
  public mutating func takeLines() -> [(level: LogLevel, message: String)] {
    guard !lines.isEmpty else { return [] }
    defer { lines = [] }
    return lines
  }

  mutating func log(_ level: LogLevel, _ message: String) { lines.append((level, message)) }

  public mutating func step(_ event: Event, _ state: inout SessionState, _ moment: Moment) -> Action {
    switch (phase, event) {
    case (.idle, .begin):
      return begin(&state, moment)
    case (.loading, .loaded(let loading)):
      return take(loading, &state) ?? proceed(&state, moment)
    case (.recheckingAfter(let failure), .loaded(let loading)):
      if let end = take(loading, &state) { return end }
      guard usable(state) == nil else { return proceed(&state, moment) }
      if isForSiblings(failure) { state.noteLogin(failed: clean(failure), moment) }
      return fail(failure)
    case (.lockingSession, .sessionLocked(let locking, let loading)):
      holdsSession = true
      return notLocked(locking) ?? take(loading, &state) ?? proceed(&state, moment)
    case (.lockingAccount, .accountLocked(let locking, let loading, let entropy)):
      holdsAccount = true
      self.entropy = entropy
      return notLocked(locking) ?? take(loading) ?? proceed(&state, moment)
    case (.asking, .credentials(let answer)):
      return answered(answer, &state, moment)
    case (.deriving(let denial), .derived(let hash)):
      return derived(hash, denial, &state, moment)
    case (.loggingIn, .answered(let answer)):
      return continueLogin(answer, &state, moment)
    case (.provingStore, .savedAccount(let saving)):
      return provedStore(saving, &state, moment)
    case (.savingLogin(let record), .savedSession(let saving)):
      return savedLogin(saving, record, &state, moment)
    case (.savingAgain, .savedSession(let saving)):
      note(saving, &state)
      if case .failed(let reason) = saving { unsaved = reason }
      return proceed(&state, moment)
    case (.savingAccount, .savedAccount(let saving)):
      note(saving, &state)
      return proceed(&state, moment)
    case (.savingRefusal(let failure), .savedAccount(let saving)):
      note(saving, &state)
      return dropProof(failure, &state)
    case (.droppingProof(let failure), .savedSession(let saving)):
      note(saving, &state)
      return recheck(failure)
    case (.waiting, .waited):
      return proceed(&state, moment)
    case (.unlocking, .unlocked):
      return proceed(&state, moment)
    case (.sending(let purpose), .answered(let answer)):
      return judge(answer, purpose, &state, moment)
    case (.sending(let purpose), .failed(let failure, let head)):
      return broken(failure, head, purpose, &state, moment)
    case (.savingProof(let purpose, let outcome, let answer), .savedAccount(let saving)):
      note(saving, &state)
      return settle(purpose, outcome, answer, &state, moment)
    case (.savingRotation(let purpose, let outcome, let answer), .savedSession(let saving)):
      note(saving, &state)
      return end(purpose, outcome, answer, &state, moment)
    case (.savingTombstone(let secret), .savedSession(let saving)):
      return savedTombstone(saving, secret, &state, moment)
    case (.loggingOut(let storeFailure), .answered(let answer)):
      return loggedOut(system.confirmsLogout(answer) ? .server : .unconfirmed, storeFailure)
    case (.discarding(let failure), .answered), (.discarding(let failure), .failed):
      return recheck(failure)
    case (.loggingOut(let storeFailure), .failed(let failure, _)):
      log(.warning, "the server could not be told of the logout: \(failure.message)")
      return loggedOut(.unconfirmed, storeFailure)
    case (.loggingIn, .failed(let failure, let head)):
      return brokenLogin(failure, head, &state, moment)
    case (_, .failed(let failure, _)):
      return fail(failure)
    default:
      return fail(Failure(.internalError, "the session engine met an event out of turn"))
    }
  }

  /// Only the newest secret that was not refused to this exchange is worth sending.
  func usable(_ state: SessionState) -> SessionSecret? {
    guard let secret = state.record.secret, system.isUsable(secret) else { return nil }
    if let refused, freshness(state) <= refused { return nil }
    if system.sendsCredentials {
      guard let salt = secret.proofSalt, let hash = hashes[salt], secret.proof == salt + ":" + hash else { return nil }
    }
    return secret
  }

  /// How new the secret is. Where cookies do not rotate, only a login makes a newer one.
  func freshness(_ state: SessionState) -> Freshness { system.freshness(state.record) }

  private mutating func begin(_ state: inout SessionState, _ moment: Moment) -> Action {
    beganAt = moment.microseconds
    switch goal {
    case .logout, .forget:
      return lockSession()
    case .request:
      state.statistics.requests += 1
      if serializes { return lockSession() }
    case .keepalive, .observe:
      if serializes { return lockSession() }
    case .ensure:
      break
    }
    phase = .loading
    return .load
  }

  var serializes: Bool {
    switch goal {
    case .request, .keepalive, .observe: system.rotates && settings.serializesRotation
    case .ensure, .logout, .forget: false
    }
  }

  /// Whether the session's lock is kept while a request is sent. Credentials that travel with every request go out alone
  /// until they were accepted once since this call began: a changed password is then one failed login, and not as many as
  /// there are requests.
  private func keepsSession(_ state: SessionState) -> Bool {
    if serializes { return true }
    guard system.sendsCredentials, !isSentElsewhere else { return false }
    switch goal {
    // Who suspects that they were refused asks alone, too.
    case .request, .keepalive: return suspicion != nil || state.acceptedAt < beganAt
    case .ensure, .observe, .logout, .forget: return false
    }
  }

  mutating func lockSession() -> Action {
    phase = .lockingSession
    return .lockSession
  }

  /// The next thing to do, given all that is known.
  mutating func proceed(_ state: inout SessionState, _ moment: Moment) -> Action {
    switch goal {
    case .logout, .forget: return endSession(&state, moment)
    case .observe(let answer, let ticket) where !hasObserved: return observe(answer, ticket, &state, moment)
    case .request, .keepalive, .ensure, .observe: break
    }
    if system.sendsCredentials {
      guard let credentials else { return ask(&state, moment) }
      if let salt = state.record.secret?.proofSalt, let action = derive(credentials, salt, state) { return action }
    }
    if let secret = usable(state) {
      let keeps = keepsSession(state)
      if holdsAccount || (holdsSession && !keeps) { return unlock(keepSession: keeps) }
      if keeps, !holdsSession { return lockSession() }
      return use(secret, &state, moment)
    }
    if !holdsSession { return lockSession() }
    if let failure = state.loginFailure(since: beganAt) { return fail(failure) }
    if !holdsAccount {
      phase = .lockingAccount
      return .lockAccount
    }
    if let denial { return denied(denial, &state, moment) }
    guard credentials != nil else { return ask(&state, moment) }
    return beginLogin(&state, moment)
  }

  mutating func unlock(keepSession: Bool) -> Action {
    phase = .unlocking
    holdsAccount = false
    holdsSession = keepSession
    return .unlock(keepSession: keepSession)
  }

  mutating func finish(_ outcome: Outcome) -> Action {
    phase = .finished
    guard case .failed(let failure) = outcome else { return .finish(outcome) }
    return .finish(.failed(clean(failure)))
  }

  mutating func fail(_ failure: Failure) -> Action { finish(.failed(failure)) }

  /// A server may quote what it was sent; our messages do not. Only its words are searched: in ours a short secret would
  /// be a part of a common word, and what is missing would spell it. Nothing shorter than four characters is searched for,
  /// for the same reason. Cut last, so that no half of a secret is left.
  private func clean(_ failure: Failure) -> Failure {
    guard !failure.quote.isEmpty else { return failure }
    let given = [credentials, settings.apiKey, settings.password, settings.encryptionSecret].compactMap { $0 }
    let secrets = (given + sentSecrets).filter { $0.count >= 4 }
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

  /// Whether those who waited for this login are spared trying it themselves. What is only this caller's own is not.
  private func isForSiblings(_ failure: Failure) -> Bool {
    switch failure.cause {
    case .cancelled, .callback, .argument, .internalError, .credentialsNeeded, .notFound: false
    case .timeout: !hasOwnTimeout
    default: true
    }
  }

  /// nil when the record was taken and the exchange goes on.
  private mutating func take(_ loading: Loading<SessionRecord>, _ state: inout SessionState) -> Action? {
    switch loading {
    case .unchanged, .absent:
      return nil
    case .record(let record):
      state.noteStored(record)
      return nil
    case .newer:
      return fail(Failure(.recordNewer, Exchange.newerMessage))
    case .unavailable(let reason):
      log(.warning, "the stored session cannot be read (\(reason)); going on in memory")
      return nil
    case .refused(let reason):
      return fail(Failure(.store, "the stored session is not believed: \(reason)"))
    }
  }

  private mutating func take(_ loading: Loading<AccountRecord>) -> Action? {
    switch loading {
    case .unchanged, .absent: return nil
    case .record(let record):
      account = account.joined(record)
      return nil
    case .newer:
      return fail(Failure(.recordNewer, Exchange.newerMessage))
    case .unavailable(let reason):
      log(.warning, "the stored account record cannot be read (\(reason))")
      return nil
    case .refused(let reason):
      return fail(Failure(.store, "the stored account record is not believed: \(reason)"))
    }
  }

  private static let newerMessage =
    "the stored session was written by a newer damsession and is left alone; update this one or use another store"

  /// nil when the exchange goes on, with the lock or because there is none to be had.
  private mutating func notLocked(_ locking: Locking) -> Action? {
    switch locking {
    case .held:
      return nil
    case .busy:
      return fail(
        Failure(
          .locked,
          "another thread or process has held this session for \(settings.lockTimeout) seconds"
            + " (\"lock-timeout\")"))
    case .unavailable(let reason):
      log(.warning, "the store cannot be locked (\(reason)); siblings may log in at the same time")
      return nil
    }
  }

  mutating func note<Record>(_ saving: Saving<Record>, _ state: inout SessionState) {
    if let record = saving.record as? SessionRecord { state.noteStored(record) }
    guard case .failed(let reason) = saving else {
      state.statistics.saves += 1
      return
    }
    state.statistics.saveFailures += 1
    if Record.self == SessionRecord.self { state.isStored = false }
    log(.warning, "the session cannot be saved (\(reason)); it lives in memory only")
  }
}

extension Exchange.Saving {
  var record: Record? {
    if case .saved(let record) = self { return record }
    return nil
  }
}
