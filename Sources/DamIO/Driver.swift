// Driver.swift - the blocking way to run a call: on the caller's thread, from beginning to end.
// It refuses to keep a connection longer than the answer takes.

internal import DamCore
internal import Glibc
internal import Synchronization

struct Driver: ~Copyable {
  private let call: Call
  private let keeper: Keeper
  /// The last transfer of the host's request; its answer may still be arriving.
  private var host: (transfer: Transfer, connection: Connection)?

  init(_ session: Session, _ goal: CallGoal, _ options: CallOptions) {
    self.init(Call(session, goal, options), Keeper(.call))
  }

  init(_ call: Call, _ keeper: Keeper) {
    self.call = call
    self.keeper = keeper
  }

  mutating func run() -> CallOutcome {
    keeper.work {
      var step = call.begin()
      while true {
        step = settle(step)
        switch step {
        case .done(let outcome): return outcome
        case .send(let request, _): step = send(request, true)
        case .lock, .wait: continue
        }
      }
    }
  }

  /// For hosts that send their requests themselves: everything up to that point.
  mutating func runUntilHostSends() -> Call.Step { keeper.work { settle(call.begin()) } }

  mutating func report(_ answer: Answer) -> Call.Step { keeper.work { settle(call.advance(.answered(answer))) } }

  /// A call that nobody goes on with.
  func abandon() { call.release(keepSession: false) }

  /// Goes on until the call is done or wants the host's request sent.
  private mutating func settle(_ first: Call.Step) -> Call.Step {
    var step = first
    while true {
      switch step {
      case .lock(let wish): step = lock(wish)
      case .wait(let milliseconds): step = pause(milliseconds)
      case .send(let request, isForHost: false): step = send(request, false)
      case .send, .done: return step
      }
    }
  }

  /// Lets the rest of a delivered answer arrive.
  mutating func receive(generation: UInt64, replays: UInt32) throws(Failure) -> Response {
    guard let (transfer, connection) = host else {
      throw Failure(.internalError, "an answer was delivered that nobody received")
    }
    host = nil
    defer { call.hub.connections.give(connection) }
    call.deliver(transfer, generation: generation, replays: replays)
    while true {
      switch connection.next(transfer) {
      case .judgeable: continue
      case .finished:
        if let failure = transfer.sink.failure { throw failure }
        return Response(transfer.sink, generation: generation, replays: replays)
      case .failed(let failure): throw failure
      }
    }
  }

  /// Gives back what a call that delivers nothing has used.
  mutating func discard() {
    if let host { call.hub.connections.give(host.connection) }
    host = nil
  }

  private mutating func send(_ request: WireRequest, _ isForHost: Bool) -> Call.Step {
    if isForHost { discard() }
    guard let connection = call.hub.connections.take() else {
      return call.advance(.failed(Call.noCurl, head: nil))
    }
    guard let transfer = call.transfer(request, isForHost: isForHost, connection.handle, canPause: false) else {
      call.hub.connections.give(connection)
      return call.advance(.failed(Call.noRewind, head: nil))
    }
    connection.multi.add(connection.handle)
    let event = connection.next(transfer)
    if isForHost { host = (transfer, connection) } else { call.hub.connections.give(connection) }
    return call.advance(transfer.report(event))
  }

  private func pause(_ milliseconds: UInt64) -> Call.Step {
    let end = Clock.monotonic &+ milliseconds &* 1000
    while Clock.monotonic < end {
      if call.isUnwanted() { return call.cancelled() }
      let nap = UInt32(min(end &- min(end, Clock.monotonic), 50_000))
      Gate.outside { _ = usleep(nap) }
    }
    return call.advance(.waited)
  }

  private func lock(_ wish: LockWish) -> Call.Step {
    let attempt = LockAttempt(wish, call, keeper, Bell())
    while true {
      switch attempt.poll(mayBlock: true) {
      case .done(let locking, let held):
        if case .busy = locking, call.options.cancellation.isSet { return call.cancelled() }
        return call.locked(wish, locking, held)
      case .waiting:
        if let standstill = wish.lock.standstill(for: keeper) { return call.advance(.failed(standstill, head: nil)) }
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
  /// What the call is to hear.
  func report(_ event: Event) -> CallEvent {
    switch event {
    case .judgeable(let isWhole): .answered(sink.answer(isWhole: isWhole))
    case .failed(let failure): .failed(failure, head: sink.isHeadComplete ? sink.answer(isWhole: false) : nil)
    case .finished: .failed(Failure(.internalError, "a transfer ended before it was judged"), head: nil)
    }
  }
}
