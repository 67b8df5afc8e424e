// Login.swift - the stage of a call that gets a session secret. It runs with the session's and the account's lock held,
// and leaves the old secret where it is until there is a new one.
//
//   begin -> hash the credentials if they may have been refused before, or are now to travel with every request
//         -> for what is scarce: prove that the store can be written
//         -> talk: send, take the response, until the system says that it is finished, denied or over
//            finished: save the session, then the account if something was learned of it
//            denied:   remember the refusal in the account; drop a proof of these credentials; look again
//            else:     close what is half open; look again: a sibling on a store without locks may have had more luck

struct Login: Sendable {
  private enum State {
    /// Not begun, or over.
    case idle
    /// The slow hash of the credentials is made; then the login goes on where it was.
    case hashing(Secret)
    /// The slow hash of refused credentials is made. Next: `savingRefusal`.
    case hashingRefused(Denial)
    /// The account is saved only to see that it can be, before something scarce is asked for. Next: `talking`.
    case provingStore(Secret)
    /// A request of the login is under way.
    case talking(LoginProgress)
    /// The new record is saved, and not in the session's state yet: no sibling thread may use what is not saved. The
    /// secret is the token for the ledger. Next: `savingAccount`, or the login is over.
    case savingSession(SessionRecord, Secret?)
    /// The account is saved with the new token, or without a refusal that has become untrue. Then the login is over.
    case savingAccount
    /// The account is saved with the refusal. Next: `droppingProof`, `rechecking`.
    case savingRefusal(Failure)
    /// The record is saved without the proof of the refused credentials. Next: `rechecking`.
    case droppingProof(Failure)
    /// The login failed half way: the session that it had opened at the server is closed there. Next: `rechecking`.
    case discarding(Failure)
    /// The record is read again: a session that a sibling has made is used; without one, this is the result.
    case rechecking(Failure)
  }

  /// A call logs in because there is no session, and at most twice more because one was refused: whatever comes then,
  /// more logins will not mend it.
  static let most = 3

  private var state = State.idle
  private var hasProvedStore = false
  private var entropy: [UInt8] = []

  /// 16 random bytes, for a salt if the account has none.
  mutating func season(_ random: [UInt8]) { entropy = random }

  mutating func step(_ event: CallEvent, _ context: inout CallContext) -> CallStep {
    switch (state, event) {
    case (.hashing(let credentials), .derived(let hash)):
      guard context.takeHash(hash, salt: salt(context)) else { return .fail(CallContext.noMemory) }
      return begin(credentials, &context)
    case (.hashingRefused(let denial), .derived(let hash)):
      guard context.takeHash(hash, salt: salt(context)) else { return .fail(denial.failure) }
      return remember(denial, &context)
    case (.provingStore(let credentials), .savedAccount(let saving)):
      return proved(saving, credentials, &context)
    case (.talking(let progress), .responded(let response)):
      return talk(progress, response, &context)
    case (.talking(let progress), .failed(let failure, let head)):
      return broken(progress, failure, head, &context)
    case (.savingSession(let record, let token), .savedSession(let saving)):
      return saved(saving, record, token, &context)
    case (.savingAccount, .savedAccount(let saving)):
      context.note(saving)
      return end()
    case (.savingRefusal(let failure), .savedAccount(let saving)):
      context.note(saving)
      return dropProof(failure, &context)
    case (.droppingProof(let failure), .savedSession(let saving)):
      context.note(saving)
      return recheck(failure)
    case (.discarding(let failure), .responded), (.discarding(let failure), .failed):
      return recheck(failure)
    case (.rechecking(let failure), .loaded(let loading)):
      if let objection = context.take(loading) { return .fail(objection) }
      guard context.usable == nil else { return end() }
      context.noteLogin(failed: failure)
      return .fail(failure)
    default:
      return .outOfTurn(event)
    }
  }

  private mutating func end() -> CallStep {
    state = .idle
    return .proceed
  }

  /// What the account's hashes are salted with.
  private func salt(_ context: CallContext) -> String { context.account.key ?? Hex.text(entropy) }

  // MARK: Before anything is sent

  mutating func begin(_ credentials: Secret, _ context: inout CallContext) -> CallStep {
    guard context.logins < Login.most else {
      return .fail(Failure(.sessionInvalid, "the session was ended by somebody else right after the login"))
    }
    let salt = salt(context)
    if !context.account.refusals.isEmpty || context.system.sendsCredentials, !context.hasHash(salt) {
      state = .hashing(credentials)
      return .perform(.derive(credentials, salt: salt))
    }
    if let objection = context.objectionToLogin(salt: salt) {
      // The application may have better ones next time.
      context.state.credentials = nil
      return .fail(objection)
    }
    if let scarcity = context.system.scarcity {
      guard hasProvedStore else {
        // A token that cannot be kept would be lost with this process, and the next one would take another.
        state = .provingStore(credentials)
        return .perform(.saveAccount(context.account))
      }
      context.warn(of: scarcity)
    }
    return start(credentials, &context)
  }

  private mutating func proved(
    _ saving: Saving<AccountRecord>, _ credentials: Secret, _ context: inout CallContext
  ) -> CallStep {
    context.note(saving)
    if case .failed(let reason) = saving {
      return .fail(
        Failure(
          .store,
          "a device token could not be kept (\(reason)), so none was asked for; make the store writable, or"
            + " choose \"store\" memory if this process alone shall have one"))
    }
    hasProvedStore = true
    return begin(credentials, &context)
  }

  private mutating func start(_ credentials: Secret, _ context: inout CallContext) -> CallStep {
    var progress = context.progress(.credentials, credentials)
    do throws(Failure) {
      let request = try context.system.beginLogin(&progress)
      context.state.statistics.logins += 1
      context.logins += 1
      if context.refused != nil { context.relogins += 1 }
      context.log(.info) { "logging in at \($0.home.text)" + ($0.refused == nil ? "" : ": the session has ended") }
      return send(request, progress, &context)
    } catch {
      return .fail(error)
    }
  }

  // MARK: Talking

  private mutating func send(
    _ request: WireRequest, _ progress: LoginProgress, _ context: inout CallContext
  ) -> CallStep {
    var progress = progress
    let step = context.sendLogin(request, &progress)
    state = .talking(progress)
    return step
  }

  private mutating func talk(
    _ before: LoginProgress, _ response: WireResponse, _ context: inout CallContext
  ) -> CallStep {
    var progress = before
    do throws(Failure) {
      switch try context.read(&progress, response) {
      case .send(let request):
        return send(request, progress, &context)
      case .finished:
        return adopt(progress, response, &context)
      case .denied(let reason, let failure):
        return deny(Denial(reason: reason, failure: failure), &context)
      case .ended(let failure):
        guard context.logins < Login.most else { return failed(before, failure, &context) }
        context.log(.info, "the session ended before its login was complete; logging in again")
        return begin(progress.credentials, &context)
      }
    } catch {
      return failed(before, error, &context)
    }
  }

  /// The response to a login broke off. Its head is enough where something scarce is wanted and the head holds all of
  /// it: the server has counted the token, whether the body arrived or not.
  private mutating func broken(
    _ before: LoginProgress, _ failure: Failure, _ head: WireResponse?, _ context: inout CallContext
  ) -> CallStep {
    var progress = before
    guard context.system.isScarce, let head, case .finished? = try? context.system.continueLogin(&progress, head)
    else { return failed(before, failure, &context) }
    context.log(.warning, "the response to the login broke off after its device token had arrived, which is kept")
    return adopt(progress, head, &context)
  }

  /// A login failed for reasons that say nothing of the credentials.
  private mutating func failed(
    _ progress: LoginProgress, _ failure: Failure, _ context: inout CallContext
  ) -> CallStep {
    let halfOpen = progress.secret
    guard context.system.isUsable(halfOpen), let request = context.system.logout(halfOpen) else {
      return recheck(failure)
    }
    // The user is logged in at the server, to no purpose: servers limit how many such sessions there may be.
    state = .discarding(failure)
    context.state.statistics.exchanges += 1
    return .perform(.send(request))
  }

  private mutating func recheck(_ failure: Failure) -> CallStep {
    state = .rechecking(failure)
    return .perform(.load)
  }

  // MARK: Let in

  private mutating func adopt(
    _ progress: LoginProgress, _ response: WireResponse, _ context: inout CallContext
  ) -> CallStep {
    let system = context.system
    var record = context.successor(progress, response)
    let salt = salt(context)
    if system.sendsCredentials, let hash = context.credentials.hash(salt) {
      record.secret?.proof = salt + ":" + hash
      context.state.acceptedAt = context.moment.microseconds
    }
    // Looked up before the record is saved: what is saved goes into the session's state.
    context.made = CallContext.Made(
      generation: record.generation,
      replaced: system.isScarce ? context.state.record.secret.flatMap(system.token) : nil)
    context.log(.info, "logged in: generation \(record.generation)")
    state = .savingSession(record, system.isScarce ? system.token(progress.secret) : nil)
    return .perform(.saveSession(record, isDurable: system.isScarce))
  }

  private mutating func saved(
    _ saving: Saving<SessionRecord>, _ record: SessionRecord, _ token: Secret?, _ context: inout CallContext
  ) -> CallStep {
    context.state.takeOwn(record)
    context.note(saving)
    if case .failed(let reason) = saving, context.system.isScarce {
      context.made.unsaved = reason
      context.log(
        .error, "a device token was obtained but could not be saved: take it from the session before it is lost")
    }
    let before = context.account
    context.account.accept(context.credentials.hash(salt(context)))
    if let token {
      context.account.enter(token: token, now: context.state.record.issuedAt)
      if let replaced = context.made.replaced, replaced != token {
        context.account.suspect(token: replaced, now: context.moment.seconds)
      }
    }
    guard context.account != before else { return end() }
    state = .savingAccount
    return .perform(.saveAccount(context.account))
  }

  // MARK: Denied

  /// The server refused the credentials: in a login, or with a request that carried them.
  mutating func deny(_ denial: Denial, _ context: inout CallContext) -> CallStep {
    guard let credentials = context.credentials.secret else { return recheck(denial.failure) }
    let salt = salt(context)
    guard context.hasHash(salt) else {
      state = .hashingRefused(denial)
      return .perform(.derive(credentials, salt: salt))
    }
    return remember(denial, &context)
  }

  private mutating func remember(_ denial: Denial, _ context: inout CallContext) -> CallStep {
    context.denial = nil
    let salt = salt(context)
    guard let hash = context.credentials.hash(salt) else { return recheck(denial.failure) }
    context.state.statistics.loginsRefused += 1
    context.log(
      .error,
      denial.reason == .unclear
        ? "the login failed, perhaps for the credentials"
        : "the login was refused; it is not repeated with these credentials")
    context.account.remember(denial.reason, hash: hash, salt: salt, now: context.moment.seconds)
    if context.system.sendsCredentials { context.state.credentials = nil }
    state = .savingRefusal(denial.failure)
    return .perform(.saveAccount(context.account))
  }

  /// As long as the record holds the proof of these credentials, they would be sent with every request.
  private mutating func dropProof(_ failure: Failure, _ context: inout CallContext) -> CallStep {
    guard let proof = context.state.record.secret?.proof, context.credentials.isProof(proof) else {
      return recheck(failure)
    }
    context.state.record.secret = nil
    state = .droppingProof(failure)
    return .perform(.saveSession(context.state.record, isDurable: false))
  }
}
