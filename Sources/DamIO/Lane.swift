// Lane.swift - what an event loop has for one identity, and one call on its way through the loop.
// It refuses to be used outside its loop's thread.

internal import DamCore
internal import Glibc

/// The transfers and connections of one identity in a loop.
final class Lane {
  let hub: Hub
  let multi: CurlMulti
  private var idle: [CurlHandle] = []
  private var owners: [Int: UInt64] = [:]
  private var ready: [UInt64] = []
  private static let mostIdle = 64

  init?(_ hub: Hub) {
    guard let multi = CurlMulti() else { return nil }
    self.hub = hub
    self.multi = multi
    multi.onOver = { [unowned self] handle in
      if let owner = self.owners[handle.address] { self.ready.append(owner) }
    }
  }

  /// A handle for a job; nil when libcurl cannot be started.
  func take(_ job: UInt64) -> CurlHandle? {
    guard let handle = idle.popLast() ?? CurlHandle() else { return nil }
    owners[handle.address] = job
    return handle
  }

  func start(_ handle: CurlHandle) { multi.add(handle) }

  func give(_ handle: CurlHandle) {
    guard owners.removeValue(forKey: handle.address) != nil else { return }
    multi.remove(handle)
    if idle.count < Lane.mostIdle { idle.append(handle) }
  }

  /// A job's transfer has something to say.
  func note(_ job: UInt64) { ready.append(job) }

  func takeReady() -> [UInt64] {
    defer { ready = [] }
    return ready
  }
}

/// One call of the host in a loop.
final class Job {
  enum State {
    case fresh
    case queueing(LockWish, Flight.Waiter, began: UInt64)
    case locking(LockWish, began: UInt64)
    case sleeping(until: UInt64)
    case sending
    case delivering(generation: UInt64, replays: UInt32)
  }

  let id: UInt64
  let call: Call
  let done: Loop.Done
  var state = State.fresh
  /// What is under way now, and the last one whose answer is the host's.
  var transfer: Transfer?
  var host: Transfer?
  var deadline: UInt64?
  var isCancelled = false
  var isResumed = false

  init(_ id: UInt64, _ call: Call, _ done: @escaping Loop.Done) {
    self.id = id
    self.call = call
    self.done = done
  }

  func lockDeadline(_ began: UInt64) -> UInt64 {
    began &+ UInt64(clamping: call.session.settings.lockTimeout) &* 1_000_000
  }

  /// Lets go of whatever the call holds.
  func abandon() {
    switch state {
    case .queueing(let wish, let waiter, _): if wish.flight.leave(waiter) { wish.flight.release() }
    case .locking(let wish, _): wish.flight.release()
    case .fresh, .sleeping, .sending, .delivering: break
    }
    call.release(keepSession: false)
  }
}
