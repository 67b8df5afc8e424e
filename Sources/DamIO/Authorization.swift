// Authorization.swift - a call whose request the application sends with an HTTP client of its own. The same call as
// ever, but the application's transfer happens elsewhere: its response is reported instead of received. The session's
// own requests still go through our connections. A redirect comes back as one more thing to send: a client that
// follows it by itself would carry custom secret headers along.

package import DamCore

package final class Authorization {
  /// What the application is to do next.
  package enum Next {
    case deliver
    case send
  }

  /// The one that holds the session for it.
  package let process = Process.number
  /// Shared with the event loop that works for it.
  let call: Call
  let holder = LockHolder(.authorization)
  private var driver: Driver
  package private(set) var request: WireRequest?
  package private(set) var generation: UInt64 = 0
  package private(set) var sends: UInt32 = 0

  package convenience init(_ session: Session, _ request: CallerRequest) throws(Failure) {
    self.init(begunElsewhere: session, request)
    _ = try take(driver.runUntilCallerSends())
  }

  /// For an event loop, which makes sure that there is a session.
  package init(begunElsewhere session: Session, _ request: CallerRequest) {
    call = Call(session, .request(request), CallOptions(), isSentElsewhere: true)
    driver = Driver(call, holder)
  }

  package var session: Session { call.session }

  deinit { driver.abandon() }

  /// Reports a response to what was sent last.
  package func observe(_ response: WireResponse) throws(Failure) -> Next {
    try expectResponse()
    return try take(driver.report(response))
  }

  /// What was sent is answered: it is not to be sent any more.
  package func expectResponse() throws(Failure) {
    guard request != nil else { throw Failure(.argument, "nothing was sent that could have been answered") }
    request = nil
  }

  /// What a call that has come this far wants of the application.
  func take(_ step: Call.Step) throws(Failure) -> Next {
    switch step {
    case .send(let wire):
      request = wire
      sends += 1
      generation = call.generation
      return .send
    case .done(.delivered):
      return .deliver
    case .done(let outcome):
      throw Session.failure(outcome)
    case .lock, .wait:
      throw Failure(.internalError, "a wait was left over")
    }
  }
}
