// Play.swift - a driver for one call after another, whose store, locks and server do what the test says.
// It joins what is saved as a real store's driver does, keeps what was sent, and writes down every action in order.

import Synchronization
import TestSupport
import Testing

@testable import DamCore

final class Play {
  enum Reply {
    case response(WireResponse)
    case failure(Failure, head: WireResponse? = nil)
  }

  let settings: Settings
  var state = SessionState()
  /// What the store holds, and what it is like.
  var session = Loading<SessionRecord>.absent
  var account = Loading<AccountRecord>.absent
  var sessionLocking = Locking.held
  var accountLocking = Locking.held
  var sessionSaveFails: String?
  var accountSaveFails: String?
  /// What the caller says when it is asked for credentials.
  var credentials: Secret?
  /// There is no memory for a slow hash.
  var cannotDerive = false
  /// What the server answers, in order; or who answers whatever comes.
  var replies: [Reply] = []
  var server: ((WireRequest) -> WireResponse)?
  var now: Int64 = 1_000_000
  /// What happens elsewhere just before an action is done; the action's name as in `actions`, or its beginning.
  var meanwhile: [(action: String, happens: (Play) -> Void)] = []

  /// Why the application does not take what is given to it.
  var refusesGift: Failure?

  private(set) var given: [Secret] = []
  private(set) var actions: [String] = []
  private(set) var sent: [WireRequest] = []
  private(set) var lines: [(level: LogLevel, message: String)] = []
  private var microseconds: UInt64 = 0

  init(_ settings: Settings) { self.settings = settings }

  /// Another process: the same store and server, nothing else known.
  func sibling() -> Play { with(settings) }

  /// The same with other options.
  func with(_ settings: Settings) -> Play {
    let other = Play(settings)
    (other.session, other.account, other.now) = (session, account, now)
    return other
  }

  var stored: SessionRecord? {
    if case .record(let record) = session { return record }
    return nil
  }

  var storedAccount: AccountRecord? {
    if case .record(let record) = account { return record }
    return nil
  }

  var storedCookie: String? { stored?.secret?.cookies.header?.revealText() }

  func response(_ responses: WireResponse...) { replies += responses.map { .response($0) } }

  /// Forgets what was noted down so far.
  func clear() { (actions, sent, lines) = ([], [], []) }

  @discardableResult
  func run(_ goal: CallGoal, hasOwnTimeout: Bool = false) -> CallOutcome {
    var manner = CallManner()
    manner.hasOwnTimeout = hasOwnTimeout
    var call = CallMachine(goal, settings, manner)
    var event = CallEvent.begin
    // A login with its locks, saves and a replay takes about twenty steps.
    for _ in 0..<100 {
      let action = step(&call, event)
      if case .finish(let outcome) = action { return outcome }
      event = perform(action)
    }
    Issue.record("the call does not end: \(actions.suffix(20))")
    return .failed(Failure(.internalError, "endless"))
  }

  func request(_ path: String = "mem/user", bodySize: UInt64? = nil) throws -> CallOutcome {
    run(try Sample.request(settings, path, method: bodySize == nil ? "GET" : "POST", bodySize: bodySize))
  }

  func step(_ call: inout CallMachine, _ event: CallEvent) -> CallAction {
    microseconds += 1
    let moment = Moment(seconds: now, microseconds: UInt64(now) * 1_000_000 + microseconds)
    let action = call.step(event, &state, moment)
    lines += call.takeLines()
    return action
  }

  /// Does what an action says and tells what came of it.
  func perform(_ action: CallAction) -> CallEvent {
    let name = Play.name(action)
    actions.append(name)
    if let index = meanwhile.firstIndex(where: { name.hasPrefix($0.action) }) {
      meanwhile.remove(at: index).happens(self)
    }
    switch action {
    case .load: return .loaded(session)
    case .lockSession: return .sessionLocked(sessionLocking, session)
    case .lockAccount: return .accountLocked(accountLocking, account, entropy: [UInt8](0..<16))
    case .askCredentials: return .credentials(credentials)
    case .derive(let secret, let salt): return .derived(cannotDerive ? nil : Play.hash(secret, salt))
    case .send(let request):
      sent.append(request)
      if let server { return .responded(server(request)) }
      guard !replies.isEmpty else {
        Issue.record("nobody expected \(name)")
        return .failed(Failure(.connect, "no response is left"), head: nil)
      }
      switch replies.removeFirst() {
      case .response(let response): return .responded(response)
      case .failure(let failure, let head): return .failed(failure, head: head)
      }
    case .saveSession(let record, _):
      if let reason = sessionSaveFails { return .savedSession(.failed(reason)) }
      let joined = stored.map { record.joined($0) } ?? record
      session = .record(joined)
      return .savedSession(.saved(joined))
    case .saveAccount(let record):
      if let reason = accountSaveFails { return .savedAccount(.failed(reason)) }
      let joined = storedAccount.map { record.joined($0) } ?? record
      account = .record(joined)
      return .savedAccount(.saved(joined))
    case .unlock: return .unlocked
    case .wait: return .waited
    case .give(let sealed):
      if let refusesGift { return .failed(refusesGift, head: nil) }
      given.append(sealed)
      return .given
    case .finish: return .failed(Failure(.internalError, "over"), head: nil)
    }
  }

  /// The real one, which is slow on purpose: made once for all tests.
  private static func hash(_ secret: Secret, _ salt: String) -> String? {
    let key = salt + ":" + secret.fingerprint
    if let known = hashes.withLock({ $0[key] }) { return known }
    let hash = Hash.slow(secret, salt: salt)
    hashes.withLock { $0[key] = hash }
    return hash
  }

  private static let hashes = Mutex<[String: String]>([:])

  /// An action in words; sends with their path.
  static func name(_ action: CallAction) -> String {
    switch action {
    case .load: "load"
    case .lockSession(waits: true): "lock session"
    case .lockSession: "try to lock session"
    case .lockAccount: "lock account"
    case .askCredentials: "ask"
    case .derive: "derive"
    case .send(let request):
      (request.isForCaller ? "request " : "send ") + request.method + " " + request.target
    case .saveSession(let record, let isDurable): "save session \(record.generation)" + (isDurable ? " durably" : "")
    case .saveAccount: "save account"
    case .wait(let milliseconds): "wait \(milliseconds) ms"
    case .give: "give"
    case .unlock(let keepSession): keepSession ? "unlock account" : "unlock"
    case .finish(let outcome): "finish: \(outcome.summary)"
    }
  }
}

extension CallOutcome {
  /// "delivered 3, 1 replay", "ready 3", "logged out: server", or the cause of the failure.
  var summary: String {
    switch self {
    case .delivered(let from):
      "delivered \(from.generation)" + (from.replays == 0 ? "" : ", \(from.replays) replay")
    case .ready(let record): "ready \(record.generation)"
    case .loggedOut(let result): "logged out: \(result)"
    case .consentBegun: "consent begun"
    case .deviceBegun(let question): "type \(question.userCode)"
    case .failed(let failure): "\(failure.cause)"
    }
  }

  var failure: Failure? {
    if case .failed(let failure) = self { return failure }
    return nil
  }
}

/// A PhotoShelter session that was just opened, with the cookie "c1" or the token "T1".
func loggedIn(_ changes: [String: String] = [:]) throws -> Play {
  let play = Play(try Sample.photoShelter(changes.mapValues { $0 }))
  play.response(changes["authentication"] == "token" ? .ok(data: #"{"token":"T1"}"#) : .cookie("c1"))
  #expect(play.run(.ensure(again: false, saved: false)).summary == "ready 1")
  play.clear()
  return play
}
