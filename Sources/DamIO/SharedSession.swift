// SharedSession.swift - one identity in this process: its state, its store, its connections, its lock. All sessions of
// the identity share it, from any thread. It stores what it is told to, joins instead of overwriting, and counts; the
// calls decide what to do with it.

internal import DamCore
internal import Glibc
internal import Synchronization

final class SharedSession: Sendable {
  /// Which session of which store. Its parts cost a digest each.
  struct Key: Sendable {
    /// The names of the two records.
    let session: String
    let account: String
    /// What this session and this account are called in ProcessSessions. Texts, since the run time looks up at every
    /// start how a type of its own is hashed.
    let sessionInProcess: String
    let accountInProcess: String

    init(identity: Identity, store: String) {
      (session, account) = (identity.sessionKey, identity.accountKey)
      (sessionInProcess, accountInProcess) = (store + "/" + session, store + "/" + account)
    }
  }

  struct State {
    var session = SessionState(patience: State.patience)
    private(set) var mark: StoreMark?
    /// The revision of the record that was last read or written.
    private(set) var revision: UInt64 = 0

    /// Made of the process's number, of which those that are started together have neighbouring ones: spread all over.
    private static var patience: Int64 { Int64((UInt32(bitPattern: getpid()) &* 2_654_435_761) >> 16) % 101 }

    /// A mark says that the record it belongs to was taken into `session`. So both go in under one lock, and nobody
    /// sees one without the other.
    mutating func take(_ place: Place?) {
      guard let place else { return }
      mark = place.mark
      revision = place.revision
    }
  }

  /// Which of the store's records was read or written.
  struct Place: Sendable {
    let mark: StoreMark
    let revision: UInt64
  }

  /// The process that made it; a forked child leaves it alone.
  let process: UInt64
  let key: Key
  let store: any Store
  let lock = FairLock()
  let account: Account
  let connections = ConnectionPool()
  let state = Mutex(State())

  init(_ key: Key, _ store: any Store, account: Account, process: UInt64) {
    self.key = key
    self.store = store
    self.account = account
    self.process = process
  }

  // MARK: Records

  /// What is found is not in the state yet: whoever asked takes it, together with its place.
  func loadSession(_ log: Logger) -> (Loading<SessionRecord>, Place?) {
    load(key.session, unless: state.withLock { $0.mark }, log)
  }

  /// For those who only want to know: the record as it is now.
  func refresh(_ log: Logger) -> SessionRecord {
    let (loading, place) = loadSession(log)
    return state.withLock { state in
      state.session.note(loading)
      state.take(place)
      return state.session.record
    }
  }

  func loadAccount(_ log: Logger) -> Loading<AccountRecord> {
    let loading: Loading<AccountRecord> = load(key.account, unless: nil, log).0
    switch loading {
    case .record(let stored): return .record(join(stored))
    case .absent, .unchanged: return .record(join(AccountRecord()))
    case .newer, .unavailable, .refused: return loading
    }
  }

  /// What this process knows of the account, also where the store keeps nothing.
  private func join(_ other: AccountRecord) -> AccountRecord {
    account.record.withLock { known in
      known = known.joined(other)
      return known
    }
  }

  private func load<Record: Recordable>(
    _ key: String, unless mark: StoreMark?, _ log: Logger
  ) -> (Loading<Record>, Place?) {
    switch store.load(key, unless: mark) {
    case .absent: return (.absent, nil)
    case .unchanged: return (.unchanged, nil)
    case .failed(let reason): return (.unavailable(reason), nil)
    case .refused(let reason): return (.refused(reason), nil)
    case .found(let bytes, let mark):
      switch Record.decode(bytes) {
      case .value((let record, let revision)): return (.record(record), Place(mark: mark, revision: revision))
      case .newer: return (.newer, nil)
      case .damaged(let reason):
        putAside(key, bytes, reason, log)
        return (.absent, nil)
      }
    }
  }

  private func putAside(_ key: String, _ seen: [UInt8], _ reason: String, _ log: Logger) {
    store.setAside(key, seen)
    state.withLock { $0.session.statistics.recordsDamaged += 1 }
    log(.warning, "a stored record was damaged (\(reason)) and is set aside as \(key).damaged")
  }

  func saveSession(
    _ record: SessionRecord, isDurable: Bool, _ log: Logger
  ) -> (Saving<SessionRecord>, Place?) {
    // What other threads learned since the record was made belongs to the revision that is about to be replaced.
    let (joined, revision) = state.withLock { (record.joined($0.session.record), $0.revision) }
    let next = Write(record: joined, key: key.session, revision: revision, isDurable: isDurable)
    let (saving, place) = save(next, log)
    // Another process has saved a newer cookie of the same login: ours was late without our knowing.
    if case .saved(let saved) = saving, saved.generation == joined.generation, saved.freshness > joined.freshness {
      state.withLock { $0.session.statistics.cookiesLate += 1 }
    }
    return (saving, place)
  }

  func saveAccount(_ record: AccountRecord, _ log: Logger) -> Saving<AccountRecord> {
    save(Write(record: join(record), key: key.account, revision: 0, isDurable: true), log).0
  }

  /// A record on its way into the store.
  private struct Write<Record: Recordable> {
    var record: Record
    let key: String
    /// Which one it replaces; 0: nothing is there yet.
    var revision: UInt64
    let isDurable: Bool

    var inBytes: StoreWrite {
      let next = revision &+ 1
      return StoreWrite(
        bytes: record.encoded(revision: next), revision: next, replacing: revision, isDurable: isDurable)
    }
  }

  /// If somebody was faster, joins and tries again.
  private func save<Record>(_ first: Write<Record>, _ log: Logger) -> (Saving<Record>, Place?) {
    // A store that keeps nothing needs no bytes.
    guard store.isLasting else { return (.saved(first.record), nil) }
    var write = first
    // Every conflict means that somebody else succeeded; so many in a row are not chance.
    for _ in 0..<1000 {
      let bytes = write.inBytes
      switch store.save(write.key, bytes) {
      case .saved(let mark):
        return (.saved(write.record), Place(mark: mark, revision: bytes.revision))
      case .failed(let reason):
        return (.failed(reason), nil)
      case .conflict(nil):
        write.revision = 0
      case .conflict(let found?):
        switch Record.decode(found) {
        case .value((let present, let revision)):
          write.record = write.record.joined(present)
          write.revision = revision
          // The store knows all of it already: there is nothing to write.
          if write.record == present { return (.saved(present), nil) }
        case .newer: return (.failed("it was written by a newer damsession"), nil)
        case .damaged(let reason): putAside(write.key, found, reason, log)
        }
      }
    }
    return (.failed("other writers are always faster"), nil)
  }

  func count(waitedSince began: UInt64, _ log: Logger) {
    let elapsed = Clock.monotonic &- began
    log(.info, "waited \(elapsed / 1000) ms for a sibling that held the session")
    state.withLock { state in
      state.session.statistics.waits += 1
      state.session.statistics.waitMicroseconds += elapsed
    }
  }
}
