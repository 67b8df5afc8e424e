// LoopWork.swift - what can be done in an event loop, and how it ends.

public import DamCore

/// What can be done in a loop.
public enum LoopWork {
  case request(HostRequest, CallOptions)
  case download(Download)
  case login(again: Bool)
  case keepalive
  case logout
}

public enum LoopEnding {
  case answered(Response)
  case ready
  case loggedOut(Exchange.LogoutResult)
}

public typealias LoopDone = (UInt64, Result<LoopEnding, Failure>) -> Void
