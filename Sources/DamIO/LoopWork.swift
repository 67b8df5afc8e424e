// LoopWork.swift - what can be done in an event loop, and how it ends.

package import DamCore

/// What can be done in a loop.
package enum LoopWork {
  case request(HostRequest, CallOptions)
  case download(Download)
  case login(again: Bool)
  case keepalive
  case logout
}

package enum LoopEnding {
  case answered(Response)
  case ready
  case loggedOut(LogoutResult)
}

package typealias LoopDone = (UInt64, Result<LoopEnding, Failure>) -> Void
