// IdleConnections.swift - the connections of HTTP/1.x that rest in one multi handle, so that none is used again over
// which something came unasked: libcurl would take what waits there for the response to the next request. In HTTP/2
// every frame says whose it is, and some come at any time.

internal import CCurl
internal import CLinux
internal import Glibc

final class IdleConnections {
  /// The local port of each, by its socket. Entries of closed ones stay until another one has their socket.
  private var ports: [Int32: Int] = [:]

  /// Something of HTTP/1.x has gone over it.
  func note(_ socket: Int32, port: Int) {
    if ports[socket] != port { ports[socket] = port }
  }

  /// Whether something waits there that belongs to nobody, or the end. Over TLS it may be no more than a new ticket: to
  /// make another connection is cheaper than to be wrong.
  func isUnclean(_ port: Int, _ easy: UnsafeMutableRawPointer) -> Bool {
    var isKnown = false
    for (socket, itsPort) in ports where itsPort == port {
      isKnown = true
      var watch = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&watch, 1, 0) == 0 else {
        ports[socket] = nil
        return true
      }
    }
    return unsafe isKnown && IdleConnections.hasUnread(easy)
  }

  /// Whether OpenSSL has unpacked more than libcurl has read: a response's end and more may be in one record.
  private static func hasUnread(_ easy: UnsafeMutableRawPointer) -> Bool {
    guard let pending = unsafe pending, let tls = unsafe dam_curl_get_openssl(easy) else { return false }
    return unsafe pending(tls) > 0
  }

  private typealias Pending = @convention(c) (UnsafeMutableRawPointer) -> Int32
  /// That of the very OpenSSL that libcurl uses.
  private static let pending = unsafe unsafeBitCast(
    dam_symbol_beside(dam_curl_place(), "SSL_pending"), to: Pending?.self)
}
