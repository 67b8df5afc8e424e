// LoginExchange.swift - what every kind of login has in common: one from credentials (Login), from a refresh token
// (Renewal), and from a person's consent (ConsentStage).

/// What a login of one request comes to.
enum LoginEnd {
  /// The record to save before anything of it is used.
  case made(SessionRecord)
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

  /// Takes the response to the only request of a login.
  mutating func endLogin(_ before: LoginProgress, _ response: WireResponse) -> LoginEnd {
    var progress = before
    do throws(Failure) {
      switch try system.continueLogin(&progress, response) {
      case .finished:
        keepOut(progress.secret)
        return .made(successor(progress, response))
      case .denied(_, let failure), .ended(let failure): return .refused(failure)
      case .send: return .failed(Failure(.internalError, "this kind of login takes one request"))
      }
    } catch {
      return .failed(error)
    }
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
