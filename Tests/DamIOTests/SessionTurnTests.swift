// SessionTurnTests.swift - who may keep a session though others wait: a process that comes back at once, for a while.

import Testing

@testable import DamIO

@Suite("SessionTurn")
struct SessionTurnTests {
  private let turn = SessionTurn()

  /// One request: asks for the lock, takes it, lets go. Whether the turn was kept before it, and is after it.
  private func request(from start: UInt64, to end: UInt64) -> [Bool] {
    let isBack = turn.comeBack(at: start)
    turn.take(at: start, isBack: isBack)
    return [isBack, turn.release(at: end)]
  }

  @Test("a process that comes back at once keeps its turn for half a millisecond")
  func keeps() {
    #expect(request(from: 10_000, to: 10_100) == [false, false], "nobody knows it yet")
    #expect(request(from: 10_120, to: 10_220) == [false, true])
    #expect(request(from: 10_240, to: 10_340) == [true, true])
    #expect(request(from: 10_360, to: 10_460) == [true, true])
    #expect(request(from: 10_480, to: 10_580) == [true, false], "another one would take longer than the turn")
    #expect(request(from: 10_600, to: 10_700) == [false, true], "its next turn, when those in line had theirs")
  }

  @Test("one that stays away for a while tells those in line, and so does one with long requests")
  func tells() {
    _ = request(from: 10_000, to: 10_100)
    #expect(request(from: 10_120, to: 10_220) == [false, true])
    #expect(request(from: 10_500, to: 10_600) == [false, false])
    #expect(request(from: 10_620, to: 10_900) == [false, false])
    #expect(request(from: 10_920, to: 20_000) == [false, false])
  }
}
