// LoopPools.swift - the pools of an event loop: which one takes new transfers, whose a socket is, and when one has to
// act. Used by the loop's thread alone.

internal import DamCore

final class LoopPools {
  private let poller: Poller
  /// The pools of each identity, by its SharedSession, which they hold. The last one takes the new transfers.
  private var pools: [ObjectIdentifier: [LoopPool]] = [:]
  /// Which pool a watched socket belongs to.
  private var watched: [Int32: LoopPool] = [:]

  init(_ poller: Poller) { self.poller = poller }

  /// The pool for new transfers; nil when libcurl cannot be started.
  func pool(_ shared: SharedSession) -> LoopPool? {
    if let pool = pools[ObjectIdentifier(shared)]?.last, !pool.multi.isInDoubt { return pool }
    makeRoom()
    guard let pool = LoopPool(shared) else { return nil }
    pool.multi.drive { [unowned self, unowned pool] descriptor, events in
      self.watched[descriptor] = events == 0 ? nil : pool
      self.poller.watch(descriptor, events)
    }
    pools[ObjectIdentifier(shared), default: []].append(pool)
    return pool
  }

  /// If there are too few descriptors for a new connection: drops the pools in which nothing is under way, and what
  /// else in the process is idle.
  private func makeRoom() {
    guard Descriptor.shortage != nil else { return }
    for (key, some) in pools { for pool in some where pool.isIdle { drop(pool, key) } }
    ProcessSessions.current.makeRoom()
  }

  private func drop(_ pool: LoopPool, _ key: ObjectIdentifier) {
    watched = watched.filter { $0.value !== pool }
    pools[key]?.removeAll { $0 === pool }
    if pools[key]?.isEmpty == true { pools[key] = nil }
  }

  /// Takes back a handle, whichever pool it came from, and drops a pool that is over.
  func give(_ handle: CurlHandle, _ shared: SharedSession) {
    for pool in pools[ObjectIdentifier(shared)] ?? [] {
      pool.give(handle)
      if pool.isOver { drop(pool, ObjectIdentifier(shared)) }
    }
  }

  /// When the first of them has to act (Clock.monotonic).
  var deadline: UInt64 { pools.values.joined().compactMap(\.multi.deadline).min() ?? .max }

  /// Lets those act whose time has come. Returns the jobs that have something to do then.
  func act(at now: UInt64) -> [UInt64] {
    pools.values.joined().filter { $0.multi.deadline ?? .max <= now }.flatMap { pool in
      pool.multi.actOnTime()
      return pool.takeReady()
    }
  }

  /// The same, for a descriptor that is ready.
  func act(_ descriptor: Int32, _ events: Int32) -> [UInt64] {
    guard let pool = watched[descriptor] else {
      poller.watch(descriptor, 0)
      return []
    }
    pool.multi.act(descriptor, events)
    return pool.takeReady()
  }
}
