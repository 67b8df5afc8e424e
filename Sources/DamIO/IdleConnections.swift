// IdleConnections.swift - the idle HTTP/1.x connections of one multi handle, so that none is used again over which
// something came that nobody asked for: libcurl would take it for the response to the next request. In HTTP/2 this is
// no problem: every frame names its request, and some frames come at any time.

internal import CCurl
internal import CLinux
internal import Glibc

final class IdleConnections {
  private struct Entry {
    let socket: Int32
    var port: Int
  }

  /// The local port of each connection: libcurl tells the port of the connection that it has chosen. Entries of closed
  /// connections stay until the socket's number is used again. Few, so that a list does.
  private var entries: [Entry] = []

  /// A response of HTTP/1.x has come over this connection.
  func note(_ socket: Int32, port: Int) {
    if let known = entries.firstIndex(where: { $0.socket == socket }) {
      entries[known].port = port
    } else {
      entries.append(Entry(socket: socket, port: port))
    }
  }

  /// Whether something unread waits on the connection, or its end. Over TLS that may be no more than a new session
  /// ticket, but making another connection is cheaper than being wrong.
  func isUnclean(_ port: Int, _ easy: UnsafeMutableRawPointer) -> Bool {
    var isKnown = false
    for (place, entry) in entries.enumerated() where entry.port == port {
      isKnown = true
      var watch = pollfd(fd: entry.socket, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&watch, 1, 0) == 0 else {
        entries.remove(at: place)
        return true
      }
    }
    return unsafe isKnown && IdleConnections.hasUnread(easy)
  }

  /// Whether OpenSSL has decrypted more than libcurl has read: the end of a response and what follows may be in one
  /// record.
  private static func hasUnread(_ easy: UnsafeMutableRawPointer) -> Bool {
    guard let pending = unsafe pending, let tls = unsafe dam_curl_get_openssl(easy) else { return false }
    return unsafe pending(tls) > 0
  }

  private typealias Pending = @convention(c) (UnsafeMutableRawPointer) -> Int32
  /// SSL_pending of the very OpenSSL that libcurl uses: there may be several in the process. nil: libcurl uses another
  /// TLS library.
  private static let pending = unsafe unsafeBitCast(
    dam_symbol_beside(dam_curl_place(), "SSL_pending"), to: Pending?.self)
}
