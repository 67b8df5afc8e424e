// Exchange+Refusal.swift - the part of an exchange that remembers refused credentials and knows them again.
//
// What proves that credentials are wrong is remembered for good. What may also be a server that is out of order is tried
// again after a minute, two, four and eight; after five failures in a row nothing that failed before is tried by itself,
// since servers lock an account after ten. Both hold for all processes that share the store, until the credentials
// change, succeed, or the caller insists. It refuses to tell which of two programs is the one that is wrong.

extension Exchange {
  /// What a server's refusal says of the credentials, and what the caller hears.
  struct Denial: Sendable {
    let reason: Refusal.Reason
    let failure: Failure
  }

  /// For whoever does what `Action.derive` says.
  package static func slowHash(_ credentials: Secret, salt: String) -> String? { Hash.slow(credentials, salt: salt) }

  /// What the account's hashes are salted with.
  var salt: String { account.key ?? Hex.text(entropy) }

  /// nil when the hash of the credentials with this salt is known.
  mutating func derive(_ credentials: Secret, _ salt: String, _ state: SessionState, for denial: Denial? = nil)
    -> Action?
  {
    guard hashes[salt] == nil else { return nil }
    if let known = state.derived, known.salt == salt, known.credentials == credentials {
      hashes[salt] = known.hash
      return nil
    }
    wantedSalt = salt
    phase = .deriving(denial)
    return .derive(credentials, salt: salt)
  }

  mutating func derived(
    _ hash: String?, _ denial: Denial?, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    guard let hash, let credentials else {
      return fail(denial?.failure ?? Failure(.internalError, "there is no memory to hash the credentials"))
    }
    hashes[wantedSalt] = hash
    if system.sendsCredentials { state.derived = (credentials, wantedSalt, hash) }
    return denial.map { remember($0, &state, moment) } ?? proceed(&state, moment)
  }

  private var insists: Bool {
    if case .ensure(let again, _) = goal { return again }
    return false
  }

  /// Why this login must not be tried; nil when it may.
  mutating func objection(_ state: SessionState, _ moment: Moment) -> Failure? {
    if !insists, let refusal = hashes[salt].flatMap(account.refusal), let objection = objection(to: refusal, moment) {
      return objection
    }
    guard let scarcity = system.scarcity else { return nil }
    let live = account.liveTokens
    let allowed = scarcity.limit.minus(scarcity.reserve)
    if live >= allowed {
      return Failure(
        .tokenLimit,
        "\(live) device tokens of this user were obtained from here and may still count against the limit of"
          + " \(scarcity.limit); an administrator can revoke them (\"token-limit\", \"token-reserve\")")
    }
    if live + 2 >= allowed, hasProvedStore {
      log(.warning, "this login takes device token \(live + 1) of \(scarcity.limit) of the user")
    }
    return nil
  }

  private func objection(to refusal: Refusal, _ moment: Moment) -> Failure? {
    let minutes = max(0, moment.seconds - refusal.at) / 60
    switch refusal.reason {
    case .wrong, .secondFactor:
      return Failure(
        refusal.reason == .secondFactor ? .secondFactor : .credentialsRefused,
        "these credentials were refused \(minutes) minutes ago and are not tried again, so that the account is not"
          + " locked; change them or insist (login --again)")
    case .unclear where account.failuresInARow >= AccountRecord.mostFailures:
      return Failure(
        .credentialsRefused,
        "\(account.failuresInARow) logins in a row failed, the last \(minutes) minutes ago, and the server does not say"
          + " whether the credentials are wrong or it is out of order; no more are tried, so that the account is not"
          + " locked: check both, then insist (login --again)")
    case .unclear:
      // A clock that was set back must not make this longer than it was meant to be.
      let wait = min(refusal.nextAt.minus(moment.seconds), refusal.nextAt.minus(refusal.at))
      guard wait > 0 else { return nil }
      return Failure(
        .server,
        "a login failed \(minutes) minutes ago, and the server does not say whether the credentials are wrong or it is out"
          + " of order; the next is tried in \(wait) s, or change the credentials, or insist (login --again)",
        retryAfter: Int32(clamping: wait))
    }
  }

  /// The server did not let the credentials in.
  mutating func denied(_ denial: Denial, _ state: inout SessionState, _ moment: Moment) -> Action {
    login = nil
    guard let credentials else { return recheck(denial.failure) }
    return derive(credentials, salt, state, for: denial) ?? remember(denial, &state, moment)
  }

  private mutating func remember(_ denial: Denial, _ state: inout SessionState, _ moment: Moment) -> Action {
    self.denial = nil
    guard let hash = hashes[salt] else { return recheck(denial.failure) }
    state.statistics.loginsRefused += 1
    log(
      .error,
      denial.reason == .unclear
        ? "the login failed, perhaps for the credentials"
        : "the login was refused; it is not repeated with these credentials")
    account.remember(denial.reason, hash: hash, salt: salt, now: moment.seconds)
    if system.sendsCredentials { state.credentials = nil }
    phase = .savingRefusal(denial.failure)
    return .saveAccount(account)
  }

  /// A proof of credentials that are no longer let in would have them sent with every request.
  mutating func dropProof(_ failure: Failure, _ state: inout SessionState) -> Action {
    guard let proof = state.record.secret?.proof, hashes.contains(where: { proof == $0.key + ":" + $0.value }) else {
      return recheck(failure)
    }
    state.record.secret = nil
    phase = .droppingProof(failure)
    return .saveSession(state.record, isDurable: false)
  }

  /// Credentials that travel with every request were refused twice: that was a login, and it is judged as one.
  mutating func deny(_ answer: Answer, _ state: inout SessionState, _ moment: Moment) -> Action {
    guard let credentials else { return fail(Failure(.internalError, "a request carried no credentials")) }
    var progress = LoginProgress(credentials: credentials, now: moment.seconds, clockSkew: 0)
    do throws(Failure) {
      guard case .denied(let reason, let failure) = try system.continueLogin(&progress, answer) else {
        return proceed(&state, moment)
      }
      denial = Denial(reason: reason, failure: failure)
      return proceed(&state, moment)
    } catch {
      return fail(error)
    }
  }
}

extension SessionSecret {
  /// What a proof is salted with.
  var proofSalt: String? { proof?.split(separator: ":").first.map(String.init) }
}
