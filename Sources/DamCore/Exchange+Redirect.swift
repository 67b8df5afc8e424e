// Exchange+Redirect.swift - the host's request on its way through redirects, and its waits where the server asks for them.
// It refuses to go back: what was done before a redirect is not done again for what went wrong behind it.

extension Exchange {
  mutating func follow(
    _ answer: Answer?, _ outcome: Outcome, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    guard let answer, let wire, settings.redirects > 0 else { return finish(outcome) }
    switch Redirect.judge(
      answer, to: wire, home: settings.site.origin, names: settings.secretNames, secrets: secrets(state))
    {
    case .none:
      return finish(outcome)
    case .refused(let failure):
      return fail(failure)
    case .follow(var next):
      hops += 1
      guard hops <= settings.redirects else {
        return fail(
          Failure(
            .protocolViolation, "the server redirects more than \(settings.redirects) times (\"redirects\")",
            httpStatus: answer.status))
      }
      if case .host = next.body, !canSendAgain {
        return fail(Failure(.replayImpossible, "the server redirects, and the request's body cannot be given again"))
      }
      if system.writes(to: HostRequest.segments(next.target)) { next.isSentOnce = true }
      redirected = next
      isNextHop = true
      guard let secret = usable(state, moment) else { return proceed(&state, moment) }
      let isOwn = next.origin == settings.site.origin
      let purpose = Purpose.redirected(isOwn: isOwn)
      log(.debug, "redirected to \(shown(next, purpose, state))" + (isOwn ? "" : ", which gets no secret"))
      return send(next, purpose, secret, &state, moment)
    }
  }

  /// What must not appear in another origin's URL: all that this exchange knows, what was sent before a rotation too.
  private func secrets(_ state: SessionState) -> [Secret] {
    let known = [state.record.secret?.token, credentials] + settings.secrets
    // A short cookie is a preference and no proof.
    let cookies = (state.record.secret?.cookies.live.map(\.value) ?? []) + sentSecrets
    return known.compactMap { $0 } + cookies.filter { $0.count >= 4 }
  }

  /// Where a request goes, as a log may show it: a server that redirects may have put what it was sent into the path.
  func shown(_ request: WireRequest, _ purpose: Purpose, _ state: SessionState) -> String {
    let url = request.redactedURL
    guard case .redirected = purpose, Disguise.objection(to: [url], secrets(state), names: settings.secretNames) != nil
    else { return url }
    return request.origin.text + "/***"
  }

  func isWorthWaiting(for failure: Failure) -> Bool {
    guard failure.cause == .throttled, let asked = failure.retryAfter, waits < 5 else { return false }
    // "Come back at once" is a wait as well, and 0 allows none.
    return settings.retryAfter > 0 && asked <= settings.retryAfter && canSendAgain
  }

  mutating func wait(for failure: Failure) -> Action {
    waits += 1
    isRetry = true
    let seconds = max(1, failure.retryAfter ?? 1)
    log(.info, "waiting \(seconds) s as the server asks")
    phase = .waiting
    return .wait(milliseconds: UInt64(seconds) * 1000)
  }
}
