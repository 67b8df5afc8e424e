// CredentialsStage.swift - the stage of a call that gets the credentials, and their slow hash where the record's proof
// of credentials is such a hash (credentials that travel with every request).

struct CredentialsStage: Sendable {
  private enum State {
    /// Nothing is asked for. Valid next: asking, deriving.
    case idle
    /// The application is being asked for the credentials. Valid next: idle.
    case asking
    /// The driver makes the hash of the credentials with this salt. Valid next: idle.
    case deriving(salt: String)
  }

  private var state = State.idle

  /// Takes the credentials from the options, or from an earlier call where they travel with every request; asks the
  /// application only if they are in neither.
  mutating func ask(_ context: inout CallContext) -> CallStep {
    let system = context.system
    if let known = system.credentials.given ?? (system.sendsCredentials ? context.state.credentials : nil) {
      context.credentials.take(known)
      return .proceed
    }
    state = .asking
    return .perform(.askCredentials)
  }

  /// Gets the hash that tells whether these are the credentials which the record's proof was made from.
  mutating func derive(_ secret: Secret, salt: String) -> CallStep {
    state = .deriving(salt: salt)
    return .perform(.derive(secret, salt: salt))
  }

  mutating func step(_ event: CallEvent, _ context: inout CallContext) -> CallStep {
    switch (state, event) {
    case (.asking, .credentials(let given)):
      state = .idle
      return take(given, &context)
    case (.deriving(let salt), .derived(let hash)):
      state = .idle
      return context.takeHash(hash, salt: salt) ? .proceed : .fail(CallContext.noMemory)
    default:
      return .outOfTurn(event)
    }
  }

  private func take(_ given: Secret?, _ context: inout CallContext) -> CallStep {
    guard let given, !given.isEmpty else {
      let hasEnded = context.refused != nil || context.state.record.secret != nil
      let why = hasEnded ? "the session has ended" : "there is no session yet"
      let what = context.system.credentials.word
      let failure = Failure(.credentialsNeeded, "\(why) and no \(what) is at hand to log in")
      return .fail(failure.adding(context.settings.leftOut))
    }
    context.credentials.take(given)
    if context.system.sendsCredentials { context.state.credentials = given }
    return .proceed
  }
}
