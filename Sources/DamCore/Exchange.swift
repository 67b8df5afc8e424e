// Exchange.swift - one HTTP exchange with the session's secret: sends a request, judges its response, takes the cookies
// that came with it, and saves what is new, before anybody hears of the result.
//
//   send -> answered: does the response deny the secret? then that is the result
//        -> else take its cookies, those of an error too; save the record if something in it is worth that; the result
//        -> broken: a head that had arrived may hold a rotated cookie, which is the live one now

struct Exchange: Sendable {
  enum Purpose: Sendable {
    /// The application's request. Behind redirects it may be to another origin.
    case request(isOwn: Bool)
    /// The application's request was sent by another program.
    case observed
    /// Before a long upload: is the session still alive?
    case probe
    /// After a login that no request follows: is what it yielded accepted?
    case prove
    /// After a response that may mean that it is not.
    case confirm
    case keepalive

    var isForCaller: Bool {
      if case .request = self { return true }
      return false
    }

    /// Whether the request is one of the session's own, made to find out whether the secret is good.
    var isQuestion: Bool {
      switch self {
      case .request, .observed: false
      case .probe, .prove, .confirm, .keepalive: true
      }
    }
  }

  /// What is on its way.
  struct Sent: Sendable {
    let request: WireRequest
    let purpose: Purpose
    /// How new the secret was, and the place of the request among those of its session.
    let freshness: Freshness
    let stamp: UInt64
    /// When the session was last used before; what the idle clock learns from. nil: nobody knows when it was sent.
    let restedSince: Int64?
  }

  enum Result: Sendable {
    case delivered(WireResponse)
    /// `nothingCame`: nothing of a response had arrived.
    case failed(Failure, nothingCame: Bool)
    /// The secret is not good.
    case refused(WireResponse)
    /// It may not be.
    case suspected(WireResponse)
  }

  enum Step: Sendable {
    case perform(CallAction)
    case done(Result)
    case outOfTurn(CallEvent)
  }

  private enum State {
    case idle
    case sending(Sent)
    /// The account must know first that what was replaced is dead.
    case savingProof(Sent, Result, WireResponse)
    case savingRecord(Result)
  }

  private var state = State.idle
  /// What was sent last.
  private(set) var sent: Sent?

  mutating func send(
    _ request: WireRequest, _ purpose: Purpose, _ secret: SessionSecret, _ context: inout CallContext
  ) -> CallAction {
    var wire = request
    if wire.origin == context.home {
      context.system.authorize(&wire, secret, credentials: context.credentials.secret)
    }
    context.keepOut(secret)
    start(
      Sent(
        request: request, purpose: purpose, freshness: context.freshness,
        stamp: context.state.nextStamp(context.moment), restedSince: context.state.record.usedAt))
    context.state.statistics.exchanges += 1
    if purpose.isQuestion { context.state.statistics.keepalives += 1 }
    wire.isForCaller = purpose.isForCaller
    return .send(wire)
  }

  /// As if the response had just come to a request that was sent now.
  mutating func observe(_ response: WireResponse, _ sent: Sent, _ context: inout CallContext) -> Step {
    start(sent)
    return judge(response, sent, &context)
  }

  private mutating func start(_ sent: Sent) {
    self.sent = sent
    state = .sending(sent)
  }

  mutating func step(_ event: CallEvent, _ context: inout CallContext) -> Step {
    switch (state, event) {
    case (.sending(let sent), .responded(let response)):
      return judge(response, sent, &context)
    case (.sending(let sent), .failed(let failure, let head)):
      return broken(failure, head, sent, &context)
    case (.savingProof(let sent, let result, let response), .savedAccount(let saving)):
      context.note(saving)
      return settle(result, response, sent, &context)
    case (.savingRecord(let result), .savedSession(let saving)):
      context.note(saving)
      return end(result)
    default:
      return .outOfTurn(event)
    }
  }

  private mutating func end(_ result: Result) -> Step {
    state = .idle
    return .done(result)
  }

  private mutating func judge(_ response: WireResponse, _ sent: Sent, _ context: inout CallContext) -> Step {
    // Another origin knows nothing of the session.
    if case .request(isOwn: false) = sent.purpose { return end(.delivered(response)) }
    switch context.system.judge(response, to: sent.request) {
    case .sessionInvalid:
      return end(.refused(response))
    case .sessionSuspect where sent.purpose.isQuestion:
      return end(.refused(response))
    case .pageInstead(let failure) where sent.purpose.isQuestion:
      return settle(.failed(failure, nothingCame: false), response, sent, &context)
    case .sessionSuspect, .pageInstead:
      // Where cookies do not rotate, those of a suspicious response may be a guest's.
      guard context.system.rotates else { return end(.suspected(response)) }
      return settle(.suspected(response), response, sent, &context)
    case .failed(let failure):
      return settle(.failed(failure, nothingCame: false), response, sent, &context)
    case .deliver:
      return settle(Exchange.delivered(response, sent.purpose), response, sent, &context)
    }
  }

  private static func delivered(_ response: WireResponse, _ purpose: Purpose) -> Result {
    guard case .keepalive = purpose, !response.isSuccess else { return .delivered(response) }
    return .failed(
      Failure(
        .protocolViolation,
        "the response does not show whether the session lives (HTTP \(response.status)); check \"api-path\"",
        httpStatus: response.status), nothingCame: false)
  }

  /// Sending failed. If a response's head had arrived, the server has rotated the cookie: that one is the live one now.
  private mutating func broken(
    _ failure: Failure, _ head: WireResponse?, _ sent: Sent, _ context: inout CallContext
  ) -> Step {
    let result = Result.failed(failure, nothingCame: head == nil)
    guard let head else { return end(result) }
    switch context.system.judge(head, to: sent.request) {
    // A suspicion rotates the cookie as any response does.
    case .sessionSuspect where context.system.rotates, .deliver, .failed, .pageInstead:
      return settle(result, head, sent, &context)
    case .sessionInvalid, .sessionSuspect:
      return end(result)
    }
  }

  /// The secret did its work: take the rotated cookies, of errors too, and hand over the result.
  private mutating func settle(
    _ result: Result, _ response: WireResponse, _ sent: Sent, _ context: inout CallContext
  ) -> Step {
    let system = context.system
    guard context.state.record.generation == sent.freshness.generation, var secret = context.state.record.secret else {
      // A newer login or a logout came between: whatever this response set belongs to the past.
      return end(result)
    }
    let before = context.state.record.served
    if case .delivered = result {
      if system.isScarce, system.proves(response, to: sent.request) {
        if context.takeProof() {
          state = .savingProof(sent, result, response)
          return .perform(.saveAccount(context.account))
        }
        context.serve()
      }
      if system.sendsCredentials { context.state.acceptedAt = context.moment.microseconds }
    }
    note(response, sent, result, &context)
    let adoption = context.adopt(response, &secret, stamp: sent.stamp)
    context.state.record.secret = secret
    let isNews = adoption.adopted > 0 || context.state.record.served != before
    guard isNews || !context.state.isStored || context.isUseWorthSaving else { return end(result) }
    state = .savingRecord(result)
    return .perform(.saveSession(context.state.record, isDurable: system.isScarce))
  }

  /// What a response says of clocks.
  private func note(_ response: WireResponse, _ sent: Sent, _ result: Result, _ context: inout CallContext) {
    let now = context.moment.seconds
    context.state.record.usedAt = max(context.state.record.usedAt, now)
    guard let restedSince = sent.restedSince else { return }
    if context.system.hasIdleLimit, case .delivered = result {
      context.state.record.idle.sawSurvival(after: now - restedSince)
    }
    if let skew = response.clockSkew(at: now) { context.state.record.clockSkew = skew }
  }
}
