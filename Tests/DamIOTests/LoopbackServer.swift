// LoopbackServer.swift - a little HTTP server on this machine that says what the test wants it to: plain sockets, one
// thread for each connection. What it has heard can be waited for. It knows one thing by itself: how to let somebody
// in.

import Glibc
import Synchronization
import Testing

@testable import DamCore
@testable import DamIO

final class LoopbackServer: Sendable {
  /// What it does about a request; the connection stays open until somebody hangs up.
  typealias Script = @Sendable (Peer) -> Void

  let port: UInt16
  /// Rings for whatever is heard.
  let bell = Bell()
  private let listener: Int32
  private let scripts: Mutex<[String: Script]>
  private let heard = Mutex<[Peer]>([])
  private let made = Mutex(0)
  private let left = Mutex(0)

  /// `scripts`: by request, "GET a" for one to the API's path and "a". All others are answered well.
  init(_ scripts: [String: Script] = [:]) throws {
    self.scripts = Mutex(scripts)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { [listener] address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &size) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    try #require(isBound)
    let wayIn = listener
    _ = Waiter { [weak self] in
      while case let socket = accept(wayIn, nil, nil), socket >= 0 {
        self?.made.withLock { $0 += 1 }
        _ = Waiter { [weak self] in LoopbackServer.serve(socket) { self?.take($0) } }
      }
      close(wayIn)
    }
  }

  /// Wakes who accepts, and closes the socket then.
  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// From now on.
  func on(_ line: String, _ script: @escaping Script) { scripts.withLock { $0[line] = script } }

  /// All requests in the order they came: "GET a".
  var lines: [String] { requests.map(\.line) }
  var requests: [Peer] { heard.withLock { $0 } }
  /// How many connections were made, and how many of them the client has closed.
  var connections: Int { made.withLock { $0 } }
  var hangUps: Int { left.withLock { $0 } }

  /// For one thread at a time. The limit is only there so that a test fails instead of hanging.
  func wait(until isSo: (LoopbackServer) -> Bool) {
    let end = Clock.monotonic + 60_000_000
    while !isSo(self), Clock.monotonic < end {
      bell.sleep(until: end)
      _ = bell.takeTurns()
    }
    #expect(isSo(self), "it never happened")
  }

  private static func serve(_ socket: Int32, _ take: (Peer?) -> Void) {
    while let peer = Peer(socket) { take(peer) }
    take(nil)
    close(socket)
  }

  /// nil: the client has gone.
  private func take(_ peer: Peer?) {
    guard let peer else {
      left.withLock { $0 += 1 }
      return bell.ring(0)
    }
    heard.withLock { $0.append(peer) }
    bell.ring(0)
    if let script = scripts.withLock({ $0[peer.line] }) { return script(peer) }
    let logins = lines.count { $0 == LoopbackServer.login }
    peer.response(peer.line == LoopbackServer.login ? Peer.token("T\(logins)") : Peer.fine)
  }

  static let login = "POST mem/authenticate"
}

/// One request, and the way back to whoever sent it.
final class Peer: Sendable {
  let line: String
  let head: String
  let body: String
  private let socket: Int32

  /// Waits for the next request; nil: there is none any more.
  fileprivate init?(_ socket: Int32) {
    var text = ""
    while !text.hasSuffix("\r\n\r\n") {
      guard let byte = Peer.receive(socket, 1) else { return nil }
      text += byte
    }
    let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
    line = words.prefix(2).joined(separator: " ").replacing("/psapi/v3/", with: "")
    head = text
    self.socket = socket
    let length = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }?.dropFirst(16)
    guard let body = Peer.receive(socket, length.flatMap { Int($0) } ?? 0) else { return nil }
    self.body = body
  }

  private static func receive(_ socket: Int32, _ count: Int) -> String? {
    var bytes = [UInt8](repeating: 0, count: count)
    guard count == 0 || recv(socket, &bytes, count, Int32(MSG_WAITALL)) == count else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  static let fine = #"{"status":"ok","data":{}}"#
  static func token(_ token: String) -> String { #"{"status":"ok","data":{"token":"\#(token)"}}"# }

  /// The token that it came with.
  var token: String? { header("X-PS-Auth-Token") }

  func header(_ name: String) -> String? {
    head.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
  }

  /// As it is, whatever HTTP wants.
  func say(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  func response(_ body: String, _ status: Int = 200, _ lines: String...) {
    let head = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)"] + lines
    say(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
  }

  func hangUp() { shutdown(socket, Int32(SHUT_RDWR)) }

  /// Says nothing more until the client has gone.
  func stayUntilGone() { while Peer.receive(socket, 1) != nil {} }
}
