// CallTerms.swift - what a driver and a call say to each other. A driver (a blocking caller, an event loop, a test)
// feeds events and does what the action that comes back says; the call never sends, waits, or reads a file or a clock.

/// What a call is for.
package enum CallGoal: Sendable {
  case request(CallerRequest)
  /// There shall be a session. `again`: also with credentials that were refused before. `saved`: a scarce secret that
  /// could not be saved is a failure, since the caller may be about to end.
  case ensure(again: Bool, saved: Bool)
  /// The session shall be alive at the server, and stay so for another idle limit.
  case keepalive
  case logout
  case forget
  /// A response came to a request that was sent elsewhere with the session's headers.
  case observe(WireResponse, Ticket?)

  /// Whether the application wants a part of something, so that its bytes must come as they are.
  package var asksForRange: Bool {
    guard case .request(let request) = self else { return false }
    return request.headers.contains { $0.name.lowercased() == "range" }
  }
}

/// How an attempt to get a lock ended.
package enum Locking: Sendable {
  case held
  /// Somebody else kept it for longer than allowed.
  case busy
  /// There is no locking here; the reason.
  case unavailable(String)
}

/// How an attempt to save a record ended.
package enum Saving<Record: Sendable>: Sendable {
  /// What the store holds now: ours joined with what was there.
  case saved(Record)
  case failed(String)
}

/// What happened.
package enum CallEvent: Sendable {
  case begin
  case loaded(Loading<SessionRecord>)
  case sessionLocked(Locking, Loading<SessionRecord>)
  /// `entropy`: 16 random bytes.
  case accountLocked(Locking, Loading<AccountRecord>, entropy: [UInt8])
  case credentials(Secret?)
  /// nil: there is no memory for it.
  case derived(String?)
  case responded(WireResponse)
  case savedSession(Saving<SessionRecord>)
  case savedAccount(Saving<AccountRecord>)
  case unlocked
  case waited
  /// Sending or asking failed. `head`: what had arrived of a response, which may hold a rotated cookie.
  case failed(Failure, head: WireResponse?)
}

/// What the driver is to do; each but the last is answered by one event.
package enum CallAction: Sendable {
  case load
  case lockSession
  case lockAccount
  case askCredentials
  /// Make the slow hash of credentials (`Hash.slow`), outside of all locks but the session's own.
  case derive(Secret, salt: String)
  /// The response to `send` is `responded` or `failed`.
  case send(WireRequest)
  /// `isDurable`: it must survive a power cut before it is used.
  case saveSession(SessionRecord, isDurable: Bool)
  case saveAccount(AccountRecord)
  /// Release the account's lock, and the session's too unless `keepSession`.
  case unlock(keepSession: Bool)
  /// Let this many milliseconds go by.
  case wait(milliseconds: UInt64)
  /// Release everything; this is the result.
  case finish(CallOutcome)
}

package enum LogoutResult: Sendable {
  case none
  case server
  case local
  case unconfirmed
}

/// How a call ended.
package enum CallOutcome: Sendable {
  /// The last response that was sent for the application goes to the application; so does an observed one.
  case delivered(generation: UInt64, replays: UInt32)
  /// There is a session; after an observed response: a newer one.
  case ready(SessionRecord)
  case loggedOut(LogoutResult)
  case failed(Failure)
}
