// Transfer.swift - one HTTP exchange on its way: everything that must stay in memory while libcurl works on it. It
// stops twice: when the response can be judged, and when it is over. Used by the thread that runs its multi handle.

internal import CCurl
internal import DamCore
internal import Synchronization

final class Transfer {
  enum Event {
    /// As much of the response has come as a verdict needs. `isWhole`: and that is all of it.
    case judgeable(isWhole: Bool)
    /// The response was judged, and all of it has arrived.
    case finished
    /// The transfer is over, and the response is not whole.
    case failed(Failure)
  }

  let request: WireRequest
  /// Where the response goes, and where the request's body comes from; nil: it has none, or it is a form.
  let sink: Sink
  let source: OutgoingBody?
  let handle: CurlHandle
  /// May be set by any thread, to end the transfer early.
  let cancellation: Cancellation
  /// Whether `finished` or `failed` was returned; nothing follows then.
  private(set) var isOver = false
  /// Whether the response was judged and goes to the application.
  private(set) var isJudged = false

  /// nil when the body cannot be given once more.
  init?(_ request: WireRequest, _ options: CallOptions, _ limits: TransferLimits, _ handle: CurlHandle) {
    self.request = request
    self.handle = handle
    sink = Sink(isLogin: request.isLogin, gathers: request.isForCaller && options.gathers)
    cancellation = options.cancellation
    switch request.body {
    case .none: source = nil
    case .form(let secret), .json(let secret): source = OutgoingBody(secret)
    case .caller: source = options.body
    }
    guard source?.begin() ?? true else { return nil }
    let hooks = Hooks(sink, source, options.progress, cancellation)
    if options.isHeartbeat { hooks.beatOnly() }
    hooks.isSentOnce = request.isLogin || (!request.isIdempotent && (source?.description.size ?? 0) == 0)
    handle.prepare(request, hooks, limits)
    if request.isForCaller, case .caller = request.body, let form = options.form { handle.attach(form) }
  }

  /// Somebody will resume it: the application may let its bytes wait.
  func allowPauses() {
    sink.canPause = true
    source?.canPause = true
  }

  /// What has become of the transfer since the last time; nil: nothing to act on yet.
  func event() -> Event? {
    if isJudged { sink.settle() }
    // Refused by the application while libcurl is paused: it would notice that only when something arrives.
    if isJudged, !isOver, let failure = sink.failure {
      isOver = true
      return .failed(failure)
    }
    if let code = handle.result {
      guard !isOver, !sink.hasHeldBack else { return nil }
      // isHeadComplete: if a connection ends within the head, libcurl reports success, unless a length was named.
      if code == CURLE_OK, !isJudged, sink.isHeadComplete { return .judgeable(isWhole: true) }
      isOver = true
      return code == CURLE_OK && isJudged ? .finished : .failed(failure(code))
    }
    if case .full = sink.reading, !isJudged { return .judgeable(isWhole: false) }
    return nil
  }

  /// The response was judged and is the application's.
  func deliver(to destination: Destination) {
    isJudged = true
    goOn(after: sink.deliver(to: destination))
  }

  /// The application is ready again after it paused.
  func resume() {
    guard isJudged else { return handle.resume() }
    goOn(after: sink.flush())
  }

  private func goOn(after taking: Sink.Taking) {
    if handle.result == nil, case .taken = taking { handle.resume() }
  }

  private func failure(_ code: CURLcode) -> Failure {
    if let failure = sink.failure { return failure }
    if cancellation.isSet { return Failure(.cancelled, "the request was cancelled", httpStatus: sink.status) }
    if handle.formHasChanged { return Failure(.argument, "a file of the form changed before it was sent") }
    if source?.hasFailed == true { return Failure(.callback, "the application's read function asked to stop") }
    return handle.failure(code, httpStatus: sink.status)
  }
}
