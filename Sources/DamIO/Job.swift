// Job.swift - one thing that the application wants done by an event loop: a call, the transfer that it waits for, and
// how its end is told. Used by the loop's thread alone.

internal import DamCore

final class Job {
  enum State {
    /// Submitted; the next dispatch begins it.
    case fresh
    /// A step is being taken: what the job waited for is over, and what is held is the call's.
    case between
    /// It waits for a lock: for its turn among the threads, or for the store's lock.
    case locking(LockAttempt)
    /// It waits for this time (Clock.monotonic).
    case sleeping(until: UInt64)
    /// `transfer` is under way, until its response can be judged.
    case sending
    /// The response was judged: the rest of it goes to the application.
    case delivering(Provenance)
  }

  let id: UInt64
  /// Another one after `ending` has begun the job anew.
  private(set) var call: Call
  /// Called once, when the job is over.
  let done: LoopDone
  /// nil: the job is no download.
  private let download: Download?
  /// The request that the application sends itself; nil: the job is about none.
  let authorization: Authorization?
  /// The response that the application received for it; nil: the request is yet to be authorized.
  private let response: WireResponse?
  var state = State.fresh
  /// The transfer that is under way, and the last one whose response is the application's.
  var transfer: Transfer?
  var callers: Transfer?
  /// When the loop looks at the job again if nothing else happens (Clock.monotonic); meaningful while it is `locking`
  /// or `sleeping`.
  var deadline: UInt64 = .max
  /// The descriptor that rings when the lock it waits for is free; -1: none.
  var listens: Int32 = -1
  /// Notes for the next dispatch: the application wants it to end, or is ready again.
  var isCancelled = false
  var isResumed = false

  init(_ id: UInt64, _ session: Session, _ work: LoopWork, _ done: @escaping LoopDone) {
    self.id = id
    self.done = done
    if case .download(let given) = work { download = given } else { download = nil }
    switch work {
    case .authorize(let given): (authorization, response) = (given, nil)
    case .observe(let given, let observed): (authorization, response) = (given, observed)
    case .request, .download, .login, .keepalive, .logout, .consent: (authorization, response) = (nil, nil)
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
    case .consent(let step): return Call(session, .consent(step), CallOptions())
    case .authorize(let authorization), .observe(let authorization, _): return authorization.call
    }
  }

  func begin() -> Call.Step { response.map { call.advance(.responded($0)) } ?? call.begin() }

  /// How the job ends if the call has come to where the application takes over: the request is its own to send. nil:
  /// the call goes on here.
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

  /// What the application hears. nil: the job has begun anew, since a download starts over.
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

  /// Nobody waits for the response any more. What has arrived of it may hold the only cookie that the server still
  /// accepts, or a secret that a login has obtained: the call takes and saves that. Whatever the call wants to do after
  /// that is cancelled.
  func stop() {
    guard case .sending = state, let transfer else { return }
    state = .between
    var step = call.advance(transfer.report(transfer.event() ?? .failed(Cancellation.failure)))
    for _ in 0..<Job.mostSteps {
      if case .done = step { return }
      step = call.cancelled()
    }
  }

  /// A cancelled call ends after fewer steps than this.
  private static let mostSteps = 8

  /// Releases whatever the call holds.
  func abandon() {
    state = .between
    authorization?.holder.give(to: nil)
    // A request that the application is to send holds the session until its response was observed.
    if authorization?.request == nil { call.release(keepSession: false) }
  }
}
