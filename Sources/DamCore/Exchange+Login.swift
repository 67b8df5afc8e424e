// Exchange+Login.swift - the half of an exchange that gets a session secret and the half that gives one up.
// Runs with the session's and the account's lock held. It refuses to try credentials that are known to be refused.

extension Exchange {
  mutating func ask(_ state: inout SessionState, _ moment: Moment) -> Action {
    let given = system.credentialsAreEncryptionSecret ? settings.encryptionSecret : settings.password
    if let known = given ?? (system.sendsCredentials ? state.credentials : nil) {
      credentials = known
      return proceed(&state, moment)
    }
    phase = .asking
    return .askCredentials
  }

  mutating func answered(_ answer: Secret?, _ state: inout SessionState, _ moment: Moment) -> Action {
    guard let answer, !answer.isEmpty else {
      let what = system.credentialsAreEncryptionSecret ? "encryption secret" : "password"
      let why = refused == nil ? "there is no session yet" : "the session has ended"
      return fail(Failure(.credentialsNeeded, "\(why) and no \(what) is at hand to log in"))
    }
    credentials = answer
    if system.sendsCredentials { state.credentials = answer }
    return proceed(&state, moment)
  }

  /// A secret that is proven dead is forgotten before anything else, so that no sibling sends it again and whatever is
  /// bound to it is known to be stale, also when no login follows. nil: there is none.
  mutating func bury(_ state: inout SessionState, _ moment: Moment) -> Action? {
    guard let refused, let secret = state.record.secret, freshness(state) <= refused else { return nil }
    guard system.isScarce, let token = system.token(secret), account.markDead(token: token, now: moment.seconds) else {
      return buryRecord(&state)
    }
    phase = .buryingToken
    return .saveAccount(account)
  }

  mutating func buryRecord(_ state: inout SessionState) -> Action {
    state.record.secret = nil
    phase = .buryingSession
    return .saveSession(state.record, isDurable: false)
  }

  mutating func beginLogin(_ state: inout SessionState, _ moment: Moment) -> Action {
    guard let credentials else { return fail(Failure(.internalError, "a login began without credentials")) }
    // Once because there was no session, once because it was refused: whatever comes then, more logins will not mend it.
    guard logins < 2 else {
      return fail(Failure(.sessionInvalid, "the session was ended by somebody else right after the login"))
    }
    if let objection = objection(to: credentials, state, moment) {
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
      log(.info, "logging in at \(settings.origin.text)" + (refused == nil ? "" : ": the session has ended"))
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

  private var insists: Bool {
    if case .ensure(let again, _) = goal { return again }
    return false
  }

  /// Why this login must not be tried; nil when it may.
  private mutating func objection(to credentials: Secret, _ state: SessionState, _ moment: Moment) -> Failure? {
    if let refusal = account.refuses(credentials), !insists {
      let minutes = max(0, (moment.seconds - refusal.at) / 60)
      return Failure(
        refusal.wantsSecondFactor ? .secondFactor : .credentialsRefused,
        "these credentials were refused \(minutes) minutes ago and are not tried again, so that the account is not"
          + " locked; change them or insist (login --again)")
    }
    guard system.isScarce else { return nil }
    let live = account.liveTokens
    let allowed = Int(settings.tokenLimit) - Int(settings.tokenReserve)
    if live >= allowed {
      return Failure(
        .tokenLimit,
        "\(live) device tokens of this user were obtained from here and may still count against the limit of"
          + " \(settings.tokenLimit); an administrator can revoke them (\"token-limit\", \"token-reserve\")")
    }
    if live + 2 >= allowed, hasProvedStore {
      log(.warning, "this login takes device token \(live + 1) of \(settings.tokenLimit) of the user")
    }
    return nil
  }

  private mutating func sendForLogin(_ request: WireRequest, _ state: inout SessionState, _ moment: Moment) -> Action {
    login?.stamp = state.nextStamp(moment)
    state.statistics.exchanges += 1
    phase = .loggingIn
    log(.debug, "\(request.method) \(request.redactedURL)")
    return .send(request, isForHost: false)
  }

  mutating func continueLogin(_ answer: Answer, _ state: inout SessionState, _ moment: Moment) -> Action {
    guard var progress = login else { return fail(Failure(.internalError, "a login's answer came without a login")) }
    if progress.stage > 0, system.hasOrganizations { state.statistics.organizationLogins += 1 }
    do throws(Failure) {
      let next = try system.continueLogin(&progress, answer)
      login = progress
      switch next {
      case .send(let request): return sendForLogin(request, &state, moment)
      case .finished: return adopt(progress, answer, &state, moment)
      }
    } catch {
      return refusedLogin(error, &state, moment)
    }
  }

  private mutating func adopt(
    _ progress: LoginProgress, _ answer: Answer, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    var record = state.record.successor()
    record.identity = settings.identity
    record.secret = progress.secret
    if system.sendsCredentials { record.secret?.proof = SessionSecret.proof(of: progress.credentials, key: entropy) }
    record.organizations = progress.organizations
    record.issuedAt = moment.seconds
    record.usedAt = moment.seconds
    record.clockSkew = answer.clockSkew(at: moment) ?? progress.clockSkew
    hasLoggedIn = refused != nil
    log(.info, "logged in: generation \(record.generation)")
    // Not in the state yet: no sibling thread may use what is not saved.
    phase = .savingLogin(record)
    return .saveSession(record, isDurable: system.isScarce)
  }

  mutating func savedLogin(
    _ saving: Saving<SessionRecord>, _ record: SessionRecord, _ state: inout SessionState
  ) -> Action {
    state.take(record)
    note(saving, &state)
    if case .failed(let reason) = saving, system.isScarce {
      unsaved = reason
      log(.error, "a device token was obtained but could not be saved: take it from the session before it is lost")
    }
    let before = account
    account.forgetRefusal()
    if let token = login.flatMap({ system.isScarce ? system.token($0.secret) : nil }) {
      account.enter(token: token, now: state.record.issuedAt)
    }
    login = nil
    phase = .savingAccount
    guard account != before else {
      phase = .unlocking
      holdsAccount = false
      holdsSession = serializes
      return .unlock(keepSession: serializes)
    }
    return .saveAccount(account)
  }

  mutating func refusedLogin(
    _ failure: Failure, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    let halfOpen = login?.secret ?? SessionSecret()
    login = nil
    if system.isUsable(halfOpen), let request = system.logout(halfOpen) {
      // The user is logged in at the server, but for nothing: servers limit how many such sessions there may be.
      phase = .discarding(failure)
      state.statistics.exchanges += 1
      return .send(request, isForHost: false)
    }
    guard let credentials, failure.cause == .credentialsRefused || failure.cause == .secondFactor else {
      return recheck(failure)
    }
    state.statistics.loginsRefused += 1
    log(.error, "the login was refused; it is not repeated with these credentials")
    account.remember(
      refused: credentials, secondFactor: failure.cause == .secondFactor, now: moment.seconds, entropy: entropy)
    if system.sendsCredentials { state.credentials = nil }
    phase = .savingRefusal(failure)
    return .saveAccount(account)
  }

  /// A login failed: a sibling on a store without locks may have had more luck.
  mutating func recheck(_ failure: Failure) -> Action {
    phase = .recheckingAfter(failure)
    return .load
  }

  // MARK: The end of a session

  mutating func endSession(_ state: inout SessionState, _ moment: Moment) -> Action {
    guard let secret = state.record.secret else { return finish(.loggedOut(.none)) }
    let tombstone = state.record.successor()
    state.record = tombstone
    state.credentials = nil
    phase = .savingTombstone(secret)
    return .saveSession(tombstone, isDurable: true)
  }

  mutating func savedTombstone(
    _ saving: Saving<SessionRecord>, _ secret: SessionSecret, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    note(saving, &state)
    var storeFailure: String?
    if case .failed(let reason) = saving { storeFailure = reason }
    log(.info, "the session is forgotten here")
    guard case .logout = goal, let request = system.logout(secret) else { return loggedOut(.local, storeFailure) }
    phase = .loggingOut(storeFailure: storeFailure)
    state.statistics.exchanges += 1
    return .send(request, isForHost: false)
  }

  /// Cookies of a logout's answer are never looked at: it carries the old one once more (reference, logout trap).
  mutating func loggedOut(_ result: LogoutResult, _ storeFailure: String?) -> Action {
    if let storeFailure {
      return fail(
        Failure(.store, "the session is forgotten in memory, but its record could not be wiped (\(storeFailure))"))
    }
    return finish(.loggedOut(result))
  }
}

extension SessionSecret {
  static func proof(of credentials: Secret, key: [UInt8]) -> String {
    let text = Hash.hex(key)
    return text + ":" + Hash.keyed(credentials, key: Array(text.utf8))
  }

  static func proves(_ proof: String?, _ credentials: Secret) -> Bool {
    guard let key = proof?.split(separator: ":").first else { return false }
    return proof == key + ":" + Hash.keyed(credentials, key: Array(key.utf8))
  }
}

extension Answer {
  /// The server's clock minus ours, from its `Date`.
  func clockSkew(at moment: Moment) -> Int64? {
    headers.first("date").flatMap(HTTPDate.seconds).map { $0 - moment.seconds }
  }
}
