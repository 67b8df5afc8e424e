// ConsentStage.swift - the stage of a call that asks a person for consent, or takes the answer (RFC 6749, 4.1; RFC
// 7636). The two may be two processes: what the answer is checked against is in the record. It runs with the session's
// lock held.
//
//   begin  -> save state and verifier -> the URL to open
//   finish -> is it the answer to that question, and in time? -> save that it was taken: there is no second one
//          -> send the code -> save the session
//
// Without a browser that brings the answer (RFC 8628):
//
//   begin  -> ask the server for a code to type -> save what it is asked with -> URL and code
//   poll   -> ask whether the code was typed: not yet; or save the session

struct ConsentStage: Sendable {
  private enum State {
    /// Not begun, or over.
    case idle
    /// The server is asked for a code that a person types.
    case askingDevice
    /// The question is saved, so that any process can take the answer. Then the call ends with this.
    case savingQuestion(CallOutcome)
    /// The record is saved with the note that an answer was taken. Next: `talking`.
    case savingAnswer(ConsentProof)
    /// The code is on its way, or what follows it.
    case talking(LoginProgress)
    /// The record is saved with the note that the server is to be asked less often.
    case savingInterval(Failure)
    /// The refresh token is saved. Next: `talking`.
    case savingHalf(SessionRecord, WireRequest, LoginProgress)
    /// The new record is saved, and not in the session's state yet. Then there is a session.
    case savingSession(SessionRecord)
  }

  private var state = State.idle

  mutating func begin(_ step: ConsentStep, _ context: inout CallContext) -> CallStep {
    switch step {
    case .begin(let entropy): ask(entropy, &context)
    case .finish(let redirected): take(redirected, &context)
    case .beginDevice: askDevice(&context)
    case .poll: poll(&context)
    }
  }

  mutating func step(_ event: CallEvent, _ context: inout CallContext) -> CallStep {
    switch (state, event) {
    case (.askingDevice, .responded(let response)):
      return takeDevice(response, &context)
    case (.askingDevice, .failed(let failure, _)):
      return .fail(failure)
    case (.savingQuestion(let outcome), .savedSession(let saving)):
      context.note(saving)
      if case .failed(let reason) = saving { return .fail(notKept(reason)) }
      return .finish(outcome)
    case (.savingAnswer(let proof), .savedSession(let saving)):
      context.note(saving)
      if case .failed(let reason) = saving { return .fail(notKept(reason)) }
      return send(proof, &context)
    case (.savingInterval(let failure), .savedSession(let saving)):
      context.note(saving)
      return .fail(failure)
    case (.talking(let progress), .responded(let response)):
      return take(response, to: progress, &context)
    case (.talking(let progress), .failed(let failure, _)):
      let isSpent = progress.stage == 0 && context.state.record.consent?.isUsed == true
      return .fail(isSpent ? failure.adding("the answer cannot be used again: begin anew") : failure)
    case (.savingHalf(let record, let request, let progress), .savedSession(let saving)):
      context.state.takeOwn(record)
      context.note(saving)
      return talk(request, progress, &context)
    case (.savingSession(let record), .savedSession(let saving)):
      return saved(saving, record, &context)
    default:
      return .outOfTurn(event)
    }
  }

  private func notKept(_ reason: String) -> Failure {
    Failure(.store, "what a consent yields could not be kept (\(reason)); make the store writable")
  }

  private func notAsked(_ context: CallContext) -> Failure {
    let system = context.system
    return Failure(
      .notSupported,
      "nobody is asked for consent with \"authentication\" \(system.authenticationName) of \(system.name)")
  }

  // MARK: The question

  private mutating func ask(_ entropy: [UInt8], _ context: inout CallContext) -> CallStep {
    let (state, verifier) = (Base64.urlText(entropy.prefix(32)), Base64.urlText(entropy.dropFirst(32)))
    let challenge = Base64.urlText(Hash.challenge(of: verifier))
    guard let url = context.system.consentURL(state: Secret(state), challenge: challenge) else {
      return .fail(notAsked(context))
    }
    let pending = PendingConsent(state: Secret(state), verifier: Secret(verifier), begunAt: context.moment.seconds)
    return save(pending, .consentBegun(url), &context)
  }

  private mutating func askDevice(_ context: inout CallContext) -> CallStep {
    guard let request = context.system.deviceQuestion else {
      return .fail(
        context.system.credentials.needsConsent
          ? Failure(.notSupported, "nothing is known of a place that gives codes: set \"device-path\" if there is one")
          : notAsked(context))
    }
    var progress = context.progress(.code)
    state = .askingDevice
    return context.sendLogin(request, &progress)
  }

  private mutating func takeDevice(_ response: WireResponse, _ context: inout CallContext) -> CallStep {
    do throws(Failure) {
      let question = try context.system.readDeviceQuestion(response)
      let pending = PendingConsent(
        state: question.deviceCode, verifier: Secret(""), begunAt: context.moment.seconds, interval: question.interval,
        life: question.life)
      return save(pending, .deviceBegun(question), &context)
    } catch {
      return .fail(error)
    }
  }

  private mutating func save(
    _ pending: PendingConsent, _ outcome: CallOutcome, _ context: inout CallContext
  ) -> CallStep {
    var pending = pending
    // Later than the one before, even if the clock was set back.
    pending.begunAt = max(pending.begunAt, context.state.record.consent?.begunAt.plus(1) ?? 0)
    context.state.record.consent = pending
    if context.state.record.identity == nil { context.state.record.identity = context.settings.identity }
    state = .savingQuestion(outcome)
    return .perform(.saveSession(context.state.record, isDurable: true))
  }

  // MARK: The answer

  private mutating func take(_ redirected: String, _ context: inout CallContext) -> CallStep {
    guard let answer = RedirectedAnswer(redirected) else {
      return .fail(
        Failure(
          .argument, "this is not the address that the browser was sent to: it holds neither \"code\" nor \"error\""))
    }
    guard var pending = context.state.record.consent, !pending.isUsed, pending.interval == nil else {
      return .fail(Failure(.consent, "nobody was asked for consent, or an answer was taken already: begin anew"))
    }
    guard pending.isOpen(at: context.moment) else {
      return .fail(Failure(.consent, "the question is older than ten minutes: begin anew"))
    }
    guard answer.state == pending.state else {
      return .fail(Failure(.consent, "the address is not the answer to the last question that was asked: begin anew"))
    }
    let verifier = pending.verifier
    pending.isUsed = true
    pending.verifier = Secret("")
    context.state.record.consent = pending
    guard let code = answer.code else {
      return .fail(Failure(.consent, "the person has not consented").quoting(answer.error))
    }
    state = .savingAnswer(.code(code, verifier: verifier))
    return .perform(.saveSession(context.state.record, isDurable: true))
  }

  /// Another process may have asked before, and have the session.
  private mutating func poll(_ context: inout CallContext) -> CallStep {
    guard let pending = context.state.record.consent, pending.interval != nil else {
      return .fail(Failure(.consent, "no person was given a code to type: begin anew"))
    }
    if pending.isUsed, context.usable != nil { return .finish(.ready(context.state.record)) }
    guard pending.isOpen(at: context.moment) else {
      return .fail(Failure(.consent, "nobody has typed the code in time, or it was used: begin anew"))
    }
    return send(.device(pending.state), &context)
  }

  /// `failure.retryAfter`: by how many seconds the server is to be asked less often.
  private mutating func wait(_ failure: Failure, _ context: inout CallContext) -> CallStep {
    let (before, more) = (context.state.record.consent?.interval ?? 0, Int64(clamping: failure.retryAfter ?? 0))
    let interval = min(before.plus(more), 300)
    var failure = failure
    failure.retryAfter = Int32(clamping: interval)
    guard interval != before else { return .fail(failure) }
    context.state.record.consent?.interval = interval
    state = .savingInterval(failure)
    return .perform(.saveSession(context.state.record, isDurable: false))
  }

  private mutating func send(_ proof: ConsentProof, _ context: inout CallContext) -> CallStep {
    var progress = context.progress(.code)
    guard let request = context.system.beginConsented(&progress, proof) else {
      return .fail(notAsked(context))
    }
    context.logins += 1
    context.log(.info) { "taking up the consent at \($0.home.text)" }
    return talk(request, progress, &context)
  }

  private mutating func talk(
    _ request: WireRequest, _ progress: LoginProgress, _ context: inout CallContext
  ) -> CallStep {
    var progress = progress
    let step = context.sendLogin(request, &progress)
    state = .talking(progress)
    return step
  }

  private mutating func take(
    _ response: WireResponse, to progress: LoginProgress, _ context: inout CallContext
  ) -> CallStep {
    switch context.turn(progress, response) {
    case .made(let made):
      var record = made
      record.consent?.isUsed = true
      context.log(.info, "consent was given: generation \(record.generation)")
      state = .savingSession(record)
      return .perform(.saveSession(record, isDurable: true))
    case .goesOn(let record, let request, let progress):
      state = .savingHalf(record, request, progress)
      return .perform(.saveSession(record, isDurable: true))
    case .failed(let failure) where failure.cause == .consent && failure.retryAfter != nil:
      return wait(failure, &context)
    case .refused(let failure), .failed(let failure): return .fail(failure)
    }
  }

  private mutating func saved(
    _ saving: Saving<SessionRecord>, _ record: SessionRecord, _ context: inout CallContext
  ) -> CallStep {
    context.state.takeOwn(record)
    context.note(saving)
    context.state.statistics.consents += 1
    if case .failed(let reason) = saving {
      return .fail(
        Failure(
          .store,
          "the person has consented, but the session cannot be saved (\(reason)): it lives in this process only"))
    }
    return .finish(.ready(context.state.record))
  }
}
