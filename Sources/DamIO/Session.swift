// Session.swift - what a dam_session is: settings, the host's callbacks, and the way to the identity's hub.
// It refuses to hold state of its own: two sessions of one identity are one.

public import DamCore
internal import Synchronization

/// What the host lends to its sessions. The closures run on the thread that is inside a call.
public struct Host: Sendable {
  public var credentials: @Sendable (Prompt) -> Result<Secret?, Failure>
  public var log: @Sendable (LogLevel, String) -> Void
  public var logLevel: LogLevel?
  public var store: HostStoreFunctions?

  public init(
    credentials: @escaping @Sendable (Prompt) -> Result<Secret?, Failure>, logLevel: LogLevel?,
    log: @escaping @Sendable (LogLevel, String) -> Void, store: HostStoreFunctions?
  ) {
    self.store = store
    self.credentials = credentials
    self.logLevel = logLevel
    self.log = log
  }
}

public struct Prompt: Sendable {
  public var isEncryptionSecret: Bool
  public var user: String
  public var origin: String
}

/// An answer for the host.
public struct Response: Sendable {
  public let status: Int32
  public let headers: Buffer
  public let body: Buffer
  public let generation: UInt64
  public let replays: UInt32

  init(_ sink: Sink, generation: UInt64, replays: UInt32) {
    self.init(sink, body: sink.body, generation: generation, replays: replays)
  }

  /// The answer as far as it is known before its body comes.
  init(headOf sink: Sink, generation: UInt64, replays: UInt32) {
    self.init(sink, body: Buffer(), generation: generation, replays: replays)
  }

  private init(_ sink: Sink, body: Buffer, generation: UInt64, replays: UInt32) {
    status = sink.status
    // Cookies are the session's own business.
    headers = Buffer(sink.headers.without("set-cookie").bytes)
    self.body = body
    self.generation = generation
    self.replays = replays
  }
}

@safe public final class Session: Sendable {
  public let settings: Settings
  let host: Host
  private let identity: Identity
  private let store: any Store
  private let slot: Atomic<Unmanaged<Hub>>

  public init(_ settings: Settings, _ host: Host) throws(Failure) {
    self.settings = settings
    self.host = host
    identity = settings.identity
    CurlHandle.prepareLibrary()
    store = try Stores.named(settings.store, host.store)
    unsafe slot = Atomic(Unmanaged.passRetained(World.current.hub(identity, store)))
  }

  deinit {
    let held = unsafe slot.load(ordering: .acquiring)
    let hub = unsafe held.takeUnretainedValue()
    // A hub of the parent process is left alone: see World.
    guard hub.process == Process.number else { return }
    let key = hub.key
    unsafe held.release()
    World.current.tidy(key, isLasting: store.isLasting)
  }

  /// The identity's hub in this process.
  var hub: Hub {
    while true {
      let held = unsafe slot.load(ordering: .acquiring)
      let hub = unsafe held.takeUnretainedValue()
      if hub.process == Process.number { return hub }
      let fresh = unsafe Unmanaged.passRetained(World.current.hub(identity, store))
      if unsafe slot.compareExchange(expected: held, desired: fresh, ordering: .acquiringAndReleasing).exchanged {
        return unsafe fresh.takeUnretainedValue()
      }
      unsafe fresh.release()
    }
  }

  // MARK: What the host can ask

  public func request(_ request: HostRequest, _ options: CallOptions) throws(Failure) -> Response {
    var driver = Driver(self, .request(request), options)
    let outcome = driver.run()
    guard case .delivered(let generation, let replays) = outcome else {
      driver.discard()
      throw Session.failure(outcome)
    }
    return try driver.receive(generation: generation, replays: replays)
  }

  /// Makes sure that there is a session, and says what is known of it.
  public func ensure() throws(Failure) -> SessionRecord { try reach(.ensure(again: false, saved: false)) }

  /// As `ensure()`, for callers that may end right after: what is scarce must be on disk.
  public func login(again: Bool) throws(Failure) { _ = try reach(.ensure(again: again, saved: true)) }

  /// Resets the idle clock at the server; logs in if the session is over.
  public func keepalive() throws(Failure) { _ = try reach(.keepalive) }

  private func reach(_ goal: Exchange.Goal) throws(Failure) -> SessionRecord {
    let outcome = run(goal)
    guard case .ready(let record) = outcome else { throw Session.failure(outcome) }
    return record
  }

  /// Takes an answer that came elsewhere to a request with this session's headers.
  public func observe(_ answer: Answer, _ ticket: Ticket?) throws(Failure) -> Authorization.Next {
    try settings.requireHeaders()
    switch run(.observe(answer, ticket)) {
    case .delivered: return .deliver
    case .ready: return .send
    case let outcome: throw Session.failure(outcome)
    }
  }

  /// For those who take headers from `record` now.
  public func ticket(_ record: SessionRecord) -> String {
    settings.text(of: hub.state.withLock { settings.ticket(record, &$0.session, Clock.moment) })
  }

  public func logout() throws(Failure) -> Exchange.LogoutResult { try end(.logout) }
  public func forget() throws(Failure) { _ = try end(.forget) }

  private func end(_ goal: Exchange.Goal) throws(Failure) -> Exchange.LogoutResult {
    let outcome = run(goal)
    guard case .loggedOut(let result) = outcome else { throw Session.failure(outcome) }
    return result
  }

  /// What sends no request of the host.
  private func run(_ goal: Exchange.Goal) -> Exchange.Outcome {
    var driver = Driver(self, goal, CallOptions())
    return driver.run()
  }

  /// The session as it is known here, freshly read from the store.
  public func current() -> SessionRecord {
    let hub = hub
    _ = hub.loadSession(log)
    return hub.state.withLock { $0.session.record }
  }

  /// All that is known here.
  public func snapshot() -> Snapshot {
    let hub = hub
    let record = current()
    var account = AccountRecord()
    if case .record(let found) = hub.loadAccount(log) { account = found }
    let isStored = hub.state.withLock { $0.session.isStored }
    return Snapshot(
      record: record, account: account, isStored: isStored && hub.store.isLasting, place: hub.store.place)
  }

  public var statistics: Statistics { hub.state.withLock { $0.session.statistics } }

  func log(_ level: LogLevel, _ message: String) {
    guard let most = host.logLevel, level <= most else { return }
    host.log(level, message)
  }

  static func failure(_ outcome: Exchange.Outcome) -> Failure {
    if case .failed(let failure) = outcome { return failure }
    return Failure(.internalError, "the session engine ended in a state that it should not reach")
  }
}

public struct Snapshot: Sendable {
  public let record: SessionRecord
  public let account: AccountRecord
  public let isStored: Bool
  public let place: String
}
