// Exchange+Request.swift - the half of an exchange that uses a session secret and reads what the answers say.
// It refuses to send the host's request with more than three secrets.

extension Exchange {
  /// A body of this many bytes is worth a small request that shows whether the session still lives.
  private static let longUpload: UInt64 = 65_536

  /// There is a secret that may be good: what is it for?
  mutating func use(_ secret: SessionSecret, _ state: inout SessionState, _ moment: Moment) -> Action {
    switch goal {
    case .request(let request):
      if isProbeDue(request, state, moment) {
        hasProbed = true
        log(.info, "asking whether the session lives before a long upload")
        return send(system.keepalive, .probe, secret, &state, moment)
      }
      do throws(Failure) {
        let wire = try wireRequest(request, secret)
        guard let redirected else { return send(wire, .host, secret, &state, moment) }
        return send(redirected, .redirected(isOwn: redirected.origin == settings.origin), secret, &state, moment)
      } catch {
        return fail(error)
      }
    case .keepalive:
      return send(system.keepalive, .keepalive, secret, &state, moment)
    case .ensure(_, let saved):
      if saved, system.isScarce, !state.isStored {
        guard let unsaved else {
          // An earlier call could not; there may be room by now.
          phase = .savingAgain
          return .saveSession(state.record, isDurable: true)
        }
        return fail(
          Failure(
            .store,
            "a device token was obtained but cannot be saved (\(unsaved)): take it from this session before the"
              + " process ends, or it is lost and still counts"))
      }
      return finish(.ready(state.record))
    case .observe:
      return finish(.ready(state.record))
    case .logout, .forget:
      return fail(Failure(.internalError, "the end of a session tried to use it"))
    }
  }

  /// Takes an answer to a request that another program has sent, as if it had just come.
  mutating func observe(
    _ answer: Answer, _ ticket: Ticket?, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    hasObserved = true
    let present = freshness(state)
    guard ticket?.sent.generation ?? 0 <= present.generation else {
      return fail(Failure(.argument, "ticket belongs to another session, or to another store"))
    }
    // Where it went is not known. The API's root is no page, so that a page is no suspicion.
    wire = WireRequest(method: "GET", origin: settings.origin, target: "/")
    sent = min(ticket?.sent ?? present, present)
    let latest = state.nextStamp(moment)
    sentStamp = min(ticket?.stamp ?? latest, latest)
    // When it was sent and answered is not known either: nothing is learned of idleness and clocks.
    restedSince = nil
    if let secret = state.record.secret { keepOut(secret) }
    return judge(answer, .observed, &state, moment)
  }

  /// An upload that begins late in the idle time may find the session dead at its end.
  private func isProbeDue(_ request: HostRequest, _ state: SessionState, _ moment: Moment) -> Bool {
    let limit = settings.idleLimit(state.record)
    guard !hasProbed, refused == nil, limit > 0, isLong(request.body) else { return false }
    return moment.seconds - state.record.usedAt >= limit / 2
  }

  private func isLong(_ body: HostRequest.Body) -> Bool {
    body.isPresent && body.size ?? .max >= Exchange.longUpload
  }

  private func wireRequest(_ request: HostRequest, _ secret: SessionSecret) throws(Failure) -> WireRequest {
    var target = request.target
    if let image = request.image {
      try image.require(system.binding(secret))
      let id = String(decoding: ASCII.percentEncoded(image.id.utf8), as: UTF8.self)
      target = target.replacing(HostRequest.imagePlaceholder, with: id)
    }
    var wire = WireRequest(method: request.method, origin: settings.origin, target: target)
    wire.headers = request.headers
    wire.body = request.body.isPresent ? .host : .none
    return wire
  }

  mutating func send(
    _ request: WireRequest, _ purpose: Purpose, _ secret: SessionSecret, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    var wire = request
    if wire.origin == settings.origin { system.authorize(&wire, secret, credentials: credentials) }
    self.wire = request
    sent = freshness(state)
    keepOut(secret)
    sentStamp = state.nextStamp(moment)
    restedSince = state.record.usedAt
    state.statistics.exchanges += 1
    phase = .sending(purpose)
    log(.debug, "\(wire.method) \(wire.redactedURL) with generation \(sent.generation)")
    switch purpose {
    case .host, .redirected:
      if hasSent, !isNextHop {
        state.statistics.replays += 1
        if !isRetry { replays += 1 }
        log(.info, "sending the request again with generation \(sent.generation)")
      }
      (hasSent, isNextHop, isRetry) = (true, false, false)
      return .send(wire, isForHost: true)
    case .probe, .confirm, .keepalive, .observed:
      state.statistics.keepalives += 1
      return .send(wire, isForHost: false)
    }
  }

  /// A server may quote it.
  private mutating func keepOut(_ secret: SessionSecret) {
    sentSecrets += [secret.token].compactMap { $0 } + secret.cookies.live.map(\.value)
  }

  mutating func judge(
    _ answer: Answer, _ purpose: Purpose, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    guard let wire else { return fail(Failure(.internalError, "an answer came without a request")) }
    // Another origin knows nothing of the session.
    if case .redirected(isOwn: false) = purpose { return end(purpose, delivered, answer, &state, moment) }
    switch system.judge(answer, to: wire) {
    case .sessionInvalid:
      return invalid(answer, &state, moment)
    case .sessionSuspect:
      switch purpose {
      case .host, .redirected, .observed: break
      case .probe, .confirm, .keepalive: return invalid(answer, &state, moment)
      }
      let open = Outcome.failed(Exchange.unconfirmed)
      // Where cookies do not rotate, those of a suspicious answer may be a guest's.
      guard system.rotates else { return end(.confirm(delivered), open, answer, &state, moment) }
      return settle(.confirm(delivered), open, answer, &state, moment)
    case .deliver:
      return settle(purpose, delivered, answer, &state, moment)
    case .failed(let failure):
      return settle(purpose, .failed(failure), answer, &state, moment)
    }
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
    case .sessionInvalid, .sessionSuspect: return end(purpose, .failed(failure), nil, &state, moment)
    case .deliver, .failed: return settle(purpose, .failed(failure), head, &state, moment)
    }
  }

  private mutating func invalid(_ answer: Answer, _ state: inout SessionState, _ moment: Moment) -> Action {
    // Three times at the most: as it was, with what a sibling had newer, after a login of our own.
    refusals += 1
    guard !hasLoggedIn, refusals < 3 else {
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
    return proceed(&state, moment)
  }

  /// The secret did its work: take the rotated cookies, of errors too, and hand over the result.
  private mutating func settle(
    _ purpose: Purpose, _ outcome: Outcome, _ answer: Answer, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    guard state.record.generation == sent.generation, var secret = state.record.secret else {
      // A newer login or a logout came between: whatever this answer set belongs to the past.
      return end(purpose, outcome, answer, &state, moment)
    }
    if let restedSince, system.hasIdleLimit, case .delivered = outcome {
      state.record.idle.sawSurvival(after: moment.seconds - restedSince)
    }
    state.record.usedAt = max(state.record.usedAt, moment.seconds)
    if restedSince != nil, let skew = answer.clockSkew(at: moment) { state.record.clockSkew = skew }
    let adoption = adopt(answer, &secret, &state, moment)
    state.record.secret = secret
    let isWorthSaving = adoption.adopted > 0 || !state.isStored || isUseWorthSaving(state)
    guard isWorthSaving else { return end(purpose, outcome, answer, &state, moment) }
    phase = .savingRotation(purpose, outcome, answer)
    return .saveSession(state.record, isDurable: system.isScarce)
  }

  private mutating func adopt(
    _ answer: Answer, _ secret: inout SessionSecret, _ state: inout SessionState, _ moment: Moment
  ) -> CookieSet.Adoption {
    // Where cookies do not rotate, those of an error answer are somebody else's.
    guard system.keepsCookies, system.rotates || answer.status < 400 else { return CookieSet.Adoption() }
    let adoption = secret.cookies.adopt(answer.headers, stamp: sentStamp, now: moment.seconds)
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
    // The session lives: the suspicious answer was the application's own.
    case (.confirm(let original), .delivered): return finish(original)
    case (.confirm, .failed(Exchange.unconfirmed)) where state.record.generation > sent.generation:
      // A sibling has logged in meanwhile; asking with its secret would say nothing about the one that was suspected.
      refused = sent
      return proceed(&state, moment)
    case (.confirm(let original), .failed(Exchange.unconfirmed)):
      guard let secret = usable(state) else { return proceed(&state, moment) }
      log(.info, "asking whether the session lives after an answer that may deny it")
      return send(system.keepalive, .confirm(original), secret, &state, moment)
    case (.confirm, _):
      return finish(outcome)
    // A probe that failed for another reason says nothing about the session: the request itself will tell.
    case (.probe, _):
      return proceed(&state, moment)
    case (.keepalive, .delivered):
      return finish(.ready(state.record))
    case (.keepalive, _):
      return finish(outcome)
    }
  }
}
