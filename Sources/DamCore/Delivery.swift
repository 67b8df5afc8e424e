// Delivery.swift - the stage of a call that uses a session secret: for the application's request, for small requests
// that show whether the session lives, and for responses that the application received elsewhere. Each of these is an
// exchange; what its result means for the next one is decided here.
//
//   use -> a probe, a proof or a confirmation first, if one is due; then what the call is for
//   delivered -> follow a redirect, or hand over
//   failed    -> try again, wait as the server asks, or hand over
//   suspected -> a small request with the same secret tells: if it is refused, so was the first one; if not, the
//                response was the application's own
//   refused   -> remember which secret it was and proceed: something newer is used, or somebody logs in

struct Delivery: Sendable {
  /// A response that may deny the session, kept until that is known.
  private struct Suspicion: Sendable {
    let sent: Exchange.Sent
    let response: WireResponse
  }

  private enum State {
    /// Nothing is under way.
    case idle
    /// `exchange` has the event: it sends a request, judges the response, and saves what is new.
    case exchanging
    /// The same for the small request that confirms or clears a suspicion.
    indirect case confirming(Suspicion)
    /// The record is saved with a note that the new secret was refused. Then the call fails with this; nil: it goes on.
    indirect case savingRejection(Failure?)
    /// A scarce secret that an earlier call could not save is saved once more.
    case savingAgain
    /// Time passes before a retry, or because the server asked for it.
    case waiting
  }

  /// A body of this many bytes is worth a small request that shows whether the session still lives.
  private static let longUpload: UInt64 = 65_536

  private var state = State.idle
  private var exchange = Exchange()
  private var journey = Journey()
  /// What the next `use` has to ask about; nil: nothing.
  private var suspicion: Suspicion?
  /// Whether a probe or a proof was sent: one a call is enough.
  private var hasProbed = false
  /// Whether the response that `observe` is about was taken.
  private var hasObserved = false
  private var refusals = Refusals()
  /// Why the application's request cannot be sent (again). A new session is made first all the same, so that the
  /// application can repeat it with success.
  private var blocked: Failure?

  /// The generation of the secret that was sent last.
  var generation: UInt64 { exchange.sent?.freshness.generation ?? 0 }
  /// Whether a response waits for its confirmation.
  var isSuspicious: Bool { suspicion != nil }

  mutating func step(_ event: CallEvent, _ context: inout CallContext) -> CallStep {
    switch state {
    case .exchanging: take(exchange.step(event, &context), nil, &context)
    case .confirming(let suspicion): take(exchange.step(event, &context), suspicion, &context)
    case .idle, .savingRejection, .savingAgain, .waiting: takeOwn(event, &context)
    }
  }

  /// Events of the states in which no exchange is under way.
  private mutating func takeOwn(_ event: CallEvent, _ context: inout CallContext) -> CallStep {
    switch (state, event) {
    case (.savingRejection(let failure), .savedSession(let saving)):
      context.note(saving)
      return failure.map { .fail($0) } ?? end()
    case (.savingAgain, .savedSession(let saving)):
      context.note(saving)
      if case .failed(let reason) = saving { context.made.unsaved = reason }
      return end()
    case (.waiting, .waited):
      return end()
    default:
      return .outOfTurn(event)
    }
  }

  private mutating func end() -> CallStep {
    state = .idle
    return .proceed
  }

  // MARK: What to send

  /// There is a usable secret. Sends the small request that is due, if any, else what the call is for.
  mutating func use(_ secret: SessionSecret, _ context: inout CallContext) -> CallStep {
    if let suspicion {
      self.suspicion = nil
      if context.state.record.generation == suspicion.sent.freshness.generation {
        context.log(.info, "asking whether the session lives after a response that may deny it")
        let question = exchange(context.system.keepalive, .confirm, secret, &context)
        state = .confirming(suspicion)
        return question
      }
      // A sibling has logged in meanwhile; asking with its secret would say nothing about the one that was suspected.
      context.refused = suspicion.sent.freshness
    }
    if isProofDue(context), !sendsRequest(context.goal) { return prove(secret, &context) }
    if let blocked { return .fail(blocked) }
    switch context.goal {
    case .request(let request):
      return use(secret, for: request, &context)
    case .keepalive:
      return exchange(context.system.keepalive, .keepalive, secret, &context)
    case .ensure(_, let saved):
      return saved && context.system.isScarce && !context.state.isStored
        ? saveAgain(context) : .finish(.ready(context.state.record))
    case .observe, .consent, .handOver, .logout, .forget:
      return .finish(.ready(context.state.record))
    }
  }

  private mutating func use(
    _ secret: SessionSecret, for request: CallerRequest, _ context: inout CallContext
  ) -> CallStep {
    if isProbeDue(request, context) {
      hasProbed = true
      context.log(.info, "asking whether the session lives before a long upload")
      return exchange(context.system.keepalive, .probe, secret, &context)
    }
    do throws(Failure) {
      let wire = try request.wire(with: context.system.binding(secret), home: context.home)
      return exchange(journey.redirected ?? wire, secret, &context)
    } catch {
      guard isProofDue(context) else { return .fail(error) }
      blocked = error
      return prove(secret, &context)
    }
  }

  private mutating func exchange(
    _ request: WireRequest, _ secret: SessionSecret, _ context: inout CallContext
  ) -> CallStep {
    exchange(request, .request(isOwn: request.origin == context.home), secret, &context)
  }

  private mutating func exchange(
    _ request: WireRequest, _ purpose: Exchange.Purpose, _ secret: SessionSecret, _ context: inout CallContext
  ) -> CallStep {
    let action = exchange.send(request, purpose, secret, &context)
    let freshness = context.freshness
    context.log(.debug) { context in
      let shown = context.shown(request, isRedirected: purpose.isForCaller && journey.redirected != nil)
      return "\(request.method) \(shown) with generation \(freshness.generation)"
    }
    if purpose.isForCaller { journey.depart(freshness, &context) }
    state = .exchanging
    return .perform(action)
  }

  /// A login of this call has obtained something scarce, and nobody knows yet whether it works.
  private func isProofDue(_ context: CallContext) -> Bool {
    context.system.isScarce && context.logins > 0 && !hasProbed
  }

  /// Sends a small request, because none of the application's will show whether a new scarce secret works.
  private mutating func prove(_ secret: SessionSecret, _ context: inout CallContext) -> CallStep {
    hasProbed = true
    context.log(.debug, "asking whether the new token is accepted")
    return exchange(context.system.keepalive, .prove, secret, &context)
  }

  /// Whether the goal has a request whose response will tell if a new secret is good.
  private func sendsRequest(_ goal: CallGoal) -> Bool {
    switch goal {
    case .request: blocked == nil
    case .keepalive: true
    case .ensure, .observe, .consent, .handOver, .logout, .forget: false
    }
  }

  /// An upload that begins late in the idle time may find the session dead at its end, when all of it was sent in vain.
  private func isProbeDue(_ request: CallerRequest, _ context: CallContext) -> Bool {
    let limit = context.settings.idleLimit(context.state.record)
    let isLong = request.body.isPresent && request.body.size ?? .max >= Delivery.longUpload
    guard !hasProbed, context.refused == nil, limit > 0, isLong else { return false }
    return context.moment.seconds - context.state.record.usedAt >= limit / 2
  }

  /// A scarce secret is not on disk. If an earlier call failed to save it, there may be room by now; if this one did,
  /// there is nothing left to try.
  private mutating func saveAgain(_ context: CallContext) -> CallStep {
    guard let unsaved = context.made.unsaved else {
      state = .savingAgain
      return .perform(.saveSession(context.state.record, isDurable: true))
    }
    return .fail(
      Failure(
        .store,
        "a device token was obtained but cannot be saved (\(unsaved)): take it from this session before the"
          + " process ends, or it is lost and still counts"))
  }

  // MARK: Responses that came elsewhere

  /// The response that the call is about, unless it was taken already.
  mutating func takeObserved(_ goal: CallGoal) -> (WireResponse, Ticket?)? {
    guard case .observe(let response, let ticket) = goal, !hasObserved else { return nil }
    hasObserved = true
    return (response, ticket)
  }

  /// Takes a response that the application received elsewhere, as if it had just come to a request of ours.
  mutating func observe(_ response: WireResponse, _ ticket: Ticket?, _ context: inout CallContext) -> CallStep {
    context.log(response)
    let present = context.freshness
    guard ticket?.sent.generation ?? 0 <= present.generation else {
      return .fail(Failure(.argument, "ticket belongs to another session, or to another store"))
    }
    if let secret = context.state.record.secret { context.keepOut(secret) }
    let latest = context.state.nextStamp(context.moment)
    // The request is not known. "/" stands for it: a page is no suspicion there. Since it is not known either when it
    // was sent, nothing is learned about idleness and clocks.
    let sent = Exchange.Sent(
      WireRequest(method: "GET", origin: context.home, target: "/"), .observed,
      min(ticket?.sent ?? present, present), stamp: min(ticket?.stamp ?? latest, latest), restedSince: nil)
    state = .exchanging
    return take(exchange.observe(response, sent, &context), nil, &context)
  }

  // MARK: Results

  private mutating func take(
    _ step: Exchange.Step, _ suspicion: Suspicion?, _ context: inout CallContext
  ) -> CallStep {
    switch step {
    case .perform(let action): return .perform(action)
    case .outOfTurn(let event): return .outOfTurn(event)
    case .done(let result):
      guard let sent = exchange.sent else { return end() }
      guard let suspicion else { return take(result, sent, &context) }
      // The session lives: the suspicious response was the application's own, and may be a redirect to follow.
      if case .delivered = result { return take(.delivered(suspicion.response), suspicion.sent, &context) }
      return take(result, sent, &context)
    }
  }

  private mutating func take(
    _ result: Exchange.Result, _ sent: Exchange.Sent, _ context: inout CallContext
  ) -> CallStep {
    switch (sent.purpose, result) {
    case (_, .suspected(let response)):
      suspicion = Suspicion(sent: sent, response: response)
      return end()
    // That a new token is refused is no reason to take another one; the application's request will say more.
    case (.prove, .refused):
      return context.reject() ? saveRejection(nil, context) : end()
    case (_, .refused(let response)):
      return refused(response, sent, &context)
    case (.request, .delivered(let response)):
      return follow(response, sent, &context)
    case (.request, .failed(let failure, let nothingCame)):
      let pause =
        (nothingCame ? journey.retry(sent.request, after: failure, &context) : nil)
        ?? journey.wait(for: failure, &context)
      guard let pause else { return .fail(failure) }
      state = .waiting
      return .perform(.wait(milliseconds: pause))
    case (.observed, .delivered):
      return .finish(delivered(sent, context))
    // A probe that failed for another reason says nothing about the session: the request itself will tell.
    case (.probe, _), (.prove, _):
      return end()
    case (.keepalive, .delivered), (.confirm, .delivered):
      return .finish(.ready(context.state.record))
    case (.observed, .failed(let failure, _)), (.keepalive, .failed(let failure, _)),
      (.confirm, .failed(let failure, _)):
      return .fail(failure)
    }
  }

  private func delivered(_ sent: Exchange.Sent, _ context: CallContext) -> CallOutcome {
    .delivered(
      Provenance(
        generation: sent.freshness.generation, replays: journey.replays,
        redirectedURL: journey.redirected.map(context.told)))
  }

  private mutating func follow(
    _ response: WireResponse, _ sent: Exchange.Sent, _ context: inout CallContext
  ) -> CallStep {
    switch journey.follow(response, to: sent.request, context) {
    case .arrived:
      return .finish(delivered(sent, context))
    case .refused(let failure):
      return .fail(failure)
    case .goOn(let next):
      guard let secret = context.usable else { return end() }
      context.log(.debug) { context in
        "redirected to \(context.shown(next, isRedirected: true))"
          + (next.origin == context.home ? "" : ", which gets no secret")
      }
      return exchange(next, secret, &context)
    }
  }

  // MARK: Refused secrets

  private mutating func refused(
    _ response: WireResponse, _ sent: Exchange.Sent, _ context: inout CallContext
  ) -> CallStep {
    switch refusals.judge(response, sent, &context) {
    case .wasNew(let failure, isNews: true): return saveRejection(failure, context)
    case .wasNew(let failure, isNews: false), .isEnough(let failure): return .fail(failure)
    case .needsAnother: break
    }
    if !journey.canSendAgain(context.goal) {
      blocked = Failure(
        .replayImpossible, "the session had ended and the request's body cannot be given again; repeat the request",
        httpStatus: response.status)
    }
    return context.system.sendsCredentials ? deny(response, &context) : end()
  }

  /// Durable: forgetting it would cost one more of what is scarce.
  private mutating func saveRejection(_ failure: Failure?, _ context: CallContext) -> CallStep {
    state = .savingRejection(failure)
    return .perform(.saveSession(context.state.record, isDurable: true))
  }

  /// Credentials that travel with every request were refused: such a request is a login too, and its response is judged
  /// as a login's.
  private mutating func deny(_ response: WireResponse, _ context: inout CallContext) -> CallStep {
    guard let credentials = context.credentials.secret else { return end() }
    var progress = LoginProgress(credentials: credentials, now: context.moment.seconds, clockSkew: 0)
    do throws(Failure) {
      if case .denied(let reason, let failure) = try context.system.continueLogin(&progress, response) {
        context.denial = Denial(reason: reason, failure: failure)
      }
      return end()
    } catch {
      return .fail(error)
    }
  }
}
