// Connection.swift - connections of one identity that wait for work: a blocking caller takes one and gives it back.
// Each has its own libcurl multi handle, so that no two threads ever meet in libcurl.

internal import CCurl
internal import DamCore
internal import Synchronization

/// An easy handle in a multi handle of its own, for one thread at a time.
final class Connection {
  /// Another one after a transfer that left the old one unfit.
  private(set) var handle: CurlHandle
  let multi: CurlMulti

  init?() {
    guard let multi = CurlMulti(), let handle = multi.makeHandle() else { return nil }
    self.handle = handle
    self.multi = multi
  }

  /// Makes ready for the next transfer. False when the connection is of no use any more: libcurl cannot go on, or the
  /// last transfer did not end well. In HTTP/2 libcurl would keep the network connection then, though the other side
  /// may be dead, and send everything after it there.
  func rest() -> Bool {
    let endedWell = handle.result == CURLE_OK
    multi.remove(handle)
    guard endedWell else { return false }
    if handle.isGood { return true }
    guard let fresh = multi.makeHandle() else { return false }
    handle = fresh
    return true
  }

  /// Runs a transfer until there is something to act on.
  func next(_ transfer: Transfer) -> Transfer.Event {
    while true {
      multi.perform()
      if let event = transfer.event() { return event }
      // Looked at here too: libcurl does not call back while it looks up a name.
      if transfer.cancellation.isSet { return .failed(Cancellation.failure) }
      multi.wait(milliseconds: 250)
    }
  }
}

/// The idle connections of one identity, for blocking callers. Any thread.
final class ConnectionPool: Sendable {
  // A connection is used by one thread at a time; the pool hands it from one to the next. The mutex orders them.
  private struct Carried: @unchecked Sendable {
    var idle: [Connection] = []

    struct One: @unchecked Sendable {
      let connection: Connection?
      init(_ connection: Connection?) { self.connection = connection }
    }
  }

  private let carried = Mutex(Carried())
  private static let mostIdle = 64

  /// An idle connection; nil: there is none.
  func take() -> Connection? { carried.withLock { Carried.One($0.idle.popLast()) }.connection }

  /// Closes what is idle.
  func close() {
    let closed = carried.withLock { carried in
      defer { carried.idle = [] }
      return carried
    }
    _ = closed
  }

  /// Takes a connection back, or lets it end where it is of no use or enough of them are idle.
  func give(_ connection: Connection) {
    guard connection.rest() else { return }
    let back = Carried.One(connection)
    carried.withLock { carried in
      if carried.idle.count < ConnectionPool.mostIdle, let connection = back.connection {
        carried.idle.append(connection)
      }
    }
  }
}
