// Session.swift - what a dam_session is: settings, the application's callbacks, and the way to what all sessions of its
// identity share. Any thread.

package import DamCore
internal import Synchronization

@safe package final class Session: Sendable {
  package let settings: Settings
  let application: Application
  private let identity: Identity
  private let store: any Store
  /// What the identity shares in this process, retained by this object. A forked child exchanges it for its own at
  /// first use; the parent's is then never released here.
  private let slot: Atomic<Unmanaged<SharedSession>>

  package init(_ settings: Settings, _ application: Application) throws(Failure) {
    self.settings = settings
    self.application = application
    identity = settings.identity
    try CurlHandle.expectNewEnough()
    CurlHandle.prepareLibrary()
    store = try Stores.named(settings.store, application.store)
    unsafe slot = Atomic(Unmanaged.passRetained(ProcessSessions.current.shared(identity, store)))
  }

  deinit {
    let held = unsafe slot.load(ordering: .acquiring)
    let shared = unsafe held.takeUnretainedValue()
    // What the parent process shares is left alone: see ProcessSessions.
    guard shared.process == Process.number else { return }
    let key = shared.key
    unsafe held.release()
    ProcessSessions.current.tidy(key, isLasting: store.isLasting)
  }

  /// What all sessions of the identity share in this process.
  var shared: SharedSession {
    while true {
      let held = unsafe slot.load(ordering: .acquiring)
      let shared = unsafe held.takeUnretainedValue()
      if shared.process == Process.number { return shared }
      let fresh = unsafe Unmanaged.passRetained(ProcessSessions.current.shared(identity, store))
      if unsafe slot.compareExchange(expected: held, desired: fresh, ordering: .acquiringAndReleasing).exchanged {
        return unsafe fresh.takeUnretainedValue()
      }
      unsafe fresh.release()
    }
  }

  /// The session's record, freshly read from the store.
  package func current() -> SessionRecord {
    shared.refresh(log)
  }

  /// All that is known of the session here and in the store.
  package func snapshot() -> Snapshot {
    let shared = shared
    let record = current()
    var account = AccountRecord()
    if case .record(let found) = shared.loadAccount(log) { account = found }
    let isStored = shared.state.withLock { $0.session.isStored }
    return Snapshot(
      record: record, account: account, isStored: isStored && shared.store.isLasting, place: shared.store.place)
  }

  package var statistics: Statistics { shared.state.withLock { $0.session.statistics } }

  var log: Logger { application.log }
}
