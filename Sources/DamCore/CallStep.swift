// CallStep.swift - what a stage of a call returns when it was given an event.

enum CallStep {
  /// The driver does this; the event that comes of it goes to the same stage.
  case perform(CallAction)
  /// The stage has nothing more to do: the call decides what is next, given all that is known.
  case proceed
  /// The call is over.
  case finish(CallOutcome)

  static func fail(_ failure: Failure) -> CallStep { .finish(.failed(failure)) }

  /// An event that does not fit a stage's state is the driver's mistake: the call ends with an error rather than a
  /// trap. If the event itself reports a failure, the call ends with that.
  static func outOfTurn(_ event: CallEvent) -> CallStep {
    if case .failed(let failure, _) = event { return .fail(failure) }
    return .fail(Failure(.internalError, "the session engine met an event out of turn"))
  }
}
