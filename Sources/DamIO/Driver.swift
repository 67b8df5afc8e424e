// Driver.swift - the blocking way to run an exchange: does what its actions say, on the caller's thread, and nothing else.
// The state is lent to the exchange for the length of one step; no lock but the flights and the store's own is held while
// anything is sent, read, written or asked. It refuses to look into answers.

internal import DamCore
internal import Glibc
internal import Synchronization

struct Driver: ~Copyable {
  private let session: Session
  private let hub: Hub
  private let limits: TransferLimits
  private var sessionLock: Held?
  private var accountLock: Held?
  /// The last answer that was sent for the host.
  private(set) var received: Received?

  /// A flight and the store's lock behind it.
  private struct Held {
    let flight: Flight
    let lock: (any StoreLockHandle)?

    func release() {
      lock?.unlock()
      flight.release()
    }
  }

  /// `timeout` in milliseconds; 0: the option's.
  init(_ session: Session, timeout: UInt32) {
    self.session = session
    hub = session.hub
    let settings = session.settings
    limits = TransferLimits(
      timeoutMilliseconds: timeout > 0 ? Int64(timeout) : Int64(settings.timeout) * 1000,
      connectTimeoutMilliseconds: Int64(settings.connectTimeout) * 1000, responseLimit: settings.responseLimit,
      caFile: settings.caFile)
  }

  mutating func run(_ goal: Exchange.Goal, body: Span<UInt8>?) -> Exchange.Outcome {
    var exchange = Exchange(goal, session.settings)
    var event = Exchange.Event.begin
    while true {
      let action = hub.state.withLock { exchange.step(event, &$0.session, Clock.moment) }
      for line in exchange.takeLines() { session.log(line.level, line.message) }
      if case .finish(let outcome) = action {
        release(keepSession: false)
        return outcome
      }
      event = perform(action, body)
    }
  }

  private mutating func perform(_ action: Exchange.Action, _ body: Span<UInt8>?) -> Exchange.Event {
    let log = session.log
    switch action {
    case .load:
      return .loaded(hub.loadSession(log))
    case .lockSession:
      let (locking, held) = lock(hub.flight, hub.sessionKey)
      sessionLock = held
      return .sessionLocked(locking, hub.loadSession(log))
    case .lockAccount:
      let (locking, held) = lock(hub.account.flight, hub.accountKey)
      accountLock = held
      return .accountLocked(locking, hub.loadAccount(log), entropy: Clock.random(16))
    case .askCredentials:
      return ask()
    case .send(let request, let isForHost):
      return send(request, isForHost, body)
    case .saveSession(let record, let isDurable):
      return .savedSession(hub.saveSession(record, isDurable: isDurable, log))
    case .saveAccount(let record):
      return .savedAccount(hub.saveAccount(record, log))
    case .unlock(let keepSession):
      release(keepSession: keepSession)
      return .unlocked
    case .finish:
      return .failed(Failure(.internalError, "the exchange is over"), head: nil)
    }
  }

  private func ask() -> Exchange.Event {
    let settings = session.settings
    let prompt = Prompt(
      isEncryptionSecret: settings.credentialsAreEncryptionSecret, user: settings.user, origin: settings.origin.text)
    switch session.host.credentials(prompt) {
    case .success(let secret): return .credentials(secret)
    case .failure(let failure): return .failed(failure, head: nil)
    }
  }

  private mutating func send(_ request: WireRequest, _ isForHost: Bool, _ body: Span<UInt8>?) -> Exchange.Event {
    let limits = limits
    let result = hub.connections.withHandle { handle in
      handle?.perform(request, body: body, limits)
        ?? .failure(Broken(failure: Failure(.internalError, "libcurl cannot be started"), head: nil))
    }
    switch result {
    case .failure(let broken):
      return .failed(broken.failure, head: broken.head.map { answer($0, isWhole: false) })
    case .success(let received):
      if isForHost { self.received = received }
      return .answered(answer(received, isWhole: true))
    }
  }

  private func answer(_ received: Received, isWhole: Bool) -> Answer {
    let beginning = received.body.prefix(Answer.inspected)
    return Answer(
      status: received.status, headers: received.headers, beginning: beginning,
      isWhole: isWhole && beginning.count == received.body.count)
  }

  // MARK: Locks

  /// Waits for the flight among the threads, then for the store's lock among the processes.
  private func lock(_ flight: Flight, _ key: String) -> (Exchange.Locking, Held?) {
    let began = Clock.monotonic
    let allowed = UInt64(clamping: session.settings.lockTimeout) &* 1_000_000
    let hadToWait = !flight.tryTake()
    if hadToWait, !flight.take(timeout: allowed) {
      count(waitedSince: began)
      return (.busy, nil)
    }
    let spent = Clock.monotonic &- began
    switch hub.store.lock(key, wait: allowed > spent ? allowed - spent : 0) {
    case .held(let lock, let storeMadeUsWait):
      if hadToWait || storeMadeUsWait { count(waitedSince: began) }
      return (.held, Held(flight: flight, lock: lock))
    case .unavailable(let reason):
      return (.unavailable(reason), Held(flight: flight, lock: nil))
    case .busy:
      flight.release()
      count(waitedSince: began)
      return (.busy, nil)
    }
  }

  private func count(waitedSince began: UInt64) {
    let elapsed = Clock.monotonic &- began
    hub.state.withLock { state in
      state.session.statistics.waits += 1
      state.session.statistics.waitMicroseconds += elapsed
    }
  }

  private mutating func release(keepSession: Bool) {
    accountLock?.release()
    accountLock = nil
    guard !keepSession else { return }
    sessionLock?.release()
    sessionLock = nil
  }
}
