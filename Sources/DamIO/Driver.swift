// Driver.swift - the blocking way to run a call: on the caller's thread, from beginning to end. Used by one thread at a
// time.

internal import DamCore
internal import Glibc
internal import Synchronization

struct Driver: ~Copyable {
  private let call: Call
  /// Stands for this driver where it holds a lock or waits for one.
  private let holder: LockHolder
  /// The last transfer of the application's request, and the connection that it occupies: the rest of its response may
  /// still be arriving.
  private var callers: (transfer: Transfer, connection: Connection)?

  init(_ session: Session, _ goal: CallGoal, _ options: CallOptions) {
    self.init(Call(session, goal, options), LockHolder(.call))
  }

  init(_ call: Call, _ holder: LockHolder) {
    self.call = call
    self.holder = holder
  }

  mutating func run() -> CallOutcome {
    holder.work {
      var step = call.begin()
      while true {
        step = settle(step)
        switch step {
        case .done(let outcome): return outcome
        case .send(let request): step = send(request)
        case .lock, .wait: continue
        }
      }
    }
  }

  /// For applications that send their requests themselves: returns `send` with the application's request, or `done`.
  mutating func runUntilCallerSends() -> Call.Step { holder.work { settle(call.begin()) } }

  /// Goes on with the response that such an application received. Returns what `runUntilCallerSends` does.
  mutating func report(_ response: WireResponse) -> Call.Step {
    holder.work { settle(call.advance(.responded(response))) }
  }

  /// Nobody goes on with the call: releases its locks.
  func abandon() { call.release(keepSession: false) }

  /// Goes on until the call is done or wants the application's request sent.
  private mutating func settle(_ first: Call.Step) -> Call.Step {
    var step = first
    while true {
      switch step {
      case .lock(let wish): step = lock(wish)
      case .wait(let milliseconds): step = pause(milliseconds)
      case .send(let request) where !request.isForCaller: step = send(request)
      case .send, .done: return step
      }
    }
  }

  /// Delivers the response that was judged: lets the rest of it arrive.
  mutating func receive(_ provenance: Provenance) throws(Failure) -> Response {
    guard let (transfer, connection) = callers else {
      throw Failure(.internalError, "a response was delivered that nobody received")
    }
    callers = nil
    defer { call.shared.connections.give(connection) }
    call.deliver(transfer, provenance)
    while true {
      switch connection.next(transfer) {
      case .judgeable: continue
      case .finished:
        if let failure = transfer.sink.failure { throw failure }
        return Response(transfer.sink, provenance)
      case .failed(let failure): throw failure
      }
    }
  }

  /// Gives back the connection of a response that nobody wants.
  mutating func discard() {
    if let callers { call.shared.connections.give(callers.connection) }
    callers = nil
  }

  private mutating func send(_ request: WireRequest) -> Call.Step {
    if request.isForCaller { discard() }
    guard let connection = call.shared.connections.take() ?? makeConnection() else {
      return call.advance(.failed(Call.noCurl, head: nil))
    }
    guard let transfer = call.transfer(request, connection.handle) else {
      call.shared.connections.give(connection)
      return call.advance(.failed(Call.noRewind, head: nil))
    }
    connection.multi.add(connection.handle)
    let event = connection.next(transfer)
    if request.isForCaller { callers = (transfer, connection) } else { call.shared.connections.give(connection) }
    return call.advance(transfer.report(event))
  }

  /// nil when libcurl cannot be started.
  private func makeConnection() -> Connection? {
    ProcessSessions.current.makeRoom()
    return Connection()
  }

  /// Sleeps in short naps, so that a cancellation is noticed.
  private func pause(_ milliseconds: UInt64) -> Call.Step {
    let end = Clock.monotonic &+ milliseconds &* 1000
    while Clock.monotonic < end {
      if call.isUnwanted() { return call.cancelled() }
      let nap = UInt32(min(end &- min(end, Clock.monotonic), 50_000))
      ForkGate.asleep { _ = usleep(nap) }
    }
    return call.advance(.waited)
  }

  private func lock(_ wish: LockWish) -> Call.Step {
    let attempt = LockAttempt(wish, call, holder, Ring(Bell()))
    while true {
      switch attempt.poll(mayBlock: true) {
      case .done(let locking, let held):
        if case .busy = locking, call.options.cancellation.isSet { return call.cancelled() }
        return call.locked(wish, locking, held)
      case .waiting:
        if let standstill = wish.lock.standstill(for: holder) { return call.advance(.failed(standstill, head: nil)) }
        if call.isUnwanted() {
          attempt.count()
          return call.cancelled()
        }
        attempt.sleep()
      }
    }
  }
}

extension Transfer {
  /// The event for the call that this transfer belongs to.
  func report(_ event: Event) -> CallEvent {
    switch event {
    case .judgeable(let isWhole): .responded(sink.response(isWhole: isWhole))
    case .failed(let failure): .failed(failure, head: sink.isHeadComplete ? sink.response(isWhole: false) : nil)
    case .finished: .failed(Failure(.internalError, "a transfer ended before it was judged"), head: nil)
    }
  }
}
