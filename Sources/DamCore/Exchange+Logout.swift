// Exchange+Logout.swift - the part of an exchange that ends a session: here first, then at the server.
// It refuses to look at what the answer to a logout sets.

extension Exchange {
  mutating func endSession(_ state: inout SessionState, _ moment: Moment) -> Action {
    guard let secret = state.record.secret else { return finish(.loggedOut(.none)) }
    let tombstone = state.record.successor()
    state.record = tombstone
    state.credentials = nil
    state.derived = nil
    phase = .savingTombstone(secret)
    return .saveSession(tombstone, isDurable: true)
  }

  mutating func savedTombstone(
    _ saving: Saving<SessionRecord>, _ secret: SessionSecret, _ state: inout SessionState, _ moment: Moment
  ) -> Action {
    note(saving, &state)
    var storeFailure: String?
    if case .failed(let reason) = saving { storeFailure = reason }
    log(.info, "the session is forgotten here")
    guard case .logout = goal, let request = system.logout(secret) else { return loggedOut(.local, storeFailure) }
    phase = .loggingOut(storeFailure: storeFailure)
    state.statistics.exchanges += 1
    return .send(request, isForHost: false)
  }

  /// Cookies of a logout's answer are never looked at: it carries the old one once more (reference, logout trap).
  mutating func loggedOut(_ result: LogoutResult, _ storeFailure: String?) -> Action {
    if let storeFailure {
      return fail(
        Failure(.store, "the session is forgotten in memory, but its record could not be wiped (\(storeFailure))"))
    }
    return finish(.loggedOut(result))
  }
}
