// CallMachine.swift - one call of the application, from the first look at the store to its result, as a value.
//
// THEORY OF OPERATION
//
// A driver feeds events and does what the returned action says; the machine never sends, waits, reads a file or a
// clock. The same value therefore serves a blocking caller, an event loop and a test that scripts every response. It
// owns the order of the stages and the two locks; what a stage does is its own (CredentialsStage, Login, Delivery,
// Ending), and an event goes to the one that is under way. What outlives the stages is the context.
//
//   begin -> load (or lock, where requests go one at a time)
//         -> is there a usable secret, newer than the one that was refused to this call?
//            yes: use it (Delivery)
//            no:  lock the session, look again (a sibling may have logged in), lock the account, get credentials,
//                 log in (Login), look again
//         -> refused? remember which secret it was (generation and stamp) and start over, but log in for it only once
//
// Four rules carry everything:
//   1. A secret is refused, not a session. The freshness of what was sent is compared with what is known now: if
//      something newer is known, it is used; only if nothing newer is there, somebody logs in. So one expiry is one
//      login. The old secret stays until the new one is there: a server that is out of order must not cost a session
//      that lives.
//   2. Two locks. The session's keeps logins (and serialized requests) apart, the account's keeps attempts with the
//      same credentials apart whatever session they are for. Always in this order. A process that ends lets go of both.
//   3. Saved before used. A login that yields something scarce is on disk before the first request carries it.
//   4. Refused credentials are remembered in the account before the lock is let go.
//
// And one for what is scarce: one that was refused when it was new is not replaced, and only a successor that works
// proves that it is dead.

package struct CallMachine: Sendable {
  private enum State {
    case idle
    case loading
    case lockingSession
    case lockingAccount
    case unlocking
    case gettingCredentials
    case loggingIn
    case delivering
    case ending
    case finished
  }

  /// Which locks are held. The account's is only taken with the session's.
  private enum Locks {
    case none
    case session
    case both
  }

  private var state = State.idle
  private var locks = Locks.none
  private var context: CallContext
  private var credentials = CredentialsStage()
  private var login = Login()
  private var delivery = Delivery()
  private var ending = Ending()

  package init(
    _ goal: CallGoal, _ settings: Settings, hasOwnTimeout: Bool = false, isSentElsewhere: Bool = false
  ) {
    context = CallContext(goal, settings, hasOwnTimeout: hasOwnTimeout, isSentElsewhere: isSentElsewhere)
  }

  /// The generation of the secret that was sent last.
  package var sentGeneration: UInt64 { delivery.generation }

  /// Log lines since the last time; redacted.
  package mutating func takeLines() -> [(level: LogLevel, message: String)] { context.takeLines() }

  package mutating func step(_ event: CallEvent, _ session: inout SessionState, _ moment: Moment) -> CallAction {
    context.moment = moment
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
    switch state {
    case .gettingCredentials: credentials.step(event, &context)
    case .loggingIn: login.step(event, &context)
    case .delivering: delivery.step(event, &context)
    case .ending: ending.step(event, &context)
    case .idle, .loading, .lockingSession, .lockingAccount, .unlocking, .finished: takeOwn(event)
    }
  }

  /// What is the call's own: the first look at the store, and the locks.
  private mutating func takeOwn(_ event: CallEvent) -> CallStep {
    switch (state, event) {
    case (.idle, .begin):
      return begin()
    case (.loading, .loaded(let loading)):
      return context.take(loading).map { .fail($0) } ?? .proceed
    case (.lockingSession, .sessionLocked(let locking, let loading)):
      locks = .session
      return (notLocked(locking) ?? context.take(loading)).map { .fail($0) } ?? .proceed
    case (.lockingAccount, .accountLocked(let locking, let loading, let entropy)):
      locks = .both
      login.season(entropy)
      return (notLocked(locking) ?? context.take(loading)).map { .fail($0) } ?? .proceed
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
    case .logout, .forget: return lockSession()
    case .request, .keepalive, .observe, .ensure: break
    }
    if context.serializes { return lockSession() }
    state = .loading
    return .perform(.load)
  }

  /// The next thing to do, given all that is known.
  private mutating func proceed() -> CallStep {
    switch context.goal {
    case .logout, .forget:
      state = .ending
      return ending.begin(&context)
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
    guard let secret = context.usable else { return logIn() }
    let keeps = keepsSession
    switch locks {
    case .both: return unlock(keepSession: keeps)
    case .session where !keeps: return unlock(keepSession: false)
    case .none where keeps: return lockSession()
    case .none, .session: break
    }
    state = .delivering
    return delivery.use(secret, &context)
  }

  /// There is no usable secret.
  private mutating func logIn() -> CallStep {
    if case .none = locks { return lockSession() }
    if let failure = context.state.loginFailure(since: context.beganAt) { return .fail(failure) }
    guard case .both = locks else {
      state = .lockingAccount
      return .perform(.lockAccount)
    }
    if let denial = context.denial {
      state = .loggingIn
      return login.deny(denial, &context)
    }
    guard let secret = context.credentials.secret else { return askCredentials() }
    state = .loggingIn
    return login.begin(secret, &context)
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
    guard context.system.sendsCredentials, !context.isSentElsewhere else { return false }
    switch context.goal {
    // Who suspects that they were refused asks alone, too.
    case .request, .keepalive: return delivery.isSuspicious || context.state.acceptedAt < context.beganAt
    case .ensure, .observe, .logout, .forget: return false
    }
  }

  private mutating func lockSession() -> CallStep {
    state = .lockingSession
    return .perform(.lockSession)
  }

  private mutating func unlock(keepSession: Bool) -> CallStep {
    state = .unlocking
    locks = keepSession ? .session : .none
    return .perform(.unlock(keepSession: keepSession))
  }

  /// nil when the call goes on, with the lock or because there is none to be had.
  private mutating func notLocked(_ locking: Locking) -> Failure? {
    switch locking {
    case .held:
      return nil
    case .busy:
      return Failure(
        .locked,
        "another thread or process has held this session for \(context.settings.lockTimeout) seconds (\"lock-timeout\")"
      )
    case .unavailable(let reason):
      context.log(.warning, "the store cannot be locked (\(reason)); siblings may log in at the same time")
      return nil
    }
  }
}
