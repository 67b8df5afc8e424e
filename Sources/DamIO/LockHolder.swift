// LockHolder.swift - who has a lock, or waits for it, so that no thread waits for what only itself could bring about: a
// request of its own event loop, a call whose callback it is in, an authorization that nobody else is there to observe.
// Where another thread may be the one that goes on, waiting is right. Any thread may ask.

internal import CLinux
internal import DamCore
internal import Glibc
internal import Synchronization

final class LockHolder: Sendable {
  /// What makes a holder go on, and so release the lock.
  enum Kind {
    /// A blocking call, which runs from beginning to end on one thread.
    case call
    /// An event loop, which goes on whenever it is dispatched.
    case loop
    /// An authorization, which goes on when its response is observed.
    case authorization
  }

  private let kind: Kind
  /// The thread that is at work in the holder; 0: none. Relaxed, as is the next one: threads only look for their own
  /// number, and no other thread stores that.
  private let inside = Atomic<UInt64>(0)
  /// The only thread that was ever at work in it; 0: none yet. `several`: there was more than one.
  private let only = Atomic<UInt64>(0)
  private static let several = UInt64.max
  /// Who goes on with it at present, where it is not itself: the event loop that works for an authorization.
  private let carrier = Mutex<LockHolder?>(nil)

  init(_ kind: Kind = .call) { self.kind = kind }

  /// Does work of this holder on the calling thread.
  func work<Result>(_ body: () -> Result) -> Result {
    let thread = dam_thread_number()
    let known = only.load(ordering: .relaxed)
    if known != thread { only.store(known == 0 ? thread : LockHolder.several, ordering: .relaxed) }
    inside.store(thread, ordering: .relaxed)
    defer { inside.store(0, ordering: .relaxed) }
    return body()
  }

  /// From now on `holder` goes on with the work; nil: this one does again.
  func give(to holder: LockHolder?) { carrier.withLock { $0 = holder } }

  /// Why this holder cannot release the lock while the calling thread waits for it; nil: it can.
  var standstill: Failure? {
    if let carrier = carrier.withLock({ $0 }) { return carrier.standstill }
    let thread = dam_thread_number()
    if inside.load(ordering: .relaxed) == thread {
      return Failure(.locked, "the session is held by the very call whose callback this is; call again after it")
    }
    switch kind {
    case .call:
      return nil
    case .loop:
      guard only.load(ordering: .relaxed) == thread else { return nil }
      return Failure(
        .locked,
        "the session is held by a request of an event loop that only this thread dispatches; let that end first, or"
          + " submit this to the loop as well")
    case .authorization:
      guard LockHolder.isOnlyThread else { return nil }
      return Failure(
        .locked, "the session is held by an authorization of this thread; observe its response or free it first")
    }
  }

  /// Whether the process has no other thread. Each thread is a folder in /proc/self/task, whose link count is their
  /// number plus two.
  private static var isOnlyThread: Bool {
    var found = stat()
    return unsafe stat("/proc/self/task", &found) == 0 && found.st_nlink == 3
  }
}
