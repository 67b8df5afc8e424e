// SessionRecordTests.swift - how two knowings of one session become one.

import TestSupport
import Testing

@testable import DamCore

@Suite("SessionRecord")
struct SessionRecordTests {
  private static func record(_ generation: UInt64, cookies: [Cookie]?, usedAt: Int64 = 0) -> SessionRecord {
    var record = SessionRecord()
    record.generation = generation
    record.secret = cookies.map { cookies in
      var secret = SessionSecret()
      secret.cookies = CookieSet(cookies)
      return secret
    }
    record.usedAt = usedAt
    record.clockSkew = usedAt * 10
    return record
  }

  @Test("the larger generation is the session, whatever its stamps")
  func generations() {
    let old = Self.record(4, cookies: [Cookie("a", "old", 900)], usedAt: 900)
    let new = Self.record(5, cookies: [Cookie("a", "new", 1)], usedAt: 1)
    #expect(old.joined(new) == new)
    #expect(new.joined(old) == new)
  }

  @Test("within a generation each cookie is the one of the later request")
  func cookies() {
    let one = Self.record(5, cookies: [Cookie("a", "1", 10), Cookie("b", "1", 40)], usedAt: 3)
    let other = Self.record(5, cookies: [Cookie("a", "2", 20), Cookie("b", "2", 30)], usedAt: 2)
    for both in [one.joined(other), other.joined(one)] {
      #expect(both.secret?.cookies.meaning == ["a": Cookie("a", "2", 20), "b": Cookie("b", "1", 40)])
      #expect(both.usedAt == 3)
      #expect(both.clockSkew == 30)
    }
  }

  @Test("a tombstone beats the secret of its own generation and of those before, from either side")
  func tombstone() {
    let tombstone = Self.record(6, cookies: nil)
    for generation: UInt64 in [5, 6] {
      let alive = Self.record(generation, cookies: [Cookie("a", "1", 900)])
      #expect(alive.joined(tombstone).secret == nil)
      #expect(tombstone.joined(alive).secret == nil)
      #expect(alive.joined(tombstone).generation == 6)
    }
    // Only a login after it counts.
    #expect(tombstone.joined(Self.record(7, cookies: [Cookie("a", "1", 1)])).secret != nil)
  }

  @Test("joining does not care about order, grouping or repetition, and nothing goes back")
  func laws() throws {
    var source = Seeded(7)
    func random() -> SessionRecord {
      let stamps = (0..<2).map { _ in UInt64.random(in: 1...3, using: &source) }
      let isAlive = source.chance(80)
      // The value follows from the stamp, as with one server, or does not, as when clocks disagree.
      let names = ["a", "b"]
      let cookies = zip(names, stamps).map { Cookie($0, source.chance(80) ? "v\($1)" : nil, $1) }
      let usedAt = Int64.random(in: 0...3, using: &source)
      return Self.record(.random(in: 1...2, using: &source), cookies: isAlive ? cookies : nil, usedAt: usedAt)
    }
    for round in 0..<3000 {
      let (a, b, c) = (random(), random(), random())
      try #require(a.joined(b) == b.joined(a), "round \(round): \(a) \(b)")
      try #require(a.joined(b).joined(c) == a.joined(b.joined(c)), "round \(round): \(a) \(b) \(c)")
      try #require(a.joined(a) == a, "round \(round): \(a)")
      try #require(a.joined(b).joined(b) == a.joined(b), "round \(round): \(a) \(b)")
      try #require(a.joined(b).generation == max(a.generation, b.generation), "round \(round)")
    }
  }

  @Test("the same holds for two logins of one generation, whatever they yielded, and for whom")
  func lawsOfLogins() throws {
    var source = Seeded(8)
    let origin = try #require(Origin("https://archive.example"))
    func random() -> SessionRecord {
      var record = Self.record(1, cookies: source.chance(80) ? [Cookie("a", "1", 1)] : nil)
      record.issuedAt = .random(in: 1...2, using: &source)
      record.secret?.token = source.chance(80) ? Secret("T\(Int.random(in: 1...3, using: &source))") : nil
      record.secret?.proof = source.chance(20) ? "p" : nil
      record.organizations = (0..<Int.random(in: 0...2, using: &source)).map {
        Organization(id: "O\($0)", name: source.chance(50) ? "One" : "Two", isMember: source.chance(50) ? true : nil)
      }
      if source.chance(80) {
        let user = source.chance(80) ? "kim" : "lee"
        record.identity = Identity(.init(system: "s", origin: origin, user: user), secretKind: "k", organization: "")
      }
      return record
    }
    for round in 0..<3000 {
      let (a, b, c) = (random(), random(), random())
      try #require(a.joined(b) == b.joined(a), "round \(round): \(a) \(b)")
      try #require(a.joined(b).joined(c) == a.joined(b.joined(c)), "round \(round): \(a) \(b) \(c)")
      try #require(a.joined(a) == a, "round \(round): \(a)")
    }
  }

  @Test("a record is as fresh as its generation, then as its latest cookie")
  func freshness() {
    let records = [
      SessionRecord(), Self.record(1, cookies: nil), Self.record(1, cookies: [Cookie("a", "1", 5)]),
      Self.record(1, cookies: [Cookie("a", "1", 5), Cookie("b", nil, 6)]), Self.record(2, cookies: []),
    ]
    #expect(records.map(\.freshness) == records.map(\.freshness).sorted())
    #expect(Set(records.map { "\($0.freshness)" }).count == records.count)
  }

  @Test("a secret is empty when nothing in it would prove anything")
  func emptiness() {
    #expect(SessionSecret().isEmpty)
    var deleted = SessionSecret()
    deleted.cookies = CookieSet([Cookie("a", nil, 1)])
    #expect(deleted.isEmpty)
    var proof = SessionSecret()
    proof.proof = "x"
    #expect(!proof.isEmpty)
  }
}

@Suite("SessionState")
struct SessionStateTests {
  private func moment(_ microseconds: UInt64) -> Moment { Moment(seconds: 0, microseconds: microseconds) }

  @Test("stamps grow within a microsecond, when the clock is set back, and past what a sibling used")
  func stamps() {
    var state = SessionState()
    #expect(state.nextStamp(moment(1000)) == 1000)
    #expect(state.nextStamp(moment(1000)) == 1001)
    #expect(state.nextStamp(moment(5)) == 1002)
    var record = SessionRecord()
    record.generation = 1
    record.secret = SessionSecret()
    record.secret?.cookies = CookieSet([Cookie("a", "1", 9000)])
    state.take(record)
    #expect(state.nextStamp(moment(2000)) == 9001)
    #expect(state.nextStamp(moment(10_000)) == 10_000)
  }

  @Test("what a sibling did is counted once, and the first look at a store is none of it")
  func siblings() {
    var state = SessionState()
    var record = SessionRecord()
    record.generation = 1
    state.take(record)
    #expect(state.statistics.adoptedFromSiblings == 0)
    record.generation = 2
    state.take(record)
    state.take(record)
    #expect(state.statistics.adoptedFromSiblings == 1)
  }

  @Test("looking at the store takes what is there, and nothing else changes anything")
  func noting() {
    var state = SessionState()
    for loading in [Loading<SessionRecord>.absent, .unchanged, .newer, .unavailable("x")] {
      state.note(loading)
    }
    #expect(!state.isStored)
    var record = SessionRecord()
    record.generation = 3
    state.note(.record(record))
    #expect(state.isStored)
    #expect(state.record.generation == 3)
  }
}
