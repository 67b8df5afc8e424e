// Session+Verbs.swift - what the application can ask of a session: each is one call, driven to its end on the caller's
// thread.

package import DamCore
internal import Synchronization

extension Session {
  package func request(_ request: CallerRequest, _ options: CallOptions) throws(Failure) -> Response {
    try withoutPipeSignal { () throws(Failure) in
      var driver = Driver(self, .request(request), options)
      let outcome = driver.run()
      guard case .delivered(let provenance) = outcome else {
        driver.discard()
        throw Session.failure(outcome)
      }
      return try driver.receive(provenance)
    }
  }

  /// Makes sure that there is a session, and returns its record.
  package func ensure() throws(Failure) -> SessionRecord { try reach(.ensure(again: false, saved: false)) }

  /// As `ensure()`, for callers that may end right after: what is scarce must be on disk.
  package func login(again: Bool) throws(Failure) { _ = try reach(.ensure(again: again, saved: true)) }

  /// Resets the idle clock at the server; logs in if the session is over.
  package func keepalive() throws(Failure) { _ = try reach(.keepalive) }

  private func reach(_ goal: CallGoal) throws(Failure) -> SessionRecord {
    let outcome = run(goal)
    guard case .ready(let record) = outcome else { throw Session.failure(outcome) }
    return record
  }

  /// Judges a response that the application received to a request with this session's headers.
  package func observe(_ response: WireResponse, _ ticket: Ticket?) throws(Failure) -> Authorization.Next {
    try settings.requireHeaders()
    switch run(.observe(response, ticket)) {
    case .delivered: return .deliver
    case .ready: return .send
    case let outcome: throw Session.failure(outcome)
    }
  }

  /// The ticket for headers that are taken from `record` now.
  package func ticket(_ record: SessionRecord) -> String {
    settings.text(of: shared.state.withLock { settings.ticket(record, &$0.session, Clock.moment) })
  }

  /// Where a person is to consent: the URL to open.
  package func beginConsent() throws(Failure) -> String {
    let outcome = run(.consent(Session.question))
    guard case .consentBegun(let url) = outcome else { throw Session.failure(outcome) }
    return url
  }

  package static var question: ConsentStep { .begin(entropy: Clock.random(64)) }

  /// Takes the URL to which the server has sent the person's browser.
  package func finishConsent(_ redirected: String) throws(Failure) {
    _ = try reach(.consent(.finish(redirected: redirected)))
  }

  /// The same for a person who types a code into a browser elsewhere.
  package func beginDeviceConsent() throws(Failure) -> DeviceQuestion {
    let outcome = run(.consent(.beginDevice))
    guard case .deviceBegun(let question) = outcome else { throw Session.failure(outcome) }
    return question
  }

  /// Asks the server whether they have. Not yet: a failure that says when to ask again.
  package func pollConsent() throws(Failure) { _ = try reach(.consent(.poll)) }

  /// Gives the session to another machine: once `take` has it, it is forgotten here.
  package func handOver(phrase: Secret, to take: @escaping (Secret) -> Failure?) throws(Failure) {
    var options = CallOptions()
    options.onSealed = take
    var driver = Driver(self, .handOver(.give(phrase: phrase, entropy: Clock.random(16))), options)
    let outcome = driver.run()
    guard case .loggedOut = outcome else { throw Session.failure(outcome) }
  }

  /// Takes a session that was handed over.
  package func takeOver(_ sealed: Secret, phrase: Secret) throws(Failure) {
    _ = try reach(.handOver(.take(sealed, phrase: phrase)))
  }

  /// Forgets the session here, then ends it at the server; `forget` leaves the server alone.
  package func logout() throws(Failure) -> LogoutResult { try end(.logout) }
  package func forget() throws(Failure) { _ = try end(.forget) }

  private func end(_ goal: CallGoal) throws(Failure) -> LogoutResult {
    let outcome = run(goal)
    guard case .loggedOut(let result) = outcome else { throw Session.failure(outcome) }
    return result
  }

  /// Runs a call that sends no request of the application.
  private func run(_ goal: CallGoal) -> CallOutcome {
    var driver = Driver(self, goal, CallOptions())
    return driver.run()
  }

  static func failure(_ outcome: CallOutcome) -> Failure {
    if case .failed(let failure) = outcome { return failure }
    return Failure(.internalError, "the session engine ended in a state that it should not reach")
  }
}
