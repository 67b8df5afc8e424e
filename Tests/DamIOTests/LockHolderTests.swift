// LockHolderTests.swift - nobody waits for a turn that only the waiting thread could bring about, and everybody else
// does.

import Testing

@testable import DamIO

@Suite("LockHolder", .timeLimit(.minutes(5)))
struct LockHolderTests {
  private let lock = FairLock()
  private let mine = LockHolder()

  /// Something happens on a thread of its own, and is over.
  private func elsewhere(_ body: @escaping @Sendable () -> Void) { Waiter(body).join() }

  @Test("a loop that only this thread dispatches stands in its way, also in the line before it")
  func ownLoop() throws {
    let loop = LockHolder(.loop)
    let holding = try #require(Holding(lock, loop))
    #expect(lock.standstill(for: mine) == nil, "nobody has dispatched it yet")
    loop.work {}
    #expect(lock.standstill(for: mine)?.cause == .locked)
    elsewhere { [lock, mine] in #expect(lock.standstill(for: mine) == nil) }
    holding.release()
    let other = try #require(Holding(lock))
    #expect(lock.queue(Bell(), loop) != nil)
    #expect(lock.standstill(for: mine)?.cause == .locked)
    #expect(lock.standstill(for: loop) == nil, "nobody is in its own way")
    other.release()
  }

  @Test("a loop that several threads have dispatched may go on in another one; not in the middle of a dispatch")
  func movedLoop() throws {
    let loop = LockHolder(.loop)
    let holding = try #require(Holding(lock, loop))
    defer { holding.release() }
    loop.work {}
    elsewhere { loop.work {} }
    #expect(lock.standstill(for: mine) == nil)
    loop.work { #expect(lock.standstill(for: mine)?.cause == .locked) }
    #expect(lock.standstill(for: mine) == nil)
  }

  @Test("a call stands in the way of its own callbacks alone")
  func callback() throws {
    let call = LockHolder()
    let holding = try #require(Holding(lock, call))
    defer { holding.release() }
    call.work {
      #expect(lock.standstill(for: mine)?.cause == .locked)
      elsewhere { [lock, mine] in #expect(lock.standstill(for: mine) == nil) }
    }
    #expect(lock.standstill(for: mine) == nil)
  }

  @Test("an authorization may be observed by any other thread of the process")
  func authorization() throws {
    let authorization = LockHolder(.authorization)
    let holding = try #require(Holding(lock, authorization))
    defer { holding.release() }
    authorization.work { #expect(lock.standstill(for: mine)?.cause == .locked) }
    // This process has threads enough.
    let waiter = Waiter { [lock, mine] in #expect(lock.standstill(for: mine) == nil) }
    #expect(lock.standstill(for: mine) == nil)
    waiter.join()
  }
}
