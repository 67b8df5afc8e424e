// Session.swift - what a dam_session is: settings, the host's callbacks, and the way to the identity's hub.
// It refuses to hold state of its own: two sessions of one identity are one.

package import DamCore
internal import Synchronization

@safe package final class Session: Sendable {
  package let settings: Settings
  let host: Host
  private let identity: Identity
  private let store: any Store
  private let slot: Atomic<Unmanaged<Hub>>

  package init(_ settings: Settings, _ host: Host) throws(Failure) {
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

  /// The session as it is known here, freshly read from the store.
  package func current() -> SessionRecord {
    hub.refresh(log)
  }

  /// All that is known here.
  package func snapshot() -> Snapshot {
    let hub = hub
    let record = current()
    var account = AccountRecord()
    if case .record(let found) = hub.loadAccount(log) { account = found }
    let isStored = hub.state.withLock { $0.session.isStored }
    return Snapshot(
      record: record, account: account, isStored: isStored && hub.store.isLasting, place: hub.store.place)
  }

  package var statistics: Statistics { hub.state.withLock { $0.session.statistics } }

  func log(_ level: LogLevel, _ message: String) {
    guard let most = host.logLevel, level <= most else { return }
    host.log(level, message)
  }
}
