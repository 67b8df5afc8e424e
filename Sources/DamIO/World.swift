// World.swift - the hubs of this process, and nothing of another one.
// After fork() a child must not use its parent's connections or wait for locks that no thread of its own holds. The world
// therefore carries the process ID it was made in; a child that finds another number leaves the old world untouched (it
// is never freed: its locks may be held by threads that do not exist here) and makes its own. This is the library's only
// global state beside libcurl's.

internal import DamCore
internal import Glibc
internal import Synchronization

@safe final class World: Sendable {
  private struct Hubs {
    var byKey: [Hub.Key: WeakHub] = [:]
    var accountFlights: [String: WeakFlight] = [:]
  }

  private struct WeakHub { weak var hub: Hub? }
  private struct WeakFlight { weak var flight: Flight? }

  private let pid: pid_t
  private let hubs = Mutex(Hubs())
  private static let slot = unsafe Atomic<Unmanaged<World>?>(nil)

  private init(_ pid: pid_t) { self.pid = pid }

  /// This process's world.
  static var current: World {
    let pid = getpid()
    while true {
      let held = unsafe slot.load(ordering: .acquiring)
      if let held = unsafe held {
        let world = unsafe held.takeUnretainedValue()
        if world.pid == pid { return world }
      }
      let fresh = unsafe Unmanaged.passRetained(World(pid))
      if unsafe slot.compareExchange(expected: held, desired: fresh, ordering: .acquiringAndReleasing).exchanged {
        return unsafe fresh.takeUnretainedValue()
      }
      unsafe fresh.release()
    }
  }

  /// The hub of an identity at a place; made if there is none.
  func hub(_ identity: Identity, _ store: any Store) -> Hub {
    let key = Hub.Key(identity: identity, store: store.id)
    return hubs.withLock { hubs in
      if let hub = hubs.byKey[key]?.hub { return hub }
      let account = store.id + "/" + identity.accountKey
      let flight = hubs.accountFlights[account]?.flight ?? Flight()
      let hub = Hub(key, store, accountFlight: flight, pid: pid)
      hubs.byKey[key] = WeakHub(hub: hub)
      hubs.accountFlights[account] = WeakFlight(flight: flight)
      return hub
    }
  }

  /// Forgets the entries of hubs that nobody holds any more.
  func tidy(_ key: Hub.Key) {
    hubs.withLock { hubs in
      if hubs.byKey[key]?.hub == nil { hubs.byKey[key] = nil }
      let account = key.store + "/" + key.identity.accountKey
      if hubs.accountFlights[account]?.flight == nil { hubs.accountFlights[account] = nil }
    }
  }
}
