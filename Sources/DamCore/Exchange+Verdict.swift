// Exchange+Verdict.swift - the part of an exchange that reads what the answers say: takes rotated cookies, looks into
// suspicions, and finds out that a session has ended. It refuses to end one for a single answer that may mean something else.

extension Exchange {
  mutating func judge(
    _ answer: Answer, _ purpose: Purpose, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    guard let wire else { return fail(Failure(.internalError, "an answer came without a request")) }
    // Another origin knows nothing of the session.
    if case .redirected(isOwn: false) = purpose { return end(purpose, delivered, answer, &state, moment) }
    switch (purpose, system.judge(answer, to: wire)) {
    // A new token that is refused is no reason to take another one; its first request will say more.
    case (.prove, .sessionInvalid), (.prove, .sessionSuspect):
      guard reject(&state) else { return proceed(&state, moment) }
      phase = .savingRotation(purpose, delivered, answer)
      return .saveSession(state.record, isDurable: true)
    case (_, .sessionInvalid):
      return invalid(answer, purpose, &state, moment)
    case (_, .sessionSuspect):
      switch purpose {
      case .host, .redirected, .observed: return suspect(answer, purpose, wire, &state, moment)
      case .probe, .prove, .confirm, .keepalive: return invalid(answer, purpose, &state, moment)
      }
    case (_, .pageInstead(let failure)):
      switch purpose {
      case .host, .redirected, .observed: return suspect(answer, purpose, wire, &state, moment)
      case .probe, .prove, .confirm, .keepalive: return settle(purpose, .failed(failure), answer, &state, moment)
      }
    case (.keepalive, .deliver) where !answer.isSuccess:
      let failure = Failure(
        .protocolViolation,
        "the answer does not show whether the session lives (HTTP \(answer.status)); check \"api-path\"",
        httpStatus: answer.status)
      return settle(purpose, .failed(failure), answer, &state, moment)
    case (_, .deliver):
      return settle(purpose, delivered, answer, &state, moment)
    case (_, .failed(let failure)):
      return settle(purpose, .failed(failure), answer, &state, moment)
    }
  }

  private mutating func suspect(
    _ answer: Answer, _ purpose: Purpose, _ wire: WireRequest, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    let suspicion = Suspicion(purpose: purpose, outcome: delivered, answer: answer, wire: wire)
    let open = Outcome.failed(Exchange.unconfirmed)
    // Where cookies do not rotate, those of a suspicious answer may be a guest's.
    guard system.rotates else { return end(.confirm(suspicion), open, answer, &state, moment) }
    return settle(.confirm(suspicion), open, answer, &state, moment)
  }

  /// Whether the host's request can be sent once more.
  var canSendAgain: Bool {
    guard case .request(let request) = goal, hasSent else { return true }
    if let redirected, redirected.hasNoBody { return true }
    return request.body.canRewind
  }

  /// Nothing came back. Try again only what certainly was not acted upon, or may be acted upon twice.
  private mutating func retry(
    after failure: Failure, _ purpose: Purpose, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    let wasNotSent = failure.cause == .connect
    let mayRepeat = wire?.isIdempotent == true && [.transfer, .timeout].contains(failure.cause)
    guard purpose.isForHost, wasNotSent || mayRepeat, canSendAgain, retries < settings.retries else {
      return end(purpose, .failed(failure), nil, &state, moment)
    }
    retries += 1
    isRetry = true
    log(.info, "trying again (\(retries) of \(settings.retries)): \(failure.message)")
    phase = .waiting
    // Twice as long each time: half a second, one, two, ...
    return .wait(milliseconds: 250 << UInt64(retries))
  }

  private var delivered: Outcome {
    .delivered(generation: sent.generation, replays: replays)
  }

  /// Stands for "not known yet" between a suspicious answer and its confirmation.
  private static let unconfirmed = Failure(.internalError, "a suspicious answer was not looked into")

  /// Sending failed. If an answer's head had arrived, the server has rotated the cookie: that one is the live one now.
  mutating func broken(
    _ failure: Failure, _ head: Answer?, _ purpose: Purpose, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    guard let head, let wire else { return retry(after: failure, purpose, &state, moment) }
    switch system.judge(head, to: wire) {
    // A suspicion rotates the cookie as any answer does.
    case .sessionSuspect where system.rotates, .deliver, .failed, .pageInstead:
      return settle(purpose, .failed(failure), head, &state, moment)
    case .sessionInvalid, .sessionSuspect:
      return end(purpose, .failed(failure), nil, &state, moment)
    }
  }

  private mutating func invalid(
    _ answer: Answer, _ purpose: Purpose, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    // Five times at the most: as it was, after each of two logins of our own, and with what siblings had newer.
    refusals += 1
    if let action = rejected(answer, purpose, &state) { return action }
    guard relogins < 2, refusals < 5 else {
      return fail(
        Failure(
          .sessionInvalid, "the session was refused again right after a new login (HTTP \(answer.status))",
          httpStatus: answer.status))
    }
    // A newer cookie of the same login was refused as well: nothing of that login is worth another try.
    refused = refused == nil ? sent : Freshness(generation: sent.generation, stamp: .max)
    if !canSendAgain {
      blocked = Failure(
        .replayImpossible, "the session had ended and the request's body cannot be given again; repeat the request",
        httpStatus: answer.status)
    }
    if let restedSince, system.hasIdleLimit { state.record.idle.sawDeath(after: moment.seconds - restedSince) }
    log(.info, "the server refuses generation \(sent.generation) (HTTP \(answer.status))")
    if system.sendsCredentials { return deny(answer, &state, moment) }
    return proceed(&state, moment)
  }

  /// A scarce secret that was refused when it was new is not replaced by itself: something else is wrong (a licence, a
  /// right, a restart), and every request would use up one more. One that nobody has tried yet may be replaced: its process
  /// may have ended before it could. nil: it may.
  private mutating func rejected(
    _ answer: Answer, _ purpose: Purpose, _ state: inout SessionState
  ) -> Action? {
    guard system.isScarce, state.record.generation == sent.generation, !isServed(&state) else { return nil }
    let isNews = reject(&state)
    guard let token = state.record.secret.flatMap(system.token), state.record.rejected == token.fingerprint else {
      return nil
    }
    let failure = Failure(
      .sessionInvalid,
      "the server refuses the device token (HTTP \(answer.status)), which has never worked, so no other is taken for it:"
        + " a licence or a right may be missing, or the server out of order; if the token was revoked, forget the session"
        + " and log in again", httpStatus: answer.status)
    guard isNews else { return fail(failure) }
    phase = .savingRotation(purpose, .failed(failure), answer)
    return .saveSession(state.record, isDurable: true)
  }

  /// Notes that the secret of this exchange's own login was refused; false if it is another's, or was noted before.
  private mutating func reject(_ state: inout SessionState) -> Bool {
    guard state.record.generation == ownGeneration, !isServed(&state),
      let print = state.record.secret.flatMap(system.token)?.fingerprint, state.record.rejected != print
    else { return false }
    state.record.rejected = print
    return true
  }

  private func isServed(_ state: inout SessionState) -> Bool {
    if state.servedGeneration == state.record.generation { return true }
    guard let token = state.record.secret.flatMap(system.token), state.record.served == token.fingerprint else {
      return false
    }
    state.servedGeneration = state.record.generation
    return true
  }

  /// Notes that the secret was accepted. nil: there is nothing that must be saved in the account first.
  private mutating func serve(
    _ purpose: Purpose, _ outcome: Outcome, _ answer: Answer, _ state: inout SessionState, _ moment: Moment
  ) -> Action? {
    guard let wire, case .delivered = outcome, system.proves(answer, to: wire) else { return nil }
    if let replaced {
      // Refused, and its successor accepted right after: that is a proof.
      account.markDead(token: replaced, now: moment.seconds)
      self.replaced = nil
      phase = .savingProof(purpose, outcome, answer)
      return .saveAccount(account)
    }
    if !isServed(&state) { state.record.served = state.record.secret.flatMap(system.token)?.fingerprint }
    return nil
  }

  /// The secret did its work: take the rotated cookies, of errors too, and hand over the result.
  mutating func settle(
    _ purpose: Purpose, _ outcome: Outcome, _ answer: Answer, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    guard state.record.generation == sent.generation, var secret = state.record.secret else {
      // A newer login or a logout came between: whatever this answer set belongs to the past.
      return end(purpose, outcome, answer, &state, moment)
    }
    let served = state.record.served
    if system.isScarce, let action = serve(purpose, outcome, answer, &state, moment) { return action }
    if system.sendsCredentials, case .delivered = outcome { state.acceptedAt = moment.microseconds }
    if let restedSince, system.hasIdleLimit, case .delivered = outcome {
      state.record.idle.sawSurvival(after: moment.seconds - restedSince)
    }
    state.record.usedAt = max(state.record.usedAt, moment.seconds)
    if restedSince != nil, let skew = answer.clockSkew(at: moment.seconds) { state.record.clockSkew = skew }
    let adoption = adopt(answer, &secret, &state, moment)
    state.record.secret = secret
    let isNews = adoption.adopted > 0 || state.record.served != served
    let isWorthSaving = isNews || !state.isStored || isUseWorthSaving(state)
    guard isWorthSaving else { return end(purpose, outcome, answer, &state, moment) }
    phase = .savingRotation(purpose, outcome, answer)
    return .saveSession(state.record, isDurable: system.isScarce)
  }

  private mutating func adopt(
    _ answer: Answer, _ secret: inout SessionSecret, _ state: inout SessionState, _ moment: Moment
  ) -> CookieSet.Adoption {
    // Where cookies do not rotate, those of an error answer are somebody else's.
    guard system.keepsCookies, system.rotates || answer.status < 400 else { return CookieSet.Adoption() }
    var changed = secret
    let adoption = changed.cookies.adopt(
      answer.headers, stamp: sentStamp, now: moment.seconds, own: system.cookieNames)
    guard !system.isScarce || system.isUsable(changed) else {
      // It is valid until it is revoked (guide), and what is revoked is refused.
      log(.warning, "an answer deletes the device token, which is kept until it is refused")
      return CookieSet.Adoption()
    }
    secret = changed
    if let lost = adoption.lost { log(.warning, "the server set \(lost) to a value that no cookie can hold") }
    state.statistics.cookiesAdopted += adoption.adopted
    state.statistics.cookiesLate += adoption.late
    if adoption.late > 0 { log(.debug, "dropped a late cookie of an earlier request") }
    if adoption.adopted > 0 { log(.debug, "adopted a rotated cookie: \(secret.cookies.header?.description ?? "none")") }
    return adoption
  }

  /// Siblings judge idleness by the time of last use; written now and then, so that not every request costs a save.
  private func isUseWorthSaving(_ state: SessionState) -> Bool {
    system.hasIdleLimit && state.record.usedAt - state.savedUsedAt >= IdleClock.resolution
  }

  mutating func end(
    _ purpose: Purpose, _ outcome: Outcome, _ answer: Answer?, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    switch (purpose, outcome) {
    case (.host, .delivered), (.redirected, .delivered):
      return follow(answer, outcome, &state, moment)
    case (.host, .failed(let failure)) where isWorthWaiting(for: failure),
      (.redirected, .failed(let failure)) where isWorthWaiting(for: failure):
      return wait(for: failure)
    case (.host, _), (.redirected, _), (.observed, _):
      return finish(outcome)
    // The session lives: the suspicious answer was the application's own, and leads where it leads.
    case (.confirm(let suspicion), .delivered):
      wire = suspicion.wire
      return end(suspicion.purpose, suspicion.outcome, suspicion.answer, &state, moment)
    case (.confirm(let suspicion), .failed(Exchange.unconfirmed)):
      self.suspicion = suspicion
      return proceed(&state, moment)
    case (.confirm, _):
      return finish(outcome)
    // A probe that failed for another reason says nothing about the session: the request itself will tell.
    case (.probe, _), (.prove, _):
      return proceed(&state, moment)
    case (.keepalive, .delivered):
      return finish(.ready(state.record))
    case (.keepalive, _):
      return finish(outcome)
    }
  }
}
