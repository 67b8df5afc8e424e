// CallModel.swift - many calls at once, in every order that chance finds: processes with threads, a store with
// locks and compare-and-swap, a server that is not told what is going on. One step of one thread at a time, so that a
// seed is a schedule. What must hold at every moment is checked here; what must hold at the end, in
// CallModelTests.swift.

import TestSupport

@testable import DamCore

struct Violation: Error, CustomStringConvertible {
  let description: String
}

struct Model {
  private struct Process {
    var state = SessionState()
    /// The store's revision that `state` has taken.
    var revision = 0
    /// How wrong its clock is, in microseconds.
    var clock: Int64
  }

  private enum Work {
    case idle
    case action(CallAction)
    /// On its way back from the server.
    case reply(CallEvent)
  }

  private struct Thread {
    let process: Int
    var goals: [CallGoal]
    var call: CallMachine?
    var work = Work.idle
    /// Of the present call.
    var callerStatus: Int32 = 0
    var lostAnswers = 0
    var endsBefore = 0
    var purgedBefore: Set<Int> = []
  }

  let kind: ModelKind
  private let settings: Settings
  private var random: Seeded
  private(set) var server: ModelServer
  private var processes: [Process] = []
  private var threads: [Thread] = []
  private var expiriesLeft: Int
  private var microseconds: UInt64 = 1_000_000_000_000
  private var sessionOwner: Int?
  private var accountOwner: Int?
  private(set) var stored: SessionRecord?
  private var revision = 0
  private(set) var account: AccountRecord?
  /// Sessions that a logout has ended; they must never be used or stored again.
  private var purged: Set<Int> = []
  private var lost = 0
  private(set) var tokensReceived = 0
  /// The number of the refresh token that the store holds.
  private(set) var refreshToken: Int?
  private(set) var trace: [String] = []

  init(_ kind: ModelKind, seed: UInt64) throws {
    self.kind = kind
    settings = try kind.settings()
    random = Seeded(seed)
    server = ModelServer(kind)
    if kind.renewals != nil {
      var record = SessionRecord()
      var secret = SessionSecret()
      (secret.token, secret.refreshToken) = (Secret("s0"), Secret("r0"))
      (record.generation, record.identity, record.secret) = (1, settings.identity, secret)
      (stored, revision, refreshToken) = (record, 1, 0)
    }
    expiriesLeft = Int.random(in: 0...3, using: &random)
    for process in 0..<Int.random(in: 1...3, using: &random) {
      processes.append(Process(clock: Int64.random(in: -120_000_000...120_000_000, using: &random)))
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let goals = try (0..<Int.random(in: 1...3, using: &random)).map { _ in try goal() }
        threads.append(Thread(process: process, goals: goals))
      }
    }
  }

  private mutating func goal() throws -> CallGoal {
    switch Int.random(in: 0..<20, using: &random) {
    case 0: return kind.logsOut ? .logout : .keepalive
    case 1: return kind.logsOut ? .forget : .keepalive
    case 2, 3: return .ensure(again: false, saved: true)
    case 4: return .keepalive
    default: return try Sample.request(settings, "mem/user")
    }
  }

  /// A login is needed at most so often.
  var loginsAllowed: Int { 1 + ends }
  private var ends: Int { server.ends + purges + lost }
  private var purges = 0

  mutating func run() throws(Violation) {
    for _ in 0..<20_000 {
      if expiriesLeft > 0, random.chance(2) {
        expiriesLeft -= 1
        microseconds += UInt64.random(in: 0...10_000_000_000, using: &random)
        server.expire()
        trace.append("all sessions expire")
      }
      if kind.kills, random.chance(1) { kill(Int.random(in: processes.indices, using: &random)) }
      let busy = threads.indices.filter { canRun($0) }
      guard let thread = busy.randomElement(using: &random) else {
        guard threads.allSatisfy({ $0.call == nil && $0.goals.isEmpty }) else {
          throw Violation(description: "deadlock")
        }
        return
      }
      try run(thread)
    }
    throw Violation(description: "it does not end")
  }

  /// The process is begun anew, and goes on with what its threads have not begun yet.
  private mutating func kill(_ process: Int) {
    trace.append("\(process) is killed")
    lost += 1
    processes[process].state = SessionState()
    processes[process].revision = 0
    for thread in threads.indices where threads[thread].process == process {
      (threads[thread].call, threads[thread].work) = (nil, .idle)
      if sessionOwner == thread { sessionOwner = nil }
      if accountOwner == thread { accountOwner = nil }
    }
  }

  private func canRun(_ thread: Int) -> Bool {
    switch threads[thread].work {
    case .idle: !threads[thread].goals.isEmpty
    case .action(.lockSession(waits: true)): sessionOwner == nil
    case .action(.lockAccount): accountOwner == nil
    default: true
    }
  }

  private mutating func run(_ thread: Int) throws(Violation) {
    switch threads[thread].work {
    case .idle:
      threads[thread].call = CallMachine(threads[thread].goals.removeFirst(), settings)
      (threads[thread].callerStatus, threads[thread].lostAnswers) = (0, 0)
      (threads[thread].endsBefore, threads[thread].purgedBefore) = (ends, purged)
      try feed(thread, .begin)
    case .reply(let event):
      try feed(thread, event)
    case .action(let action):
      try perform(thread, action)
    }
  }

  private mutating func feed(_ thread: Int, _ event: CallEvent) throws(Violation) {
    let process = threads[thread].process
    microseconds += UInt64.random(in: 0...3, using: &random)
    let now = UInt64(Int64(microseconds) + processes[process].clock)
    let moment = Moment(seconds: Int64(now / 1_000_000), microseconds: now)
    let before = processes[process].state.record.freshness
    guard let action = threads[thread].call?.step(event, &processes[process].state, moment) else { return }
    guard processes[process].state.record.freshness.generation >= before.generation else {
      throw Violation(description: "a generation went back")
    }
    trace.append("\(process).\(thread) \(Play.name(action))")
    guard case .finish(let outcome) = action else {
      threads[thread].work = .action(action)
      return
    }
    threads[thread].call = nil
    threads[thread].work = .idle
    if sessionOwner == thread { sessionOwner = nil }
    if accountOwner == thread { accountOwner = nil }
    try check(thread, outcome)
  }

  private func check(_ thread: Int, _ outcome: CallOutcome) throws(Violation) {
    switch outcome {
    // FotoWeb: a suspicious response goes to the caller when a sibling logged in before it was looked into.
    case .delivered where threads[thread].callerStatus != 200 && !kind.isFotoWeb:
      throw Violation(description: "the caller was given HTTP \(threads[thread].callerStatus)")
    case .delivered, .ready, .loggedOut, .consentBegun, .deviceBegun:
      return
    // Its own response was lost, or that of the sibling whose login it waited for.
    case .failed(let failure) where failure.cause == .transfer && kind.losesAnswers:
      return
    // The server saw a refresh token twice, after an answer was lost.
    case .failed(let failure) where failure.cause == .consent && server.tokens?.isOver == true:
      return
    // The session of a sibling's login ended before its organization step: those who waited for it hear the same.
    case .failed(let failure) where failure.cause == .organizationRefused && ends > 0:
      return
    case .failed(let failure) where failure.cause == .sessionInvalid && kind.mayReplayInVain && ends > 0:
      return
    case .failed(let failure) where ends > threads[thread].endsBefore:
      // The session that was found dead was replaced, and the new one ended while the call was still under way.
      guard [.sessionInvalid, .organizationRefused].contains(failure.cause) else {
        throw Violation(description: "failed: \(failure.cause), \(failure.message)")
      }
    case .failed(let failure):
      throw Violation(description: "failed: \(failure.cause), \(failure.message)")
    }
  }

  private mutating func perform(_ thread: Int, _ action: CallAction) throws(Violation) {
    switch action {
    case .load:
      try feed(thread, .loaded(load(thread)))
    case .lockSession:
      guard sessionOwner == nil else { return try feed(thread, .sessionLocked(.busy, load(thread))) }
      guard accountOwner != thread else { throw Violation(description: "locks taken in the wrong order") }
      sessionOwner = thread
      try feed(thread, .sessionLocked(.held, load(thread)))
    case .lockAccount:
      guard sessionOwner == thread else { throw Violation(description: "the account's lock without the session's") }
      accountOwner = thread
      let loading = account.map { Loading.record($0) } ?? .absent
      try feed(thread, .accountLocked(.held, loading, entropy: [UInt8](repeating: UInt8(thread), count: 16)))
    case .askCredentials:
      try feed(thread, .credentials(Secret(Sample.password)))
    case .derive(let secret, let salt):
      try feed(thread, .derived(Hash.sha256(secret.reveal() + Array(salt.utf8))))
    case .send(let request):
      threads[thread].work = .reply(try send(thread, request))
    case .saveSession(let record, _):
      try save(thread, record)
    case .saveAccount(let record):
      let joined = account.map { record.joined($0) } ?? record
      account = joined
      try feed(thread, .savedAccount(.saved(joined)))
    case .wait:
      try feed(thread, .waited)
    case .give:
      try feed(thread, .given)
    case .unlock(let keepSession):
      if accountOwner == thread { accountOwner = nil }
      if sessionOwner == thread, !keepSession { sessionOwner = nil }
      try feed(thread, .unlocked)
    case .finish:
      throw Violation(description: "finished twice")
    }
  }

  /// As the driver does: what is unchanged is not read again, what is read is taken at once.
  private mutating func load(_ thread: Int) -> Loading<SessionRecord> {
    guard let stored else { return .absent }
    let process = threads[thread].process
    guard processes[process].revision != revision else { return .unchanged }
    processes[process].revision = revision
    processes[process].state.note(.record(stored))
    return .record(stored)
  }

  /// Compare and swap; who was too late joins, and tries again when its turn comes. A record is as old as the step that
  /// made it, the revision as new as the process's last look: what lies between must be joined, or it is overwritten.
  private mutating func save(_ thread: Int, _ record: SessionRecord) throws(Violation) {
    let process = threads[thread].process
    let record = record.joined(processes[process].state.record)
    if let stored, processes[process].revision != revision {
      let joined = record.joined(stored)
      processes[process].revision = revision
      processes[process].state.note(.record(stored))
      guard joined != stored else { return try feed(thread, .savedSession(.saved(stored))) }
      threads[thread].work = .action(.saveSession(joined, isDurable: true))
      return
    }
    guard record.generation >= stored?.generation ?? 0 else { throw Violation(description: "the store went back") }
    if let secret = record.secret, let session = Model.session(secret) {
      guard !purged.contains(session) else { throw Violation(description: "a logged-out session was stored again") }
    } else if let old = stored?.secret.flatMap(Model.session) {
      purged.insert(old)
      // A dead secret is buried in its own generation; a logout makes a new one.
      if record.generation > stored?.generation ?? 0 { purges += 1 }
    }
    stored = record
    if let token = record.secret?.refreshToken { refreshToken = RefreshTokens.number(token.revealText()) }
    revision += 1
    processes[process].revision = revision
    try feed(thread, .savedSession(.saved(record)))
  }

  private static func session(_ secret: SessionSecret) -> Int? {
    (secret.token ?? secret.cookies.header).flatMap { ModelServer.session(of: $0.revealText()) }
  }

  private mutating func send(
    _ thread: Int, _ request: WireRequest
  ) throws(Violation) -> CallEvent {
    let session = ModelServer.secret(request).flatMap(ModelServer.session(of:))
    if request.isForCaller {
      guard let session, !threads[thread].purgedBefore.contains(session) else {
        throw Violation(description: "a request went out with a logged-out session, or with none")
      }
      if settings.rotation == .serialize, settings.system.rotates {
        guard sessionOwner == thread else { throw Violation(description: "a request without the session's lock") }
      }
    }
    if let token = request.fields["refresh_token"].flatMap(RefreshTokens.number), token != refreshToken {
      throw Violation(description: "refresh token \(token) is sent while the store has \(refreshToken ?? -1)")
    }
    let failure = CallEvent.failed(Failure(.transfer, "the response was lost"), head: nil)
    // What is lost in the middle of a login costs it; with a response goes a cookie that a strict server wants back.
    if kind.losesAnswers, random.chance(4) {
      threads[thread].lostAnswers += 1
      lost += 1
      return failure
    }
    let before = server.logins
    let response = server.handle(request)
    if kind.losesAnswers, random.chance(4) {
      threads[thread].lostAnswers += 1
      lost += 1
      return failure
    }
    tokensReceived += server.logins - before
    if request.isForCaller { threads[thread].callerStatus = response.status }
    return .responded(response)
  }

  // MARK: The end

  /// What a process knows, once it has taken what the store holds; and what both know together.
  func knowledge() -> [(ofProcess: SessionRecord, ofBoth: SessionRecord)] {
    processes.map { process in
      var state = process.state
      if let stored { state.note(.record(stored)) }
      return (state.record, (stored ?? SessionRecord()).joined(state.record))
    }
  }
}
