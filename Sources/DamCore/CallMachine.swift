// CallMachine.swift - one call of the application, from the first look at the store to its result, as a value.
//
// THEORY OF OPERATION
//
// A driver feeds events and does what the returned action says; the machine never sends, waits, reads a file or a
// clock. The same value therefore serves a blocking caller, an event loop and a test that scripts every response. It
// owns the order of the stages and the two locks. Each stage (CredentialsStage, Login, Delivery, Ending) is a machine
// of its own, and an event goes to the one that is under way. What outlives the stages is the context.
//
//   begin -> load (or lock, where requests go one at a time)
//         -> is there a usable secret, newer than the one that was refused to this call?
//            yes: use it (Delivery)
//            no:  lock the session, look again (a sibling may have logged in), lock the account, get credentials,
//                 log in (Login), look again
//         -> refused? remember which secret it was (generation and stamp) and start over, but log in for it only once
//
// Four rules carry everything:
//   1. A secret is refused, not a session. The freshness of the secret that was sent is compared with that of the one
//      known now: a newer one is used, and only if there is none the call logs in. So one expiry is one login, however
//      many requests meet it. The old secret stays until the new one is there: a faulty response of the server must not
//      cost a session that is still alive.
//   2. Two locks. The session's lock keeps logins (and serialized requests) apart. The account's lock keeps login
//      attempts with the same credentials apart, whatever session they are for. The session's is always taken first.
//      When a process ends, its locks are released.
//   3. Saved before used. A login that yields something scarce is on disk before the first request carries it.
//   4. Refused credentials are remembered in the account before its lock is released.
//
// One more holds for scarce secrets (`System.scarcity`): one that was refused when it was new is not replaced, and one
// that was replaced counts as dead only when its successor has been accepted.

package struct CallMachine: Sendable {
  /// Which events are valid: `idle` takes `begin`; the five that name a wait take the outcome of their action; the four
  /// that name a stage hand every event to it; `finished` takes none.
  private enum State {
    /// The call has not begun.
    case idle
    /// The driver reads the session's record.
    case loading
    /// The driver acquires the session's lock, and reads the record under it.
    case lockingSession
    /// The driver acquires the account's lock, and reads its record under it.
    case lockingAccount
    /// The driver releases the account's lock, and the session's unless it is kept for a request.
    case unlocking
    /// `credentials`, `renewal`, `login`, `consent`, `handOver`, `delivery` or `ending` is at work, until it says
    /// `proceed` or `finish`.
    case gettingCredentials
    case renewing
    case loggingIn
    case consenting
    case handingOver
    case delivering
    case ending
    /// The result was given.
    case finished
  }

  /// Which locks are held. The account's is only taken while the session's is held. A lock that the store could not
  /// give counts as held: the call goes on without.
  private enum Locks {
    case none
    case session
    case both
  }

  private var state = State.idle
  private var locks = Locks.none
  private var context: CallContext
  private var credentials = CredentialsStage()
  private var renewal = Renewal()
  private var login = Login()
  private var consent = ConsentStage()
  private var handOver = HandOver()
  private var delivery = Delivery()
  private var ending = Ending()

  package init(_ goal: CallGoal, _ settings: Settings, _ manner: CallManner = CallManner()) {
    context = CallContext(goal, settings, manner)
  }

  /// The generation of the secret that was sent last; 0: nothing was sent yet.
  package var sentGeneration: UInt64 { delivery.generation }

  /// The log lines since the last time, without secrets. The driver writes them once it has let go of the session's
  /// state: logging calls the application.
  package mutating func takeLines() -> [(level: LogLevel, message: String)] { context.takeLines() }

  /// Takes one event and says what to do next. `session` is what this process knows of the session: the driver lends it
  /// for the length of one step, under a lock. What needs no I/O is decided in here, one stage after another.
  package mutating func step(_ event: CallEvent, _ session: inout SessionState, _ moment: Moment) -> CallAction {
    context.moment = moment
    // Swapped in, not copied: while there are two copies, every change of the record would copy its arrays first.
    swap(&context.state, &session)
    defer { swap(&context.state, &session) }
    var step = take(event)
    while true {
      switch step {
      case .perform(let action): return action
      case .proceed: step = proceed()
      case .finish(let outcome): return finish(outcome)
      }
    }
  }

  private mutating func finish(_ outcome: CallOutcome) -> CallAction {
    state = .finished
    guard case .failed(let failure) = outcome else { return .finish(outcome) }
    return .finish(.failed(context.clean(failure)))
  }

  private mutating func take(_ event: CallEvent) -> CallStep {
    if case .responded(let response) = event { context.log(response) }
    return switch state {
    case .gettingCredentials: credentials.step(event, &context)
    case .renewing: renewal.step(event, &context)
    case .loggingIn: login.step(event, &context)
    case .consenting: consent.step(event, &context)
    case .handingOver: handOver.step(event, &context)
    case .delivering: delivery.step(event, &context)
    case .ending: ending.step(event, &context)
    case .idle, .loading, .lockingSession, .lockingAccount, .unlocking, .finished: takeOwn(event)
    }
  }

  /// Events that belong to no stage: the first look at the store, and the locks.
  private mutating func takeOwn(_ event: CallEvent) -> CallStep {
    switch (state, event) {
    case (.idle, .begin):
      return begin()
    case (.loading, .loaded(let loading)):
      return context.take(loading).map { .fail($0) } ?? .proceed
    case (.lockingSession, .sessionLocked(let locking, let loading)):
      locks = .session
      return (notLocked(locking) ?? context.take(loading) ?? withoutStore(locking, loading)).map { .fail($0) }
        ?? .proceed
    case (.lockingAccount, .accountLocked(let locking, let loading, let entropy)):
      locks = .both
      login.season(entropy)
      return (notLocked(locking) ?? context.take(loading) ?? withoutStore(locking, loading)).map { .fail($0) }
        ?? .proceed
    case (.unlocking, .unlocked):
      return .proceed
    default:
      return .outOfTurn(event)
    }
  }

  private mutating func begin() -> CallStep {
    context.beganAt = context.moment.microseconds
    if case .request = context.goal { context.state.statistics.requests += 1 }
    switch context.goal {
    case .logout, .forget, .consent, .handOver: return lockSession()
    case .request, .keepalive, .observe, .ensure: break
    }
    if context.serializes { return lockSession() }
    state = .loading
    return .perform(.load)
  }

  /// The next thing to do. It does not matter how the call got here: whenever a stage or a lock is done with, this
  /// looks again at the goal, the credentials, the secret and the locks.
  private mutating func proceed() -> CallStep {
    switch context.goal {
    case .logout, .forget:
      state = .ending
      return ending.begin(&context)
    case .consent(let step):
      state = .consenting
      return consent.begin(step, &context)
    case .handOver(let step):
      state = .handingOver
      return handOver.begin(step, &context)
    case .request, .keepalive, .ensure, .observe:
      break
    }
    if let (response, ticket) = delivery.takeObserved(context.goal) {
      state = .delivering
      return delivery.observe(response, ticket, &context)
    }
    if context.system.sendsCredentials {
      guard let secret = context.credentials.secret else { return askCredentials() }
      if let salt = context.state.record.secret?.proofSalt, !context.hasHash(salt) {
        state = .gettingCredentials
        return credentials.derive(secret, salt: salt)
      }
    }
    guard let secret = context.usable, !renewsAhead else { return logIn() }
    let keeps = keepsSession
    switch locks {
    // The login is over, or a sibling has made it unnecessary.
    case .both: return unlock(keepSession: keeps)
    case .session where !keeps: return unlock(keepSession: false)
    // The record is read again under the lock, and the secret in it may be a newer one.
    case .none where keeps: return lockSession()
    case .none, .session: break
    }
    state = .delivering
    return delivery.use(secret, &context)
  }

  /// Whether the session is renewed although its secret still works. What was received elsewhere is judged first.
  private var renewsAhead: Bool {
    guard context.isRenewalDue, context.refused == nil, context.made.renewed == nil else { return false }
    switch context.goal {
    case .request, .keepalive, .ensure: return true
    case .observe, .consent, .handOver, .logout, .forget: return false
    }
  }

  /// There is no usable secret, or not for long: takes the session's lock, looks again, and renews the session if it
  /// can be. If not, takes the account's lock, looks again, and logs in only then.
  private mutating func logIn() -> CallStep {
    let isAhead = context.usable != nil
    if case .none = locks { return lockSession(waits: !isAhead) }
    // A sibling thread's login failed while this call waited for the lock: it would only repeat that.
    if !isAhead, let failure = context.state.loginFailure(since: context.beganAt) { return .fail(failure) }
    if let failure = needsStore {
      guard isAhead else { return .fail(failure) }
    } else if let step = renewal.begin(&context) {
      state = .renewing
      return step
    }
    if isAhead {
      context.state.renewalPause = context.moment.seconds.plus(60)
      return proceed()
    }
    if context.system.credentials.needsConsent { return .fail(consentNeeded) }
    guard case .both = locks else {
      state = .lockingAccount
      return .perform(.lockAccount)
    }
    // Delivery found that credentials which travel with requests are refused; now the account may be written.
    if let denial = context.denial {
      state = .loggingIn
      return login.deny(denial, &context)
    }
    guard let secret = context.credentials.secret else { return askCredentials() }
    state = .loggingIn
    return login.begin(secret, &context)
  }

  /// Said with the server's words, if it has refused a refresh token.
  private var consentNeeded: Failure {
    let hasEnded = context.state.record.generation > 0
    let failure = Failure(
      .consent, hasEnded ? "the session has ended, and a person must consent again" : "a person must consent first",
      httpStatus: renewal.refusal?.httpStatus ?? 0)
    return failure.quoting(renewal.refusal?.quote ?? "").adding(context.settings.leftOut)
  }

  private mutating func askCredentials() -> CallStep {
    state = .gettingCredentials
    return credentials.ask(&context)
  }

  // MARK: Locks

  /// Whether the session's lock is kept while a request is sent. Credentials that travel with every request go out
  /// alone until they were accepted once since this call began: a changed password is then one failed login, and not as
  /// many as there are requests.
  private var keepsSession: Bool {
    if context.serializes { return true }
    guard context.system.sendsCredentials, !context.manner.isSentElsewhere else { return false }
    switch context.goal {
    // The small request that confirms a suspicion goes out alone, too.
    case .request, .keepalive: return delivery.isSuspicious || context.state.acceptedAt < context.beganAt
    case .ensure, .observe, .consent, .handOver, .logout, .forget: return false
    }
  }

  private mutating func lockSession(waits: Bool = true) -> CallStep {
    state = .lockingSession
    return .perform(.lockSession(waits: waits))
  }

  /// Releases the account's lock, if it is held; and the session's unless `keepSession`.
  private mutating func unlock(keepSession: Bool) -> CallStep {
    state = .unlocking
    locks = keepSession ? .session : .none
    return .perform(.unlock(keepSession: keepSession))
  }

  /// Why the call must end for want of a lock. nil: it goes on, either with the lock or because the store has none to
  /// give.
  private mutating func notLocked(_ locking: Locking) -> Failure? {
    switch locking {
    case .held:
      return nil
    case .busy:
      // A renewal ahead of time can wait: whoever has the lock may be renewing.
      if context.usable != nil, context.isRenewalDue, !context.serializes {
        context.state.renewalPause = context.moment.seconds.plus(1)
        return nil
      }
      return Failure(
        .locked,
        "another thread or process has held this session for \(context.settings.lockTimeout) seconds (\"lock-timeout\")"
      )
    case .unavailable(let reason):
      context.complain("the store cannot be locked (\(reason)); siblings may log in at the same time")
      return nil
    }
  }

  /// Notes whether the store is out of order. Why the call must end if it is; nil: it goes on in memory.
  private mutating func withoutStore<Record>(_ locking: Locking, _ loading: Loading<Record>) -> Failure? {
    switch (locking, loading) {
    case (.unavailable(let reason), _), (_, .unavailable(let reason)): context.storeTrouble = reason
    default: return nil
    }
    guard context.settings.storeDown == .stop, let reason = context.storeTrouble else { return nil }
    return Failure(.store, "the store is out of order (\(reason)), and \"store-down\" says stop")
  }

  /// Why the call must not log in although others could: a second device token counts against the user's limit, and a
  /// refresh token that two programs spend at once may end the session for both. nil: it may.
  private var needsStore: Failure? {
    guard let reason = context.storeTrouble else { return nil }
    let isRenewal = context.state.record.secret?.refreshToken != nil
    guard context.system.isScarce || isRenewal else { return nil }
    let what = isRenewal ? "no refresh token was spent" : "no device token was asked for"
    return Failure(
      .store,
      "the store is out of order (\(reason)), so \(what): another program may be doing so now; mend the store, or choose"
        + " \"store\" memory if this process alone shall have a session")
  }
}
