// ConsentStage.swift - the stage of a call that asks a person for consent, or takes the answer (RFC 6749, 4.1; RFC
// 7636). The two may be two processes: what the answer is checked against is in the record. It runs with the session's
// lock held.
//
//   begin  -> save state and verifier -> the URL to open
//   finish -> is it the answer to that question, and in time? -> save that it was taken: there is no second one
//          -> send the code -> save the session

struct ConsentStage: Sendable {
  private enum State {
    /// Not begun, or over.
    case idle
    /// The question is saved, so that any process can take the answer. Then the call ends with this URL.
    case savingQuestion(url: String)
    /// The record is saved with the note that an answer was taken. Next: `talking`.
    case savingAnswer(code: Secret, verifier: Secret)
    /// The code is on its way.
    case talking(LoginProgress)
    /// The new record is saved, and not in the session's state yet. Then there is a session.
    case savingSession(SessionRecord)
  }

  private var state = State.idle

  mutating func begin(_ step: ConsentStep, _ context: inout CallContext) -> CallStep {
    switch step {
    case .begin(let entropy): ask(entropy, &context)
    case .finish(let redirected): take(redirected, &context)
    }
  }

  mutating func step(_ event: CallEvent, _ context: inout CallContext) -> CallStep {
    switch (state, event) {
    case (.savingQuestion(let url), .savedSession(let saving)):
      context.note(saving)
      if case .failed(let reason) = saving { return .fail(notKept(reason)) }
      return .finish(.consentBegun(url))
    case (.savingAnswer(let code, let verifier), .savedSession(let saving)):
      context.note(saving)
      if case .failed(let reason) = saving { return .fail(notKept(reason)) }
      return send(code, verifier, &context)
    case (.talking(let progress), .responded(let response)):
      return talk(progress, response, &context)
    case (.talking, .failed(let failure, _)):
      return .fail(failure.adding("the answer cannot be used again: begin anew"))
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
    let before = context.state.record.consent?.begunAt ?? 0
    context.state.record.consent = PendingConsent(
      state: Secret(state), verifier: Secret(verifier), begunAt: max(context.moment.seconds, before.plus(1)))
    if context.state.record.identity == nil { context.state.record.identity = context.settings.identity }
    self.state = .savingQuestion(url: url)
    return .perform(.saveSession(context.state.record, isDurable: true))
  }

  // MARK: The answer

  private mutating func take(_ redirected: String, _ context: inout CallContext) -> CallStep {
    guard let answer = RedirectedAnswer(redirected) else {
      return .fail(
        Failure(
          .argument, "this is not the address that the browser was sent to: it holds neither \"code\" nor \"error\""))
    }
    guard var pending = context.state.record.consent, !pending.isUsed else {
      return .fail(Failure(.consent, "nobody was asked for consent, or an answer was taken already: begin anew"))
    }
    guard context.moment.seconds.minus(pending.begunAt) <= PendingConsent.life else {
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
    state = .savingAnswer(code: code, verifier: verifier)
    return .perform(.saveSession(context.state.record, isDurable: true))
  }

  private mutating func send(_ code: Secret, _ verifier: Secret, _ context: inout CallContext) -> CallStep {
    var progress = context.progress(.code)
    guard let request = context.system.beginConsented(&progress, code: code, verifier: verifier) else {
      return .fail(notAsked(context))
    }
    context.logins += 1
    context.log(.info) { "taking up the consent at \($0.home.text)" }
    let step = context.sendLogin(request, &progress)
    state = .talking(progress)
    return step
  }

  private mutating func talk(
    _ progress: LoginProgress, _ response: WireResponse, _ context: inout CallContext
  ) -> CallStep {
    switch context.endLogin(progress, response) {
    case .made(let record):
      context.log(.info, "consent was given: generation \(record.generation)")
      state = .savingSession(record)
      return .perform(.saveSession(record, isDurable: true))
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

/// What a server adds to the redirect URI (RFC 6749, 4.1.2). A person may have pasted it: blanks around it do not
/// count.
struct RedirectedAnswer {
  let state: Secret
  /// nil: `error` says why.
  let code: Secret?
  /// Printable.
  let error: String

  init?(_ text: String) {
    let parts = text.filter { !$0.isWhitespace }.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard text.utf8.count <= 16_384, parts.count == 2, let rest = parts.last else { return nil }
    var found: [String: String] = [:]
    let query = rest.prefix { $0 != "\u{23}" }
    for pair in query.split(separator: "&") {
      let name = String(pair.prefix { $0 != "=" })
      // Twice the same name is no answer of a server's.
      guard found[name] == nil else { return nil }
      let value = pair.dropFirst(name.count).dropFirst().map { $0 == "+" ? " " : $0 }
      found[name] = ASCII.percentDecoded(String(value)[...])
    }
    let code = found["code"].flatMap { $0.isEmpty ? nil : Secret($0) }
    guard code != nil || found["error"] != nil else { return nil }
    state = Secret(found["state"] ?? "")
    self.code = found["error"] == nil ? code : nil
    error = [found["error"], found["error_description"]].compactMap { $0 }.map(ServerWords.clean)
      .joined(separator: ": ")
  }
}
