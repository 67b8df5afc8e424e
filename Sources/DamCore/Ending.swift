// Ending.swift - the stage of a call that ends a session: here first, then at the server. Cookies of the logout's
// response are never looked at: it sets the old one once more (reference, logout trap).

struct Ending: Sendable {
  private enum State {
    /// Not begun.
    case idle
    /// The record without a secret, of the next generation, is saved. The secret that it no longer holds is kept to
    /// tell the server. Next: `loggingOut`, or the call ends.
    case savingTombstone(SessionSecret)
    /// The server is told; the call ends whatever it says. `storeFailure`: why the record could not be wiped.
    case loggingOut(storeFailure: String?)
  }

  private var state = State.idle

  mutating func begin(_ context: inout CallContext) -> CallStep {
    guard let secret = context.state.record.secret else { return .finish(.loggedOut(.none)) }
    let tombstone = context.state.record.successor()
    context.state.record = tombstone
    context.state.credentials = nil
    context.state.derived = nil
    state = .savingTombstone(secret)
    return .perform(.saveSession(tombstone, isDurable: true))
  }

  mutating func step(_ event: CallEvent, _ context: inout CallContext) -> CallStep {
    switch (state, event) {
    case (.savingTombstone(let secret), .savedSession(let saving)):
      return saved(saving, secret, &context)
    case (.loggingOut(let storeFailure), .responded(let response)):
      return end(context.system.confirmsLogout(response) ? .server : .unconfirmed, storeFailure)
    case (.loggingOut(let storeFailure), .failed(let failure, _)):
      context.log(.warning, "the server could not be told of the logout: \(failure.message)")
      return end(.unconfirmed, storeFailure)
    default:
      return .outOfTurn(event)
    }
  }

  private mutating func saved(
    _ saving: Saving<SessionRecord>, _ secret: SessionSecret, _ context: inout CallContext
  ) -> CallStep {
    context.note(saving)
    var storeFailure: String?
    if case .failed(let reason) = saving { storeFailure = reason }
    context.log(.info, "the session is forgotten here")
    guard case .logout = context.goal, let request = context.system.logout(secret) else {
      return end(.local, storeFailure)
    }
    context.log(.debug, "\(request.method) \(request.redactedURL)")
    state = .loggingOut(storeFailure: storeFailure)
    context.state.statistics.exchanges += 1
    return .perform(.send(request))
  }

  /// A record that could not be wiped is the worse news: the next process would use its secret.
  private func end(_ result: LogoutResult, _ storeFailure: String?) -> CallStep {
    guard let storeFailure else { return .finish(.loggedOut(result)) }
    return .fail(
      Failure(.store, "the session is forgotten in memory, but its record could not be wiped (\(storeFailure))"))
  }
}
