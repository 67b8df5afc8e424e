// Exchange+Request.swift - the half of an exchange that sends the host's request and reads what the answer says.
// It refuses to send a request more than twice.

extension Exchange {
  mutating func send(
    _ request: HostRequest, _ secret: SessionSecret, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    var target = request.target
    if let image = request.image {
      do throws(Failure) { try image.require(system.binding(secret)) } catch { return fail(error) }
      let id = String(decoding: ASCII.percentEncoded(image.id.utf8), as: UTF8.self)
      target = target.replacing(HostRequest.imagePlaceholder, with: id)
    }
    var wire = WireRequest(method: request.method, origin: settings.origin, target: target)
    wire.headers = request.headers
    wire.body = request.hasBody ? .host : .none
    system.authorize(&wire, secret, credentials: credentials)
    self.wire = wire
    sent = state.record.freshness
    sentStamp = state.nextStamp(moment)
    state.statistics.exchanges += 1
    if refused != nil {
      replays += 1
      state.statistics.replays += 1
      log(.info, "sending the request again with generation \(sent.generation)")
    }
    phase = .sending
    log(.debug, "\(wire.method) \(wire.redactedURL) with generation \(sent.generation)")
    return .send(wire, isForHost: true)
  }

  mutating func judge(_ answer: Answer, _ state: inout SessionState, _ moment: Moment) -> Action {
    guard let wire else { return fail(Failure(.internalError, "an answer came without a request")) }
    switch system.judge(answer, to: wire) {
    case .sessionInvalid:
      return invalid(answer, &state, moment)
    case .deliver:
      return settle(.delivered(generation: sent.generation, replays: replays), answer, &state, moment)
    case .failed(let failure):
      return settle(.failed(failure), answer, &state, moment)
    }
  }

  private mutating func invalid(_ answer: Answer, _ state: inout SessionState, _ moment: Moment) -> Action {
    guard refused == nil else {
      return fail(
        Failure(
          .sessionInvalid, "the session was refused again right after a new login (HTTP \(answer.status))",
          httpStatus: answer.status))
    }
    refused = sent
    log(.info, "the server refuses generation \(sent.generation) (HTTP \(answer.status))")
    return proceed(&state, moment)
  }

  /// The secret did its work: take the rotated cookies, of errors too, and hand over the result.
  private mutating func settle(
    _ outcome: Outcome, _ answer: Answer, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    guard state.record.generation == sent.generation, var secret = state.record.secret else {
      // A newer login or a logout came between: whatever this answer set belongs to the past.
      return finish(outcome)
    }
    state.record.usedAt = max(state.record.usedAt, moment.seconds)
    if let skew = answer.clockSkew(at: moment) { state.record.clockSkew = skew }
    guard system.keepsCookies, system.rotates || answer.status < 400 else { return finish(outcome) }
    let adoption = secret.cookies.adopt(answer.headers, stamp: sentStamp, now: moment.seconds)
    state.statistics.cookiesAdopted += adoption.adopted
    state.statistics.cookiesLate += adoption.late
    if adoption.late > 0 { log(.debug, "dropped a late cookie of an earlier request") }
    guard adoption.adopted > 0, system.isUsable(secret) || system.rotates else { return finish(outcome) }
    state.record.secret = secret
    log(.debug, "adopted a rotated cookie: \(secret.cookies.header?.description ?? "none")")
    phase = .savingRotation(outcome)
    return .saveSession(state.record, isDurable: system.isScarce)
  }
}
