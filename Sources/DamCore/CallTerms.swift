// CallTerms.swift - what a driver and a call say to each other. A driver (a blocking caller, an event loop, a test)
// feeds events and does what the action that comes back says; the call never sends, waits, or reads a file or a clock.

/// What a call is for.
package enum CallGoal: Sendable {
  /// Send the application's request, with a session's secret, and deliver the response.
  indirect case request(CallerRequest)
  /// Make sure that there is a session. `again`: even with credentials that were refused before. `saved`: a scarce
  /// secret that could not be saved is a failure, since the caller may be about to end.
  case ensure(again: Bool, saved: Bool)
  /// Make sure that the session is alive at the server, and stays so for another idle limit.
  case keepalive
  /// Ask a person for consent, or take the answer.
  indirect case consent(ConsentStep)
  /// Give the session to another machine, or take one from there.
  indirect case handOver(HandOverStep)
  /// Forget the session here, then end it at the server.
  case logout
  /// Forget the session here; the server is not told.
  case forget
  /// Judge a response that the application received from a client of its own, to a request with the session's headers.
  /// Without a ticket the request is taken for one with the present secret.
  indirect case observe(WireResponse, Ticket?)

  /// Whether the application asks for a part of something (`Range`), so that its bytes must come as they are:
  /// uncompressed.
  package var asksForRange: Bool {
    guard case .request(let request) = self else { return false }
    return request.headers.contains { $0.name.lowercased() == "range" }
  }
}

/// The two halves of a consent, which may be made by two processes. Either the answer comes with a browser, or a person
/// types a code into another one, and the server is asked whether they have.
package enum ConsentStep: Sendable {
  /// `entropy`: 64 random bytes.
  case begin(entropy: [UInt8])
  /// The URL to which the server has sent the person's browser.
  case finish(redirected: String)
  case beginDevice
  case poll
}

/// The two halves of a session's way to another machine, sealed by a pass-phrase.
package enum HandOverStep: Sendable {
  /// `entropy`: 16 random bytes.
  case give(phrase: Secret, entropy: [UInt8])
  case take(Secret, phrase: Secret)
}

/// How a call is made, besides its goal.
package struct CallManner: Sendable {
  /// It has a time-out of its own: that it ran out says nothing to siblings.
  package var hasOwnTimeout = false
  /// The application sends the request with a client of its own, and may take long: siblings must not wait for that.
  package var isSentElsewhere = false
  /// The chattiest level of log lines that somebody reads; nil: nobody does.
  package var logLevel: LogLevel? = .debug

  package init() {}
}

/// How an attempt to get a lock ended.
package enum Locking: Sendable {
  /// The lock is held until it is released with `CallAction.unlock` or `finish`.
  case held
  /// Somebody else kept it for longer than "lock-timeout" allows.
  case busy
  /// The store is out of order, for this reason: nobody knows who else is at work.
  case unavailable(String)
}

/// How an attempt to save a record ended.
package enum Saving<Record: Sendable>: Sendable {
  /// What the store holds now: our record joined with the one that was there.
  indirect case saved(Record)
  /// The store holds what it held before; the reason.
  case failed(String)
}

/// What happened. Each but `begin` reports the outcome of an action: `loaded` of `load`, `responded` of `send`, and so
/// on. In place of it `failed` may come where the driver waited for something: a response, a lock, a time, the
/// application.
package enum CallEvent: Sendable {
  case begin
  case loaded(Loading<SessionRecord>)
  /// The record was read after the attempt to lock, whatever came of it.
  case sessionLocked(Locking, Loading<SessionRecord>)
  /// As above. `entropy`: 16 random bytes, for the account's salt if it has none.
  case accountLocked(Locking, Loading<AccountRecord>, entropy: [UInt8])
  /// nil: the application has none.
  case credentials(Secret?)
  /// The slow hash; nil: there is no memory to make it.
  case derived(String?)
  indirect case responded(WireResponse)
  case savedSession(Saving<SessionRecord>)
  case savedAccount(Saving<AccountRecord>)
  case unlocked
  case waited
  /// The application has taken what was given to it.
  case given
  /// Sending or asking failed, or the application cancelled. `head`: what had arrived of a response, which may hold a
  /// rotated cookie.
  indirect case failed(Failure, head: WireResponse?)
}

/// What the driver is to do. Each but `finish` is followed by one event.
package enum CallAction: Sendable {
  /// Read the session's record, unless it is unchanged since it was read last.
  case load
  /// Acquire the session's lock, then read the record. Without `waits` a lock that somebody has is `busy` at once.
  case lockSession(waits: Bool)
  /// Acquire the account's lock, then read the account's record. The session's lock is held.
  case lockAccount
  /// Ask the application for what `System.credentials` names.
  case askCredentials
  /// Make the slow hash of credentials (`Hash.slow`), which takes about 50 ms.
  case derive(Secret, salt: String)
  /// Send a request; `responded` or `failed` follows.
  indirect case send(WireRequest)
  /// Join the record with what the store holds, and write that. `isDurable`: it must survive a power cut before it is
  /// used.
  indirect case saveSession(SessionRecord, isDurable: Bool)
  indirect case saveAccount(AccountRecord)
  /// Release the account's lock if it is held, and the session's too unless `keepSession`.
  case unlock(keepSession: Bool)
  /// Hand this to the application; `given` or `failed` follows.
  case give(Secret)
  /// Let this many milliseconds go by.
  case wait(milliseconds: UInt64)
  /// Release every lock; the call is over, and this is its result.
  case finish(CallOutcome)
}

/// How far a logout went. In every case but `none` the session is forgotten here.
package enum LogoutResult: Sendable {
  /// There was no session.
  case none
  /// The server confirms that the session is over.
  case server
  /// The server was not told: this system has no logout, or only `forget` was asked for.
  case local
  /// The server was told, but did not confirm it.
  case unconfirmed
}

/// Where a response comes from.
package struct Provenance: Sendable, Equatable {
  /// The generation of the secret that was sent.
  package let generation: UInt64
  /// How often the request was sent again with a newer secret.
  package let replays: UInt32
  /// Where redirects led to; nil: none was followed.
  package let redirectedURL: String?
}

/// How a call ended.
package enum CallOutcome: Sendable {
  /// The response to the last request that was sent for the application is the one to deliver; after `observe`, the
  /// observed response is.
  case delivered(Provenance)
  /// There is a session; after `observe` a newer one, so that the request is worth repeating.
  indirect case ready(SessionRecord)
  case loggedOut(LogoutResult)
  /// The URL that a person is to open.
  case consentBegun(String)
  /// What a person is told who types a code elsewhere.
  case deviceBegun(DeviceQuestion)
  case failed(Failure)
}
