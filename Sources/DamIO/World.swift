// World.swift - the hubs of this process, and nothing of another one.
// After fork() a child must not use its parent's connections or wait for locks that no thread of its own holds. The
// world therefore carries the number of the process it was made in; a child that finds another number leaves the old
// world untouched (it is never freed: its locks may be held by threads that do not exist here) and makes its own. This
// is the library's only global state beside libcurl's and the gate.

internal import DamCore
internal import Synchronization

@safe final class World: Sendable {
  private struct Hubs {
    var byKey: [Hub.Key: WeakHub] = [:]
    var accounts: [String: SharedAccount] = [:]
  }

  private struct WeakHub { weak var hub: Hub? }

  private struct SharedAccount {
    let account: Account
    var hubs = 0
  }

  private let process: UInt64
  private let hubs = Mutex(Hubs())
  private static let slot = unsafe Atomic<Unmanaged<World>?>(nil)

  private init(_ process: UInt64) { self.process = process }

  /// This process's world.
  static var current: World {
    let process = Process.number
    while true {
      let held = unsafe slot.load(ordering: .acquiring)
      if let held = unsafe held {
        let world = unsafe held.takeUnretainedValue()
        if world.process == process { return world }
      }
      let fresh = unsafe Unmanaged.passRetained(World(process))
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
      var shared = hubs.accounts[key.account] ?? SharedAccount(account: Account())
      let hub = Hub(key, store, account: shared.account, process: process)
      if hubs.byKey.updateValue(WeakHub(hub: hub), forKey: key) == nil { shared.hubs += 1 }
      hubs.accounts[key.account] = shared
      return hub
    }
  }

  /// Forgets a hub that nobody holds any more. What is known of its account stays where no store keeps it: a refused
  /// password must not be tried again only because the session was closed in between.
  func tidy(_ key: Hub.Key, isLasting: Bool) {
    hubs.withLock { hubs in
      guard let entry = hubs.byKey[key], entry.hub == nil else { return }
      hubs.byKey[key] = nil
      hubs.accounts[key.account]?.hubs -= 1
      if isLasting, hubs.accounts[key.account]?.hubs == 0 { hubs.accounts[key.account] = nil }
    }
  }
}
