// LoopCaller.swift - a program with an event loop, as the tests of loops see one: it dispatches when there is something
// to do, and writes down how its calls end.

import Glibc
import Testing

@testable import DamCore
@testable import DamIO

final class LoopCaller {
  let server: LoopbackServer
  let session: Session
  private(set) var loop: Loop?
  /// How calls ended, in that order: "1 hello", "2 cancelled".
  private(set) var endings: [String] = []
  private(set) var authorization: Authorization?

  private(set) var dispatches = 0
  /// Gets the caller, since one that captured it would keep it for ever.
  var afterEnding: ((LoopCaller) -> Void)?

  init(_ server: LoopbackServer, _ options: [String: String] = [:]) throws {
    self.server = server
    session = try server.open(options)
    loop = try Loop()
  }

  private func done(_ id: UInt64, _ result: Result<LoopEnding, Failure>) {
    switch result {
    case .success(.responded(let response)): endings.append("\(id) \(response.text)")
    case .success(.ready): endings.append("\(id) ready")
    case .success(.loggedOut(let how)): endings.append("\(id) \(how)")
    case .success(.authorized(let authorization)):
      endings.append("\(id) authorized")
      self.authorization = authorization
    case .success(.observed(let next)): endings.append("\(id) \(next)")
    case .success(.asked(let url)): endings.append("\(id) asks \(url)")
    case .success(.deviceAsked(let question)): endings.append("\(id) asks \(question.url) for \(question.userCode)")
    case .failure(let failure): endings.append("\(id) \(failure.cause)")
    }
    afterEnding?(self)
  }

  @discardableResult
  func submit(_ work: LoopWork) throws -> UInt64 {
    try #require(loop).submit(session, work) { [unowned self] in done($0, $1) }
  }

  @discardableResult
  func submit(_ path: String, _ options: CallOptions = CallOptions()) throws -> UInt64 {
    try submit(.request(session.asking(path), options))
  }

  func cancel(_ id: UInt64) -> Bool { loop?.cancel(id) ?? false }
  func resume(_ id: UInt64) -> Bool { loop?.resume(id) ?? false }
  var count: Int { loop?.count ?? 0 }
  func free() { loop = nil }

  /// Dispatches whenever the loop has something to do, and looks up whenever the server has heard something. The limit
  /// is only there so that a test fails instead of hanging.
  func run(until isSo: () -> Bool) {
    let end = Clock.monotonic + 60_000_000
    while !isSo() {
      guard let loop, Clock.monotonic < end else {
        Issue.record("it never happened")
        return
      }
      var watched = [loop.descriptor, server.bell.descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      _ = poll(&watched, 2, 60_000)
      if watched[1].revents != 0 { _ = server.bell.takeTurns() }
      if watched[0].revents != 0 { dispatch(loop) }
    }
  }

  func runToTheEnd() { run { count == 0 } }

  /// Dispatches until there is nothing to do any more but wait.
  func settle() {
    guard let loop else { return }
    var watched = pollfd(fd: loop.descriptor, events: Int16(POLLIN), revents: 0)
    for _ in 0..<1000 where poll(&watched, 1, 0) > 0 { dispatch(loop) }
  }

  private func dispatch(_ loop: Loop) {
    dispatches += 1
    loop.dispatch()
  }
}
