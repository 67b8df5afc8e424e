// Journey.swift - the application's request on its way: which of its sends is a repetition, where redirects have led,
// how often it was tried again, and how often the server was waited for. What was done before a redirect is not done
// again for what went wrong behind it.

struct Journey: Sendable {
  /// Whether it was sent: its body may have been read.
  private var hasSent = false
  /// What is sent next is no repetition, but where a redirect led; or one more try with the same secret.
  private var isNextHop = false
  private var isRetry = false
  /// Where the last redirect led: from there the request goes on, whatever happens.
  private(set) var redirected: WireRequest?
  private var hops: Int32 = 0
  private var retries: Int32 = 0
  private var waits = 0
  /// How often it was sent again with a newer secret.
  private(set) var replays: UInt32 = 0

  /// The request goes out once more, or for the first time.
  mutating func depart(_ freshness: Freshness, _ context: inout CallContext) {
    if hasSent, !isNextHop {
      context.state.statistics.replays += 1
      if !isRetry { replays += 1 }
      context.log(.info, "sending the request again with generation \(freshness.generation)")
    }
    (hasSent, isNextHop, isRetry) = (true, false, false)
  }

  /// Whether it can be sent once more.
  func canSendAgain(_ goal: CallGoal) -> Bool {
    guard case .request(let request) = goal, hasSent else { return true }
    if let redirected, redirected.hasNoBody { return true }
    return request.body.canRewind
  }

  // MARK: Redirects

  enum Turn {
    /// It leads nowhere: the response is the one to deliver.
    case arrived
    case goOn(WireRequest)
    case refused(Failure)
  }

  mutating func follow(_ response: WireResponse, to request: WireRequest, _ context: CallContext) -> Turn {
    let settings = context.settings
    guard settings.redirects > 0 else { return .arrived }
    let guarded = Redirect.Guarded(home: context.home, names: settings.secretNames) { context.secrets }
    switch Redirect.judge(response, to: request, guarded) {
    case .none:
      return .arrived
    case .refused(let failure):
      return .refused(failure)
    case .follow(var next):
      hops += 1
      guard hops <= settings.redirects else {
        return .refused(
          Failure(
            .protocolViolation, "the server redirects more than \(settings.redirects) times (\"redirects\")",
            httpStatus: response.status))
      }
      if case .caller = next.body, !canSendAgain(context.goal) {
        return .refused(
          Failure(.replayImpossible, "the server redirects, and the request's body cannot be given again"))
      }
      if context.system.writes(to: CallerRequest.segments(next.target)) { next.isSentOnce = true }
      redirected = next
      isNextHop = true
      return .goOn(next)
    }
  }

  // MARK: Once more

  /// Nothing came back. How many milliseconds to wait before the next try, of what certainly was not acted upon, or may
  /// be acted upon twice; nil: there is none.
  mutating func retry(_ request: WireRequest, after failure: Failure, _ context: inout CallContext) -> UInt64? {
    let wasNotSent = failure.cause == .connect
    let mayRepeat = request.isIdempotent && [.transfer, .timeout].contains(failure.cause)
    guard wasNotSent || mayRepeat, canSendAgain(context.goal), retries < context.settings.retries else { return nil }
    retries += 1
    isRetry = true
    context.log(.info, "trying again (\(retries) of \(context.settings.retries)): \(failure.message)")
    // Twice as long each time: half a second, one, two, ...
    return 250 << UInt64(retries)
  }

  /// How many milliseconds the server asked to wait, if that is allowed; nil: it did not, or it is not.
  mutating func wait(for failure: Failure, _ context: inout CallContext) -> UInt64? {
    let allowed = context.settings.retryAfter
    // "Come back at once" is a wait as well, and 0 allows none.
    guard failure.cause == .throttled, let asked = failure.retryAfter, waits < 5, allowed > 0, asked <= allowed,
      canSendAgain(context.goal)
    else { return nil }
    waits += 1
    isRetry = true
    let seconds = max(1, asked)
    context.log(.info, "waiting \(seconds) s as the server asks")
    return UInt64(seconds) * 1000
  }
}
