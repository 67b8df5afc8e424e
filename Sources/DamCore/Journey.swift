// Journey.swift - the application's request on its way: which of its sends is a repetition, where redirects have led,
// how often it was tried again, and how often the server was waited for. A failure behind a redirect does not repeat
// what was sent before the redirect: the request goes on from where that led.

struct Journey: Sendable {
  /// Whether the request was sent at all: its body may have been read.
  private var hasSent = false
  /// Set when the next send is no repetition, since it follows a redirect; or is one, but with the same secret.
  private var isNextHop = false
  private var isRetry = false
  /// Where the last redirect led; every further send is this one. nil: none has come.
  private(set) var redirected: WireRequest?
  /// How many redirects were followed, how often a broken exchange was retried, and how often the server asked to wait.
  private var hops: Int32 = 0
  private var retries: Int32 = 0
  private var waits = 0
  /// How often the request was sent again with a newer secret.
  private(set) var replays: UInt32 = 0

  /// The request is about to be sent, for the first time or once more.
  mutating func depart(_ freshness: Freshness, _ context: inout CallContext) {
    if hasSent, !isNextHop {
      context.state.statistics.replays += 1
      if !isRetry { replays += 1 }
      context.log(.info, "sending the request again with generation \(freshness.generation)")
    }
    (hasSent, isNextHop, isRetry) = (true, false, false)
  }

  /// Whether the request can be sent once more: its body was not read yet, can be rewound, or a redirect has dropped
  /// it.
  func canSendAgain(_ goal: CallGoal) -> Bool {
    guard case .request(let request) = goal, hasSent else { return true }
    if let redirected, redirected.hasNoBody { return true }
    return request.body.canRewind
  }

  // MARK: Redirects

  /// What a response does with the request.
  enum Turn {
    /// It is no redirect that is to be followed: deliver it.
    case arrived
    /// Send this next.
    case goOn(WireRequest)
    /// It is a redirect that must not be followed.
    case refused(Failure)
  }

  mutating func follow(_ response: WireResponse, to request: WireRequest, _ context: CallContext) -> Turn {
    let settings = context.settings
    guard settings.redirects > 0, (300..<400).contains(response.status) else { return .arrived }
    switch Redirect.judge(
      response, to: request, .init(home: context.home, names: settings.secretNames, secrets: context.secrets))
    {
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
      // The new path may be one whose GET changes something.
      if context.system.writes(to: RequestPath(next.target)) { next.isSentOnce = true }
      redirected = next
      isNextHop = true
      return .goOn(next)
    }
  }

  // MARK: Once more

  /// No response came. Returns how many milliseconds to wait before the next try, or nil for no other try. What
  /// certainly did not reach the server is tried again, and what is idempotent (RFC 9110, 9.2.2).
  mutating func retry(_ request: WireRequest, after failure: Failure, _ context: inout CallContext) -> UInt64? {
    let wasNotSent = failure.cause == .connect
    let mayRepeat = request.isIdempotent && [.transfer, .timeout].contains(failure.cause)
    guard wasNotSent || mayRepeat, canSendAgain(context.goal), retries < context.settings.retries else { return nil }
    retries += 1
    isRetry = true
    context.log(.info) { "trying again (\(retries) of \($0.settings.retries)): \(failure.message)" }
    // Twice as long each time: half a second, one, two, ...
    return 250 << UInt64(retries)
  }

  /// How many milliseconds the server asks to wait (`Retry-After`), as far as "retry-after" allows; nil: it does not
  /// ask, or for too long, or too often.
  mutating func wait(for failure: Failure, _ context: inout CallContext) -> UInt64? {
    let allowed = context.settings.retryAfter
    // A Retry-After of 0 is a wait as well, and the option's 0 allows none.
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
