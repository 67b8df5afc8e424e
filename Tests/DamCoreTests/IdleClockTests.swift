// IdleClockTests.swift - what is learned about how long a session may rest.

import TestSupport
import Testing

@testable import DamCore

@Suite("IdleClock")
struct IdleClockTests {
  private func clock(survived: [Int64] = [], died: [Int64] = []) -> IdleClock {
    var clock = IdleClock()
    for rest in survived { clock.sawSurvival(after: rest) }
    for rest in died { clock.sawDeath(after: rest) }
    return clock
  }

  @Test("nothing is known before a session died of rest")
  func unknown() {
    #expect(clock().learned == 0)
    #expect(clock(survived: [10, 7000]).learned == 0)
  }

  @Test("the shortest deadly rest is the limit, in whatever order it is seen")
  func shortest() {
    #expect(clock(died: [9000, 7200, 8000]).learned == 7200)
    #expect(clock(survived: [3600], died: [7200]).learned == 7200)
  }

  @Test("an early death is a logout or a revocation, not idleness")
  func earlyDeaths() {
    #expect(clock(died: [0, 5, 299]).learned == 0)
    #expect(clock(died: [300]).learned == 300)
    #expect(clock(died: [7200, 299]).learned == 7200)
  }

  @Test("a rest that was survived disproves a shorter limit")
  func disproof() {
    #expect(clock(survived: [9000], died: [7200]).learned == 0)
    // The time of last use may be off by the resolution: so close a survival disproves nothing.
    #expect(clock(survived: [7200 + 59], died: [7200]).learned == 7200)
  }

  @Test("joining does not care about order, grouping or repetition")
  func joining() throws {
    var source = Seeded(3)
    func random() -> IdleClock {
      clock(
        survived: source.chance(60) ? [.random(in: 0...9000, using: &source)] : [],
        died: source.chance(60) ? [.random(in: 0...9000, using: &source)] : [])
    }
    for round in 0..<1000 {
      let (a, b, c) = (random(), random(), random())
      try #require(a.joined(b) == b.joined(a), "round \(round)")
      try #require(a.joined(b).joined(c) == a.joined(b.joined(c)), "round \(round)")
      try #require(a.joined(a) == a, "round \(round)")
    }
  }
}
