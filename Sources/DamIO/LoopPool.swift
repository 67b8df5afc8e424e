// LoopPool.swift - the connections and transfers that an event loop has for one identity: one multi handle. Used by the
// loop's thread alone.

internal import DamCore

/// Once one of the connections is in doubt (`CurlMulti.isInDoubt`), a pool only ends what it has begun; another one
/// takes the new transfers.
final class LoopPool {
  let shared: SharedSession
  let multi: CurlMulti
  /// Handles that are free for another transfer.
  private var idle: [CurlHandle] = []
  /// The job that uses a handle, by the handle's address.
  private var owners: [Int: UInt64] = [:]
  /// Jobs whose transfer has something to say since `takeReady` was last called.
  private var ready: [UInt64] = []
  private static let mostIdle = 64

  /// Nothing is to be begun here any more, and nothing is under way: the pool can go.
  var isOver: Bool { multi.isInDoubt && isIdle }
  var isIdle: Bool { owners.isEmpty }

  init?(_ shared: SharedSession) {
    guard let multi = CurlMulti() else { return nil }
    self.shared = shared
    self.multi = multi
    multi.onOver = { [unowned self] handle in
      if let owner = self.owners[handle.address] { self.ready.append(owner) }
    }
  }

  /// A handle for a job; nil when libcurl cannot be started.
  func take(_ job: UInt64) -> CurlHandle? {
    guard let handle = idle.popLast() ?? multi.makeHandle() else { return nil }
    owners[handle.address] = job
    return handle
  }

  func start(_ handle: CurlHandle) { multi.add(handle) }

  func give(_ handle: CurlHandle) {
    guard owners.removeValue(forKey: handle.address) != nil else { return }
    multi.remove(handle)
    if handle.isGood, idle.count < LoopPool.mostIdle { idle.append(handle) }
  }

  /// A job's transfer has something to say.
  func note(_ job: UInt64) { ready.append(job) }

  func takeReady() -> [UInt64] {
    defer { ready = [] }
    return ready
  }
}
