// KeeperTests.swift - nobody waits for a turn that only the waiting thread could bring about, and everybody else does.

import Testing

@testable import DamIO

@Suite("Keeper", .timeLimit(.minutes(1)))
struct KeeperTests {
  private let flight = Flight()
  private let mine = Keeper()

  /// Something happens on a thread of its own, and is over.
  private func elsewhere(_ body: @escaping @Sendable () -> Void) { Waiter(body).join() }

  @Test("a loop that only this thread dispatches stands in its way, also in the line before it")
  func ownLoop() {
    let loop = Keeper(.loop)
    #expect(flight.tryTake(loop))
    #expect(flight.standstill(for: mine) == nil, "nobody has dispatched it yet")
    loop.work {}
    #expect(flight.standstill(for: mine)?.cause == .locked)
    elsewhere { [flight, mine] in #expect(flight.standstill(for: mine) == nil) }
    flight.release()
    #expect(flight.tryTake(Keeper()))
    #expect(flight.queue(Bell(), loop) != nil)
    #expect(flight.standstill(for: mine)?.cause == .locked)
    #expect(flight.standstill(for: loop) == nil, "nobody is in its own way")
  }

  @Test("a loop that several threads have dispatched may go on in another one; not in the middle of a dispatch")
  func movedLoop() {
    let loop = Keeper(.loop)
    #expect(flight.tryTake(loop))
    loop.work {}
    elsewhere { loop.work {} }
    #expect(flight.standstill(for: mine) == nil)
    loop.work { #expect(flight.standstill(for: mine)?.cause == .locked) }
    #expect(flight.standstill(for: mine) == nil)
  }

  @Test("a call stands in the way of its own callbacks alone")
  func callback() {
    let call = Keeper()
    #expect(flight.tryTake(call))
    call.work {
      #expect(flight.standstill(for: mine)?.cause == .locked)
      elsewhere { [flight, mine] in #expect(flight.standstill(for: mine) == nil) }
    }
    #expect(flight.standstill(for: mine) == nil)
  }

  @Test("an authorization may be observed by any other thread of the process")
  func authorization() {
    let authorization = Keeper(.authorization)
    #expect(flight.tryTake(authorization))
    authorization.work { #expect(flight.standstill(for: mine)?.cause == .locked) }
    // This process has threads enough.
    let waiter = Waiter { [flight, mine] in #expect(flight.standstill(for: mine) == nil) }
    #expect(flight.standstill(for: mine) == nil)
    waiter.join()
  }
}
