// Call.swift - one call of the application under way: does what its machine says as long as that needs no waiting, and
// says what it waits for. A blocking caller and an event loop drive the same call, one thread at a time. The session's
// state is lent to the machine for the length of one step; while anything is sent, read, written or asked, no lock is
// held but those of sessions and of the store.

internal import DamCore
internal import Synchronization

final class Call {
  /// What the call waits for; its driver does that and tells it.
  enum Step {
    /// The response to a request: `advance` with `responded` or `failed`.
    indirect case send(WireRequest)
    /// A lock: `locked`.
    case lock(LockWish)
    /// A time: `advance` with `waited`.
    case wait(milliseconds: UInt64)
    /// Nothing: the call is over, and its locks are released.
    case done(CallOutcome)
  }

  let session: Session
  let shared: SharedSession
  let options: CallOptions
  let limits: TransferLimits
  private var machine: CallMachine
  /// When `isUnwanted` last asked the application (Clock.monotonic).
  private var lastAsked: UInt64
  /// The locks that the call holds, until the machine says `unlock` or `finish`, or the call ends.
  private var sessionLock: Held?
  private var accountLock: Held?
  /// When the login has to be over whose locks these are (Clock.monotonic); nil: nothing of one was sent yet.
  private var loginEnd: UInt64?

  init(_ session: Session, _ goal: CallGoal, _ options: CallOptions, isSentElsewhere: Bool = false) {
    self.session = session
    self.options = options
    lastAsked = options.isHeartbeat ? Clock.monotonic : 0
    shared = session.shared
    let settings = session.settings
    let timeout = options.timeout > 0 ? Int64(options.timeout) : Int64(settings.transport.timeout) * 1000
    limits = TransferLimits(
      timeout: timeout, timeoutBy: options.timeout > 0 ? "the request itself" : "\"timeout\"",
      transport: settings.transport, origin: settings.site.origin,
      isCompressible: options.destination == nil && !options.asIs && !goal.asksForRange,
      isStream: options.destination != nil)
    var manner = CallManner()
    manner.hasOwnTimeout = options.timeout > 0
    manner.isSentElsewhere = isSentElsewhere
    manner.logLevel = session.log.most
    machine = CallMachine(goal, settings, manner)
  }

  /// Whether the application wants to stop. For drivers that wait while nothing moves: the progress callback is asked a
  /// few times a second.
  func isUnwanted() -> Bool {
    let now = Clock.monotonic
    if let progress = options.progress, now &- lastAsked > 200_000 {
      lastAsked = now
      if !progress(0, -1, 0, -1) { options.cancellation.set() }
    }
    return options.cancellation.isSet
  }

  func cancelled() -> Step { advance(.failed(Cancellation.failure, head: nil)) }

  static let noCurl = Failure(.internalError, "libcurl cannot be started")
  static let noRewind = Failure(.replayImpossible, "the request's body cannot be given again")

  /// A request about to be sent; nil when its body cannot be given again.
  func transfer(_ request: WireRequest, _ handle: CurlHandle) -> Transfer? {
    let limits = limits(request)
    guard !request.isForCaller, options.progress != nil else { return Transfer(request, options, limits, handle) }
    // What the session sends for itself is no progress of the application's, which may have had enough all the same.
    var quiet = options
    quiet.progress = { [self] _, _, _, _ in !isUnwanted() }
    return Transfer(request, quiet, limits, handle)
  }

  /// A login has to end, since others wait for it: all of its requests together have "login-timeout".
  private func limits(_ request: WireRequest) -> TransferLimits {
    guard request.isLogin || accountLock != nil else { return limits }
    let end = loginEnd ?? Clock.monotonic &+ UInt64(clamping: session.settings.loginTimeout) &* 1_000_000
    loginEnd = end
    return limits.ending(at: end)
  }

  /// The response goes to the application: its head, then its body.
  func deliver(_ transfer: Transfer, _ provenance: Provenance) {
    let sink = transfer.sink
    if let onHead = options.onHead, !onHead(Response(headOf: sink, provenance)) {
      sink.refuse(Failure(.callback, "the application's head function asked to stop", httpStatus: sink.status))
    }
    transfer.deliver(to: destination(sink))
  }

  /// Only the body of a 2xx response goes where the application wants bodies: an error page is no part of a file.
  private func destination(_ sink: Sink) -> Destination {
    guard let destination = options.destination, (200..<300).contains(sink.status), sink.failure == nil else {
      return .memory(limit: session.settings.responseLimit)
    }
    options.onStream?(sink.status, sink.headers)
    return destination
  }

  func begin() -> Step { advance(.begin) }

  func advance(_ event: CallEvent) -> Step { advance(event, at: nil) }

  /// Steps until something has to be waited for. `found`: which record of the store the event brings; it goes into the
  /// state together with that record.
  private func advance(_ first: CallEvent, at found: SharedSession.Place?) -> Step {
    var (event, place) = (first, found)
    while true {
      // The lock is held for one step and nothing else; log lines, which call the application, come after it.
      let action = shared.state.withLock { state in
        state.take(place)
        return machine.step(event, &state.session, Clock.moment)
      }
      for line in machine.takeLines() { session.log(line.level, line.message) }
      switch perform(action) {
      case .event(let next, let found): (event, place) = (next, found)
      case .step(let step): return step
      }
    }
  }

  /// The generation of the secret that the last request carries.
  var generation: UInt64 { machine.sentGeneration }

  /// Tells how the attempt to get a lock ended. The record is read under the lock: a sibling may have changed it.
  func locked(_ wish: LockWish, _ locking: Locking, _ held: consuming Held?) -> Step {
    if wish.isAccount {
      accountLock = held
      return advance(.accountLocked(locking, shared.loadAccount(session.log), entropy: Clock.random(16)))
    }
    sessionLock = held
    let (loading, place) = shared.loadSession(session.log)
    return advance(.sessionLocked(locking, loading), at: place)
  }

  /// What came of an action: an event at once, or something to wait for.
  private enum Doing {
    case event(CallEvent, at: SharedSession.Place? = nil)
    case step(Step)
  }

  private func perform(_ action: CallAction) -> Doing {
    let log = session.log
    switch action {
    case .load:
      let (loading, place) = shared.loadSession(log)
      return .event(.loaded(loading), at: place)
    case .lockSession(let waits):
      return .step(.lock(LockWish(lock: shared.lock, key: shared.key.session, isAccount: false, waits: waits)))
    case .lockAccount:
      return .step(.lock(LockWish(lock: shared.account.lock, key: shared.key.account, isAccount: true)))
    case .askCredentials:
      return .event(ask())
    case .derive(let credentials, let salt):
      return .event(.derived(Hash.slow(credentials, salt: salt)))
    case .send(let request):
      return .step(.send(request))
    case .saveSession(let record, let isDurable):
      let (saving, place) = shared.saveSession(record, isDurable: isDurable, log)
      return .event(.savedSession(saving), at: place)
    case .saveAccount(let record):
      return .event(.savedAccount(shared.saveAccount(record, log)))
    case .unlock(let keepSession):
      release(keepSession: keepSession)
      return .event(.unlocked)
    case .give(let sealed):
      let failure = options.onSealed?(sealed)
      return .event(failure.map { .failed($0, head: nil) } ?? .given)
    case .wait(let milliseconds):
      return .step(.wait(milliseconds: milliseconds))
    case .finish(let outcome):
      release(keepSession: false)
      return .step(.done(outcome))
    }
  }

  private func ask() -> CallEvent {
    let settings = session.settings
    let prompt = Prompt(
      kind: settings.system.credentials, user: settings.site.user,
      origin: settings.site.origin.text)
    switch session.application.credentials(prompt) {
    case .success(let secret): return .credentials(secret)
    case .failure(let failure): return .failed(failure, head: nil)
    }
  }

  func release(keepSession: Bool) {
    loginEnd = nil
    accountLock = nil
    if !keepSession { sessionLock = nil }
  }
}
