// ProcessSessions.swift - what the sessions of this process share, and nothing of another process.
//
// After fork() a child must not use its parent's connections, nor wait for locks that no thread of its own holds. So
// the table carries the number of the process it was made in. A child that finds another number makes its own table and
// leaves the old one untouched; it is never freed, since its locks may be held by threads that do not exist in the
// child. This is the library's only global state beside libcurl's and the gate that fork() waits at.

internal import DamCore
internal import Synchronization

@safe final class ProcessSessions: Sendable {
  /// Guarded by `sessions`.
  private struct Table {
    /// One for each identity and store, as long as a session of it is open.
    /// By `SharedSession.Key.sessionInProcess`.
    var byKey: [String: WeakSession] = [:]
    /// By `SharedSession.Key.accountInProcess`.
    var accounts: [String: SharedAccount] = [:]
  }

  private struct WeakSession { weak var session: SharedSession? }

  private struct SharedAccount {
    let account: Account
    /// How many entries of `byKey` are of this account.
    var sessions = 0
  }

  private let process: UInt64
  private let sessions = Mutex(Table())
  /// The table of this process or, in a forked child until first use, of its parent. Retained for ever.
  private static let slot = unsafe Atomic<Unmanaged<ProcessSessions>?>(nil)

  private init(_ process: UInt64) { self.process = process }

  /// The table of this process; made at first use.
  static var current: ProcessSessions {
    let process = Process.number
    while true {
      let held = unsafe slot.load(ordering: .acquiring)
      if let held = unsafe held {
        let known = unsafe held.takeUnretainedValue()
        if known.process == process { return known }
      }
      let fresh = unsafe Unmanaged.passRetained(ProcessSessions(process))
      if unsafe slot.compareExchange(expected: held, desired: fresh, ordering: .acquiringAndReleasing).exchanged {
        return unsafe fresh.takeUnretainedValue()
      }
      unsafe fresh.release()
    }
  }

  /// What the sessions of an identity in one store share; made if there is none.
  func shared(_ identity: Identity, _ store: any Store) -> SharedSession {
    let key = SharedSession.Key(identity: identity, store: store.id)
    return sessions.withLock { table in
      if let known = table.byKey[key.sessionInProcess]?.session { return known }
      var account = table.accounts[key.accountInProcess] ?? SharedAccount(account: Account())
      let made = SharedSession(key, store, account: account.account, process: process)
      if table.byKey.updateValue(WeakSession(session: made), forKey: key.sessionInProcess) == nil {
        account.sessions += 1
      }
      table.accounts[key.accountInProcess] = account
      return made
    }
  }

  /// If there are too few descriptors for a new connection: closes those that sessions keep for their next requests.
  func makeRoom() {
    guard Descriptor.shortage != nil else { return }
    let all = sessions.withLock { table in table.byKey.values.compactMap(\.session) }
    for session in all { session.connections.close() }
  }

  /// Forgets an entry that no session uses any more. Where no store keeps the account, what is known of it stays: a
  /// refused password must not be tried again only because the session was closed in between.
  func tidy(_ key: SharedSession.Key, isLasting: Bool) {
    sessions.withLock { table in
      guard let entry = table.byKey[key.sessionInProcess], entry.session == nil else { return }
      table.byKey[key.sessionInProcess] = nil
      table.accounts[key.accountInProcess]?.sessions -= 1
      if isLasting, table.accounts[key.accountInProcess]?.sessions == 0 { table.accounts[key.accountInProcess] = nil }
    }
  }
}
