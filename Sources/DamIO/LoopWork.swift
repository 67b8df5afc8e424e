// LoopWork.swift - what an event loop can do, and how each ends.

package import DamCore

package enum LoopWork {
  case request(CallerRequest, CallOptions)
  case download(Download)
  /// See `CallGoal.ensure`; what is scarce must be on disk.
  case login(again: Bool)
  case keepalive
  case logout
  case consent(ConsentStep)
  /// Make sure that there is a session for a request that the application sends itself.
  case authorize(Authorization)
  /// Judge the response to it.
  case observe(Authorization, WireResponse)
}

/// How it ended, if it did not fail.
package enum LoopEnding {
  case responded(Response)
  /// Of `login` and `keepalive`: there is a session.
  case ready
  case loggedOut(LogoutResult)
  /// Of `consent`: the page where a person answers.
  case asked(url: String)
  /// The same where a person is asked for a code.
  case deviceAsked(DeviceQuestion)
  /// Of `authorize`: the authorization has a request to send.
  case authorized(Authorization)
  /// Of `observe`: what to do next.
  case observed(Authorization.Next)
}

/// Called once, on the loop's thread, with the ID that `Loop.submit` gave.
package typealias LoopDone = (UInt64, Result<LoopEnding, Failure>) -> Void
