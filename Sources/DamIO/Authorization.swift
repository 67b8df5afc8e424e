// Authorization.swift - a call whose request the application sends with an HTTP client of its own. It is the same call
// as any other, but the response to the application's request is reported instead of received; the session's own
// requests still go through our connections. A redirect comes back as one more request to send: a client that follows
// redirects by itself would carry custom secret headers along. One thread at a time.

package import DamCore

package final class Authorization {
  /// What the application is to do after a response was observed.
  package enum Next {
    /// Use the response.
    case deliver
    /// Send `request`, which is a new one.
    case send
  }

  /// The process that holds the session for it; no child of that may go on with it.
  package let process = Process.number
  /// Also used by the event loop that works for it.
  let call: Call
  /// Stands for it where it holds a lock or waits for one.
  let holder = LockHolder(.authorization)
  private var driver: Driver
  /// What the application is to send; nil: nothing, since the response was observed.
  package private(set) var request: WireRequest?
  /// The generation of the secret in `request`, and how many requests there were so far.
  package private(set) var generation: UInt64 = 0
  package private(set) var sends: UInt32 = 0

  /// Makes sure that there is a session, logging in if need be.
  package convenience init(_ session: Session, _ request: CallerRequest) throws(Failure) {
    self.init(begunElsewhere: session, request)
    _ = try take(driver.runUntilCallerSends())
  }

  /// For an event loop, which makes sure of that later.
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

  /// A response to `request` is there: it must not be sent any more.
  package func expectResponse() throws(Failure) {
    guard request != nil else { throw Failure(.argument, "nothing was sent that could have been answered") }
    request = nil
  }

  /// What the application is to do when the call has come this far.
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
