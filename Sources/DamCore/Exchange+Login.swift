// Exchange+Login.swift - the part of an exchange that gets a session secret.
// Runs with the session's and the account's lock held. It refuses to take the old secret away before there is a new one.

extension Exchange {
  /// A call logs in because there is no session, and at most twice more because one was refused: whatever comes then, more
  /// logins will not mend it.
  static let mostLogins = 3

  mutating func ask(_ state: inout SessionState, _ moment: Moment) -> Action {
    if let known = system.credentials.given ?? (system.sendsCredentials ? state.credentials : nil) {
      take(known)
      return proceed(&state, moment)
    }
    phase = .asking
    return .askCredentials
  }

  mutating func answered(_ answer: Secret?, _ state: inout SessionState, _ moment: Moment) -> Action {
    guard let answer, !answer.isEmpty else {
      let why = refused == nil ? "there is no session yet" : "the session has ended"
      return fail(Failure(.credentialsNeeded, "\(why) and no \(system.credentials.word) is at hand to log in"))
    }
    take(answer)
    if system.sendsCredentials { state.credentials = answer }
    return proceed(&state, moment)
  }

  private mutating func take(_ given: Secret) {
    credentials = given
    hashes = [:]
  }

  mutating func beginLogin(_ state: inout SessionState, _ moment: Moment) -> Action {
    guard let credentials else { return fail(Failure(.internalError, "a login began without credentials")) }
    guard logins < Exchange.mostLogins else {
      return fail(Failure(.sessionInvalid, "the session was ended by somebody else right after the login"))
    }
    // Needed to know them again if they were refused before, or are now to travel with every request.
    if !account.refusals.isEmpty || system.sendsCredentials, let action = derive(credentials, salt, state) {
      return action
    }
    if let objection = objection(state, moment) {
      // The host may have better ones next time.
      state.credentials = nil
      return fail(objection)
    }
    if system.isScarce, !hasProvedStore {
      // A token that cannot be kept would be lost with this process, and the next one would take another.
      phase = .provingStore
      return .saveAccount(account)
    }
    var progress = LoginProgress(credentials: credentials, now: moment.seconds, clockSkew: state.record.clockSkew)
    do throws(Failure) {
      let request = try system.beginLogin(&progress)
      login = progress
      state.statistics.logins += 1
      logins += 1
      if refused != nil { relogins += 1 }
      log(.info, "logging in at \(settings.site.origin.text)" + (refused == nil ? "" : ": the session has ended"))
      return sendForLogin(request, &state, moment)
    } catch {
      return fail(error)
    }
  }

  mutating func provedStore(
    _ saving: Saving<AccountRecord>, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    note(saving, &state)
    if case .failed(let reason) = saving {
      return fail(
        Failure(
          .store,
          "a device token could not be kept (\(reason)), so none was asked for; make the store writable, or"
            + " choose \"store\" memory if this process alone shall have one"))
    }
    hasProvedStore = true
    return beginLogin(&state, moment)
  }

  private mutating func sendForLogin(_ request: WireRequest, _ state: inout SessionState, _ moment: Moment) -> Action {
    login?.stamp = state.nextStamp(moment)
    state.statistics.exchanges += 1
    phase = .loggingIn
    log(.debug, "\(request.method) \(request.redactedURL)")
    var request = request
    request.isLogin = true
    return .send(request, isForHost: false)
  }

  mutating func continueLogin(_ answer: Answer, _ state: inout SessionState, _ moment: Moment) -> Action {
    guard var progress = login else { return fail(Failure(.internalError, "a login's answer came without a login")) }
    if progress.stage > 0, system.hasOrganizations { state.statistics.organizationLogins += 1 }
    do throws(Failure) {
      let next = try system.continueLogin(&progress, answer)
      switch next {
      case .send(let request):
        login = progress
        return sendForLogin(request, &state, moment)
      case .finished:
        login = progress
        return adopt(progress, answer, &state, moment)
      case .denied(let reason, let failure):
        return denied(Denial(reason: reason, failure: failure), &state, moment)
      case .ended(let failure):
        guard logins < Exchange.mostLogins else { return failedLogin(failure, &state) }
        log(.info, "the session ended before its login was complete; logging in again")
        return beginLogin(&state, moment)
      }
    } catch {
      return failedLogin(error, &state)
    }
  }

  /// The answer to a login broke off. Its head is enough where it holds all that is wanted, and what is wanted is scarce:
  /// the server has counted the token, whether its page arrived or not.
  mutating func brokenLogin(
    _ failure: Failure, _ head: Answer?, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    guard system.isScarce, let head, var progress = login, case .finished? = try? system.continueLogin(&progress, head)
    else { return failedLogin(failure, &state) }
    log(.warning, "the answer to the login broke off after its device token had arrived, which is kept")
    login = progress
    return adopt(progress, head, &state, moment)
  }

  private mutating func adopt(
    _ progress: LoginProgress, _ answer: Answer, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    var record = state.record.successor()
    record.identity = settings.identity
    record.secret = progress.secret
    if system.sendsCredentials, let hash = hashes[salt] {
      record.secret?.proof = salt + ":" + hash
      state.acceptedAt = moment.microseconds
    }
    record.organizations = progress.organizations
    record.issuedAt = moment.seconds
    record.usedAt = moment.seconds
    record.clockSkew = answer.clockSkew(at: moment.seconds) ?? progress.clockSkew
    // Looked up now: the driver lets the state know of what it saves.
    replaced = system.isScarce ? state.record.secret.flatMap(system.token) : nil
    ownGeneration = record.generation
    log(.info, "logged in: generation \(record.generation)")
    // Not in the state yet: no sibling thread may use what is not saved.
    phase = .savingLogin(record)
    return .saveSession(record, isDurable: system.isScarce)
  }

  mutating func savedLogin(
    _ saving: Saving<SessionRecord>, _ record: SessionRecord, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    state.take(record)
    note(saving, &state)
    if case .failed(let reason) = saving, system.isScarce {
      unsaved = reason
      log(.error, "a device token was obtained but could not be saved: take it from the session before it is lost")
    }
    let before = account
    account.accept(hashes[salt])
    if let token = login.flatMap({ system.isScarce ? system.token($0.secret) : nil }) {
      account.enter(token: token, now: state.record.issuedAt)
      if let replaced, replaced != token { account.suspect(token: replaced, now: moment.seconds) }
    }
    login = nil
    guard account != before else { return unlock(keepSession: serializes) }
    phase = .savingAccount
    return .saveAccount(account)
  }

  /// A login failed for reasons that say nothing of the credentials.
  mutating func failedLogin(_ failure: Failure, _ state: inout SessionState) -> Action {
    let halfOpen = login?.secret ?? SessionSecret()
    login = nil
    guard system.isUsable(halfOpen), let request = system.logout(halfOpen) else { return recheck(failure) }
    // The user is logged in at the server, but for nothing: servers limit how many such sessions there may be.
    phase = .discarding(failure)
    state.statistics.exchanges += 1
    return .send(request, isForHost: false)
  }

  /// A login failed: a sibling on a store without locks may have had more luck.
  mutating func recheck(_ failure: Failure) -> Action {
    phase = .recheckingAfter(failure)
    return .load
  }
}

extension Answer {
  /// The server's clock minus ours, from its `Date`; as far apart as a record may say.
  package func clockSkew(at now: Int64) -> Int64? {
    headers.first("date").flatMap(HTTPDate.seconds).map { RecordBounds.skew($0 - now) }
  }
}
