// Exchange+Request.swift - the part of an exchange that uses a session secret.
// It refuses to send the host's request before it is known what with.

extension Exchange {
  /// A body of this many bytes is worth a small request that shows whether the session still lives.
  private static let longUpload: UInt64 = 65_536

  /// There is a secret that may be good: what is it for?
  mutating func use(_ secret: SessionSecret, _ state: inout SessionState, _ moment: Moment) -> Action {
    if let suspicion {
      self.suspicion = nil
      if state.record.generation == sent.generation {
        log(.info, "asking whether the session lives after an answer that may deny it")
        return send(system.keepalive, .confirm(suspicion), secret, &state, moment)
      }
      // A sibling has logged in meanwhile; asking with its secret would say nothing about the one that was suspected.
      refused = sent
    }
    if isProofDue, !sendsRequest { return prove(secret, &state, moment) }
    if let blocked { return fail(blocked) }
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
        return send(redirected, .redirected(isOwn: redirected.origin == settings.site.origin), secret, &state, moment)
      } catch {
        guard isProofDue else { return fail(error) }
        blocked = error
        return prove(secret, &state, moment)
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

  /// Something scarce was obtained, and nobody knows yet whether it works.
  private var isProofDue: Bool { system.isScarce && logins > 0 && !hasProbed }

  private mutating func prove(_ secret: SessionSecret, _ state: inout SessionState, _ moment: Moment) -> Action {
    hasProbed = true
    log(.debug, "asking whether the new token is accepted")
    return send(system.keepalive, .prove, secret, &state, moment)
  }

  /// Whether the goal has a request whose answer will tell if a new secret is good.
  private var sendsRequest: Bool {
    switch goal {
    case .request: blocked == nil
    case .keepalive: true
    case .ensure, .observe, .logout, .forget: false
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
    wire = WireRequest(method: "GET", origin: settings.site.origin, target: "/")
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
    var wire = WireRequest(method: request.method, origin: settings.site.origin, target: target)
    wire.headers = request.headers
    wire.body = request.body.isPresent ? .host : .none
    wire.isSentOnce = request.isSentOnce
    return wire
  }

  mutating func send(
    _ request: WireRequest, _ purpose: Purpose, _ secret: SessionSecret, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    var wire = request
    if wire.origin == settings.site.origin { system.authorize(&wire, secret, credentials: credentials) }
    self.wire = request
    sent = freshness(state)
    keepOut(secret)
    sentStamp = state.nextStamp(moment)
    restedSince = state.record.usedAt
    state.statistics.exchanges += 1
    phase = .sending(purpose)
    log(.debug, "\(wire.method) \(shown(request, purpose, state)) with generation \(sent.generation)")
    switch purpose {
    case .host, .redirected:
      if hasSent, !isNextHop {
        state.statistics.replays += 1
        if !isRetry { replays += 1 }
        log(.info, "sending the request again with generation \(sent.generation)")
      }
      (hasSent, isNextHop, isRetry) = (true, false, false)
      return .send(wire, isForHost: true)
    case .probe, .prove, .confirm, .keepalive, .observed:
      state.statistics.keepalives += 1
      return .send(wire, isForHost: false)
    }
  }

  /// A server may quote it.
  private mutating func keepOut(_ secret: SessionSecret) {
    sentSecrets += [secret.token].compactMap { $0 } + secret.cookies.live.map(\.value)
  }
}
