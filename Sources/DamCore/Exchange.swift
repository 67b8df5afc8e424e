// Exchange.swift - one HTTP exchange with the session's secret: sends a request, judges its response, takes the cookies
// that came with it, and saves what is new, before anybody hears of the result.
//
//   send -> responded: does the response deny the secret? then that is the result
//        -> else take its cookies, those of an error too; save the record if something in it is worth that; the result
//        -> broken: if the head of a response had arrived, it may hold a rotated cookie, which is the live one now

struct Exchange: Sendable {
  /// What a request is sent for: that decides what its response can mean.
  enum Purpose: Sendable {
    /// The application's request. Behind redirects it may be to another origin.
    case request(isOwn: Bool)
    /// The application's request, which a client of its own has sent.
    case observed
    /// Asked before a long upload: is the session still alive?
    case probe
    /// Asked after a login that no request of the application follows: is the new secret accepted?
    case prove
    /// Asked after a response that may deny the session: does it?
    case confirm
    /// What the call is for: reset the idle clock, and see whether the session lives.
    case keepalive

    /// Whether the driver keeps the response, to deliver it to the application.
    var isForCaller: Bool {
      if case .request = self { return true }
      return false
    }

    /// Whether the request is one of the session's own, made to find out whether the secret is good. Then nobody can
    /// have asked for a page or a forbidden thing, and what would be a suspicion elsewhere is certain.
    var isQuestion: Bool {
      switch self {
      case .request, .observed: false
      case .probe, .prove, .confirm, .keepalive: true
      }
    }
  }

  /// A request that is on its way, and what was known when it was sent. A reference, since every stage hands it on.
  final class Sent: Sendable {
    let request: WireRequest
    let purpose: Purpose
    /// How new the secret was that it carries; and the stamp of the request, by which the order rule places its
    /// cookies.
    let freshness: Freshness
    let stamp: UInt64
    /// When the session was last used before, for the idle clock; nil: nobody knows when the request was sent.
    let restedSince: Int64?

    init(_ request: WireRequest, _ purpose: Purpose, _ freshness: Freshness, stamp: UInt64, restedSince: Int64?) {
      (self.request, self.purpose, self.freshness) = (request, purpose, freshness)
      (self.stamp, self.restedSince) = (stamp, restedSince)
    }
  }

  indirect enum Result: Sendable {
    /// The response is the application's, or shows that the secret is good.
    case delivered(WireResponse)
    /// `nothingCame`: nothing of a response had arrived, so that the request may be sent again.
    case failed(Failure, nothingCame: Bool)
    /// The secret is not good any more.
    case refused(WireResponse)
    /// The secret may not be good any more, or the response may be the application's own.
    case suspected(WireResponse)
  }

  enum Step: Sendable {
    case perform(CallAction)
    case done(Result)
    case outOfTurn(CallEvent)
  }

  /// `idle` -> `sending` -> (`savingProof`) -> (`savingRecord`) -> `idle`.
  private enum State {
    /// Not begun, or over.
    case idle
    /// The driver sends the request and collects the response as far as a verdict needs it.
    case sending(Sent)
    /// The account is saved first with the note that the secret which was replaced is dead; only then is the record,
    /// which says that its successor works.
    indirect case savingProof(Sent, Result, WireResponse)
    /// The record is saved with the rotated cookies, with the note that the secret has worked, or with the time of last
    /// use.
    case savingRecord(Result)
  }

  private var state = State.idle
  /// What was sent last; stays when the exchange is over.
  private(set) var sent: Sent?

  /// Adds the secret to a request to the session's own origin, and to no other, and has it sent.
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
        request, purpose, context.freshness, stamp: context.state.nextStamp(context.moment),
        restedSince: context.state.record.usedAt))
    context.state.statistics.exchanges += 1
    if purpose.isQuestion { context.state.statistics.keepalives += 1 }
    wire.isForCaller = purpose.isForCaller
    return .send(wire)
  }

  /// Judges a response as if it had just come to `sent`.
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
    // Another origin got no secret: its response says nothing about the session, and its cookies are not the session's.
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

  /// A keepalive must show that the session lives, and an error that is not about it does not. All else is delivered as
  /// it is.
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

  /// The response does not deny the secret: take the cookies that came, those of errors too, note what was learned, and
  /// hand over the result.
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

  /// What a response says about time: the session was used now, it survived its rest, and the server's clock is so far
  /// off.
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
