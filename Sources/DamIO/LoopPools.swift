// LoopPools.swift - the pools of an event loop: which is for new transfers, whose a socket is, and when one wants to
// act. For its loop's thread alone.

internal import DamCore

final class LoopPools {
  private let poller: Poller
  /// Of each identity; new transfers go to the last one.
  private var pools: [ObjectIdentifier: [LoopPool]] = [:]
  private var watched: [Int32: LoopPool] = [:]

  init(_ poller: Poller) { self.poller = poller }

  /// The one for new transfers; nil when libcurl cannot be started.
  func pool(_ shared: SharedSession) -> LoopPool? {
    if let pool = pools[ObjectIdentifier(shared)]?.last, !pool.multi.isInDoubt { return pool }
    guard let pool = LoopPool(shared) else { return nil }
    pool.multi.drive { [unowned self, unowned pool] descriptor, events in
      self.watched[descriptor] = events == 0 ? nil : pool
      self.poller.watch(descriptor, events)
    }
    pools[ObjectIdentifier(shared), default: []].append(pool)
    return pool
  }

  /// Takes back a handle, whichever pool it is of.
  func give(_ handle: CurlHandle, _ shared: SharedSession) {
    for pool in pools[ObjectIdentifier(shared)] ?? [] {
      pool.give(handle)
      guard pool.isOver else { continue }
      watched = watched.filter { $0.value !== pool }
      pools[ObjectIdentifier(shared)]?.removeAll { $0 === pool }
    }
  }

  /// When one of them wants to act without being asked.
  var deadline: UInt64 { pools.values.joined().compactMap(\.multi.deadline).min() ?? .max }

  /// Returns the jobs that have something to do then.
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
