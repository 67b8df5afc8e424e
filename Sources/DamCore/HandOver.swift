// HandOver.swift - the stage of a call that gives a session to another machine, or takes one from there. A refresh
// token may be good for one renewal, so it cannot be at two places: it is given away, and gone here. It runs with the
// session's lock held, so that nobody renews meanwhile.
//
//   give -> hash the pass-phrase -> seal -> the application takes it -> forget it here
//           not taken: nothing has changed
//   take -> hash the pass-phrase -> open -> is it for this account? -> save

struct HandOver: Sendable {
  private enum State {
    /// Not begun.
    case idle
    /// The pass-phrase is hashed, with this salt.
    case sealing(salt: String)
    /// The application takes the sealed session.
    case giving
    /// The record without a secret is saved. Then the call ends.
    case forgetting
    /// The pass-phrase is hashed, to open this.
    case opening(Secret)
    /// The new record is saved, and not in the session's state yet. Then there is a session.
    case saving(SessionRecord)
  }

  private var state = State.idle

  mutating func begin(_ step: HandOverStep, _ context: inout CallContext) -> CallStep {
    switch step {
    case .give(let phrase, let entropy):
      guard context.state.record.secret?.refreshToken != nil else {
        return .fail(Failure(.consent, "there is no consent to hand over: nobody has consented here, or it has ended"))
      }
      let salt = Hex.text(entropy)
      state = .sealing(salt: salt)
      return .perform(.derive(phrase, salt: salt))
    case .take(let text, let phrase):
      guard let salt = SealedSession.salt(of: text) else { return .fail(SealedSession.damaged) }
      state = .opening(text)
      return .perform(.derive(phrase, salt: salt))
    }
  }

  mutating func step(_ event: CallEvent, _ context: inout CallContext) -> CallStep {
    do throws(Failure) {
      switch (state, event) {
      case (.sealing(let salt), .derived(let hash)):
        guard let hash else { throw CallContext.noMemory }
        state = .giving
        return .perform(.give(try SealedSession.seal(context.state.record, salt: salt, hash: hash)))
      case (.giving, .given):
        context.state.record = context.state.record.successor()
        state = .forgetting
        return .perform(.saveSession(context.state.record, isDurable: true))
      case (.forgetting, .savedSession(let saving)):
        return forgotten(saving, &context)
      case (.opening(let text), .derived(let hash)):
        guard let hash else { throw CallContext.noMemory }
        return try take(SealedSession.open(text, hash: hash), &context)
      case (.saving(let record), .savedSession(let saving)):
        return saved(saving, record, &context)
      default:
        return .outOfTurn(event)
      }
    } catch {
      return .fail(error)
    }
  }

  private func forgotten(_ saving: Saving<SessionRecord>, _ context: inout CallContext) -> CallStep {
    context.note(saving)
    if case .failed(let reason) = saving {
      return .fail(
        Failure(
          .store,
          "the session is handed over, but its record here could not be wiped (\(reason)): forget it, or both machines"
            + " will spend its refresh token"))
    }
    context.log(.info, "the session was handed over, and is forgotten here")
    return .finish(.loggedOut(.local))
  }

  private mutating func take(_ given: SessionRecord, _ context: inout CallContext) throws(Failure) -> CallStep {
    guard let theirs = given.identity, theirs == context.settings.identity else {
      let whose = given.identity.map { "\($0.system)'s at \($0.origin.text), user \"\($0.user)\"" } ?? "nobody's"
      throw Failure(.argument, "the session is \(whose): open one with the same options, client ID and all")
    }
    var record = context.state.record.successor()
    (record.identity, record.secret, record.organizations) = (theirs, given.secret, given.organizations)
    (record.issuedAt, record.usedAt, record.clockSkew) = (given.issuedAt, given.usedAt, given.clockSkew)
    record.renewing = given.renewing
    given.secret.map { context.keepOut($0) }
    state = .saving(record)
    return .perform(.saveSession(record, isDurable: true))
  }

  private func saved(
    _ saving: Saving<SessionRecord>, _ record: SessionRecord, _ context: inout CallContext
  ) -> CallStep {
    context.state.takeOwn(record)
    context.note(saving)
    if case .failed(let reason) = saving {
      return .fail(
        Failure(.store, "the session was taken over, but cannot be saved (\(reason)): it lives in this process only"))
    }
    return .finish(.ready(context.state.record))
  }
}
