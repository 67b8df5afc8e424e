// Renewal.swift - the stage of a call that renews a session by its refresh token, before a login is thought of. It runs
// with the session's lock held. A refresh token may be good for one renewal only, and a server that sees one twice may
// end the whole family of tokens. So nothing about it happens in memory alone:
//
//   begin -> the record is saved with a mark that this token is being spent: a store that cannot keep that could not
//            keep the next token either, and then none is spent
//         -> send it; whoever is killed now leaves the mark, and the next one sends the same token once more
//            renewed:   save the new tokens before either of them is used
//            half:      save the new refresh token, then send what the login wants next (an organization step)
//            refused:   look again, as a sibling may have been quicker; else forget the token: a person must consent
//            unsent:    the mark is over: nothing was spent; nor was it where the server refuses the request (4xx)
//            else:      nobody knows whether it was spent: the mark stays
//
// A renewal ahead of time that fails changes nothing: the session goes on with what it has.

struct Renewal: Sendable {
  private enum State {
    /// Not begun, or over.
    case idle
    /// The record is saved with the mark. Next: `talking`.
    case marking(WireRequest, LoginProgress)
    /// The refresh token is on its way, or what follows it.
    case talking(LoginProgress)
    /// The next refresh token is saved. Next: `talking`.
    case savingHalf(SessionRecord, WireRequest, LoginProgress)
    /// The new record is saved, and not in the session's state yet. Then the renewal is over.
    case saving(SessionRecord)
    /// The record is read again: a sibling's session is used; without one, this is what happened.
    case rechecking(Failure, isRefused: Bool)
    /// The record is saved without the refresh token, which is no good any more.
    case dropping(Failure)
    /// The record is saved with the note that the token was not sent.
    case unmarking(Failure)
  }

  private var state = State.idle
  /// The generation that this call has tried to renew: once is enough.
  private var tried: UInt64?
  /// Why the refresh token was refused, for whoever is told that a person must consent.
  private(set) var refusal: Failure?

  /// nil: there is nothing to renew, or it was tried already.
  mutating func begin(_ context: inout CallContext) -> CallStep? {
    let record = context.state.record
    guard context.logins < Login.most, tried != record.generation, let secret = record.secret,
      let token = secret.refreshToken
    else { return nil }
    var progress = context.progress(.refreshToken)
    progress.secret = secret
    progress.organizations = record.organizations
    guard let request = context.system.beginRenewal(&progress) else { return nil }
    tried = record.generation
    context.keepOut(secret)
    if let mark = record.renewing, !mark.isOver, mark.token == token.fingerprint {
      context.state.statistics.renewalsInDoubt += 1
      context.log(.warning, "the answer to an earlier renewal was lost; the same refresh token is sent once more")
    } else {
      // Later than the one before, even if the clock was set back.
      let since = max(context.moment.seconds, record.renewing.map { $0.since.plus(1) } ?? 0)
      context.state.record.renewing = RenewalMark(token: token.fingerprint, since: since)
    }
    state = .marking(request, progress)
    return .perform(.saveSession(context.state.record, isDurable: true))
  }

  mutating func step(_ event: CallEvent, _ context: inout CallContext) -> CallStep {
    switch (state, event) {
    case (.marking(let request, let progress), .savedSession(let saving)):
      return marked(saving, request, progress, &context)
    case (.talking(let progress), .responded(let response)):
      return talk(progress, response, &context)
    case (.talking(let progress), .failed(let failure, _)):
      return broken(progress, failure, &context)
    case (.savingHalf(let record, let request, let progress), .savedSession(let saving)):
      return savedHalf(saving, record, request, progress, &context)
    case (.saving(let record), .savedSession(let saving)):
      return saved(saving, record, &context)
    case (.rechecking(let failure, let isRefused), .loaded(let loading)):
      if let objection = context.take(loading) { return .fail(objection) }
      guard context.state.record.generation == tried else { return end() }
      return isRefused ? drop(failure, &context) : settle(failure, &context)
    case (.dropping(let failure), .savedSession(let saving)), (.unmarking(let failure), .savedSession(let saving)):
      context.note(saving)
      return settle(failure, &context)
    default:
      return .outOfTurn(event)
    }
  }

  private mutating func end() -> CallStep {
    state = .idle
    return .proceed
  }

  private mutating func marked(
    _ saving: Saving<SessionRecord>, _ request: WireRequest, _ progress: LoginProgress, _ context: inout CallContext
  ) -> CallStep {
    context.note(saving)
    if case .failed(let reason) = saving {
      return settle(
        Failure(
          .store,
          "the refresh token was not spent, since the next one could not be kept (\(reason)); make the store writable"),
        &context)
    }
    // What the store had may be a sibling's newer session.
    guard context.state.record.generation == tried else { return end() }
    context.logins += 1
    if context.refused != nil { context.relogins += 1 }
    context.log(.info) { "renewing the session at \($0.home.text)" }
    var progress = progress
    let step = context.sendLogin(request, &progress)
    state = .talking(progress)
    return step
  }

  private mutating func talk(
    _ progress: LoginProgress, _ response: WireResponse, _ context: inout CallContext
  ) -> CallStep {
    switch context.turn(progress, response) {
    case .made(let record):
      context.log(.info, "renewed: generation \(record.generation)")
      state = .saving(record)
      return .perform(.saveSession(record, isDurable: true))
    case .goesOn(let record, let request, let progress):
      state = .savingHalf(record, request, progress)
      return .perform(.saveSession(record, isDurable: true))
    case .refused(let failure): return recheck(failure, isRefused: true)
    case .failed(let failure):
      return (400..<500).contains(failure.httpStatus) && progress.stage == 0
        ? unmark(failure, &context) : recheck(failure, isRefused: false)
    }
  }

  private mutating func savedHalf(
    _ saving: Saving<SessionRecord>, _ record: SessionRecord, _ request: WireRequest, _ progress: LoginProgress,
    _ context: inout CallContext
  ) -> CallStep {
    context.state.takeOwn(record)
    context.note(saving)
    tried = context.state.record.generation
    var progress = progress
    let step = context.sendLogin(request, &progress)
    state = .talking(progress)
    return step
  }

  private mutating func broken(
    _ progress: LoginProgress, _ failure: Failure, _ context: inout CallContext
  ) -> CallStep {
    // Only the first request carries the refresh token.
    guard progress.stage == 0, failure.cause == .connect || failure.cause == .tls else {
      return recheck(failure, isRefused: false)
    }
    return unmark(failure, &context)
  }

  private mutating func unmark(_ failure: Failure, _ context: inout CallContext) -> CallStep {
    context.state.record.renewing?.isOver = true
    state = .unmarking(failure)
    return .perform(.saveSession(context.state.record, isDurable: false))
  }

  private mutating func recheck(_ failure: Failure, isRefused: Bool) -> CallStep {
    state = .rechecking(failure, isRefused: isRefused)
    return .perform(.load)
  }

  private mutating func saved(
    _ saving: Saving<SessionRecord>, _ record: SessionRecord, _ context: inout CallContext
  ) -> CallStep {
    context.state.takeOwn(record)
    context.note(saving)
    context.state.statistics.renewals += 1
    context.made.renewed = record.generation
    if case .failed(let reason) = saving {
      context.made.unsaved = reason
      context.log(
        .error, "the session was renewed but could not be saved: the store holds a refresh token that is spent")
    }
    return end()
  }

  /// A generation of its own: of two records of one generation the one that still has the token might win.
  private mutating func drop(_ failure: Failure, _ context: inout CallContext) -> CallStep {
    refusal = failure
    context.log(.error, "the refresh token is refused; a person must consent again")
    let stillWorks = context.usable != nil
    context.state.record.generation &+= 1
    context.state.record.secret?.refreshToken = nil
    if !stillWorks { context.state.record.secret = nil }
    context.state.record.renewing = nil
    state = .dropping(failure)
    return .perform(.saveSession(context.state.record, isDurable: true))
  }

  /// The renewal has failed. What is left of the session is used; without that, the call fails, unless there is another
  /// way to log in.
  private mutating func settle(_ failure: Failure, _ context: inout CallContext) -> CallStep {
    if context.usable != nil {
      context.state.renewalPause = context.moment.seconds.plus(Renewal.pause)
      context.log(.warning) { "a renewal ahead of time has failed: \($0.clean(failure).message)" }
      return end()
    }
    if refusal != nil { return end() }
    context.noteLogin(failed: failure)
    return .fail(failure)
  }

  /// After a failure ahead of time, in seconds.
  private static let pause: Int64 = 10
}

extension CallContext {
  /// Whether the token, which still works, ends so soon that it is worth renewing now: in the last tenth of its life,
  /// or the last minute. Some wait a little, so that a fleet does not renew at once.
  var isRenewalDue: Bool {
    // Most secrets have no end: looked at without a copy, since every request asks.
    guard let end = state.record.secret?.expiresAt, state.record.secret?.refreshToken != nil,
      state.renewalPause <= moment.seconds
    else { return false }
    let window = min(60, max(0, end.minus(state.record.issuedAt)) / 10)
    let wait = window.times(state.patience) / 200
    return moment.seconds >= end.minus(window.minus(wait))
  }
}
