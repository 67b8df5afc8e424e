// LoginExchange.swift - what every kind of login has in common: one from credentials (Login), from a refresh token
// (Renewal), and from a person's consent (ConsentStage).

/// What a response comes to, in a login from something that may be good for one login only.
enum LoginTurn {
  /// The record to save before anything of it is used.
  case made(SessionRecord)
  /// Another request has to follow. The record is saved first: with the next refresh token, which must not be lost with
  /// this process, but with the old access token, if that still works: nobody may use the new one before the login is
  /// whole.
  case goesOn(SessionRecord, WireRequest, LoginProgress)
  /// The server refuses what the login was made from.
  case refused(Failure)
  /// Something else; that says nothing of what it was made from.
  case failed(Failure)
}

extension CallContext {
  /// Where a login begins.
  func progress(_ origin: LoginOrigin, _ credentials: Secret = Secret("")) -> LoginProgress {
    var progress = LoginProgress(credentials: credentials, now: moment.seconds, clockSkew: state.record.clockSkew)
    progress.origin = origin
    return progress
  }

  /// Has a request of a login sent.
  mutating func sendLogin(_ request: WireRequest, _ progress: inout LoginProgress) -> CallStep {
    progress.stamp = state.nextStamp(moment)
    state.statistics.exchanges += 1
    log(.debug, "\(request.method) \(request.redactedURL)")
    var request = request
    request.isLogin = true
    return .perform(.send(request))
  }

  /// Has the system read the response to a login's last request.
  mutating func read(_ progress: inout LoginProgress, _ response: WireResponse) throws(Failure) -> LoginStep {
    if progress.stage > 0, system.hasOrganizations { state.statistics.organizationLogins += 1 }
    return try system.continueLogin(&progress, response)
  }

  /// Takes the response to a request of a login from a refresh token or a code. Only the first request carries that.
  mutating func turn(_ before: LoginProgress, _ response: WireResponse) -> LoginTurn {
    var progress = before
    do throws(Failure) {
      switch try read(&progress, response) {
      case .finished:
        keepOut(progress.secret)
        return .made(successor(progress, response))
      case .send(let request):
        keepOut(progress.secret)
        return .goesOn(halfway(progress, response), request, progress)
      case .denied(_, let failure): return before.stage == 0 ? .refused(failure) : .failed(failure)
      case .ended(let failure): return .failed(failure)
      }
    } catch {
      return .failed(error)
    }
  }

  private func halfway(_ progress: LoginProgress, _ response: WireResponse) -> SessionRecord {
    var record = successor(progress, response)
    var secret = usable ?? SessionSecret()
    secret.refreshToken = progress.secret.refreshToken
    record.secret = secret.isEmpty ? nil : secret
    return record
  }

  /// The record of a login that has just succeeded. What the store had before may be newer than what the call knew: it
  /// comes after that, too.
  func successor(_ progress: LoginProgress, _ response: WireResponse) -> SessionRecord {
    var record = state.record.successor()
    record.identity = settings.identity
    record.secret = progress.secret
    record.organizations = progress.organizations
    record.issuedAt = moment.seconds
    record.usedAt = moment.seconds
    record.clockSkew = response.clockSkew(at: moment.seconds) ?? progress.clockSkew
    return record
  }
}
