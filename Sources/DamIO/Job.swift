// Job.swift - one thing that the application wants done, on its way through an event loop.

internal import DamCore

/// One call of the application in a loop.
final class Job {
  enum State {
    case fresh
    /// On its way from one state to the next: what is held is the call's.
    case between
    case locking(LockAttempt)
    case sleeping(until: UInt64)
    case sending
    case delivering(generation: UInt64, replays: UInt32)
  }

  let id: UInt64
  private(set) var call: Call
  let done: LoopDone
  private let download: Download?
  /// Where the application sends the request itself.
  let authorization: Authorization?
  /// What that was answered; nil: it was not sent yet.
  private let response: WireResponse?
  var state = State.fresh
  /// What is under way now, and the last one whose response is the application's.
  var transfer: Transfer?
  var callers: Transfer?
  var deadline: UInt64 = .max
  var isCancelled = false
  var isResumed = false

  init(_ id: UInt64, _ session: Session, _ work: LoopWork, _ done: @escaping LoopDone) {
    self.id = id
    self.done = done
    if case .download(let given) = work { download = given } else { download = nil }
    switch work {
    case .authorize(let given): (authorization, response) = (given, nil)
    case .observe(let given, let observed): (authorization, response) = (given, observed)
    case .request, .download, .login, .keepalive, .logout: (authorization, response) = (nil, nil)
    }
    call = Job.call(session, work)
  }

  private static func call(_ session: Session, _ work: LoopWork) -> Call {
    switch work {
    case .request(let request, let options): return Call(session, .request(request), options)
    case .download(let download):
      let (request, options) = download.begin()
      return Call(session, .request(request), options)
    case .login(let again): return Call(session, .ensure(again: again, saved: true), CallOptions())
    case .keepalive: return Call(session, .keepalive, CallOptions())
    case .logout: return Call(session, .logout, CallOptions())
    case .authorize(let authorization), .observe(let authorization, _): return authorization.call
    }
  }

  func begin() -> Call.Step { response.map { call.advance(.responded($0)) } ?? call.begin() }

  /// How it ends where the application sends the request itself; nil: it goes on.
  func handOver(_ step: Call.Step) -> Result<LoopEnding, Failure>? {
    guard let authorization else { return nil }
    switch step {
    case .lock, .wait: return nil
    case .send(let request) where !request.isForCaller: return nil
    case .send, .done: break
    }
    let next = Result { () throws(Failure) in try authorization.take(step) }
    return next.map { response == nil ? LoopEnding.authorized(authorization) : .observed($0) }
  }

  /// What the application hears; nil: the job has begun anew.
  func ending(_ result: Result<LoopEnding, Failure>) -> Result<LoopEnding, Failure>? {
    guard let download else { return result }
    let response = result.flatMap { ending -> Result<Response, Failure> in
      if case .responded(let response) = ending { return .success(response) }
      return .failure(Failure(.internalError, "a download ended without a response"))
    }
    if let end = download.end(response) { return end.map { .responded($0) } }
    call = Job.call(call.session, .download(download))
    (state, transfer, callers, deadline) = (.fresh, nil, nil, .max)
    return nil
  }

  /// Nobody waits for the response any more. What has come of it may hold the only cookie that the server still takes,
  /// or a secret that a login has cost: the call takes and saves it. Whatever it wants to do next is over, too.
  func stop() {
    guard case .sending = state, let transfer else { return }
    state = .between
    var step = call.advance(transfer.report(transfer.event() ?? .failed(Cancellation.failure)))
    for _ in 0..<Job.mostSteps {
      if case .done = step { return }
      step = call.cancelled()
    }
  }

  /// More than a call can still want once it hears of nothing but the end.
  private static let mostSteps = 8

  /// Lets go of whatever the call holds.
  func abandon() {
    state = .between
    authorization?.holder.give(to: nil)
    // What the application is to send holds the session until it was answered.
    if authorization?.request == nil { call.release(keepSession: false) }
  }
}
