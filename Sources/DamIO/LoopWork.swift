// LoopWork.swift - what can be done in an event loop, and how it ends.

package import DamCore

/// What can be done in a loop.
package enum LoopWork {
  case request(CallerRequest, CallOptions)
  case download(Download)
  case login(again: Bool)
  case keepalive
  case logout
  /// Makes sure that there is a session for a request that the application sends itself.
  case authorize(Authorization)
  /// Judges its response.
  case observe(Authorization, WireResponse)
}

package enum LoopEnding {
  case responded(Response)
  case ready
  case loggedOut(LogoutResult)
  case authorized(Authorization)
  case observed(Authorization.Next)
}

package typealias LoopDone = (UInt64, Result<LoopEnding, Failure>) -> Void
