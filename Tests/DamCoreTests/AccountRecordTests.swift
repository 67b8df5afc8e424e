// AccountRecordTests.swift - refused credentials and the ledger of device tokens.

import TestSupport
import Testing

@testable import DamCore

@Suite("AccountRecord")
struct AccountRecordTests {
  @Test("refused credentials are known again, and no others; a success forgets its own and leaves the rest")
  func refusals() throws {
    var record = AccountRecord()
    record.remember(.wrong, hash: "a", salt: "s", now: 50)
    record.remember(.secondFactor, hash: "b", salt: "s", now: 60)
    #expect(record.refusal(of: "a") == Refusal(hash: "a", at: 50, reason: .wrong))
    #expect(record.refusal(of: "b")?.reason == .secondFactor)
    #expect(record.refusal(of: "c") == nil)
    #expect(record.isRefused)
    record.accept("b")
    #expect(record.refusals.map(\.hash) == ["a"])
    #expect(record.revision == 3)
    record.accept("b")
    #expect(record.revision == 3)
  }

  @Test("what is unclear is counted in a row, and waits a minute, two, four, eight")
  func unclear() throws {
    var record = AccountRecord()
    for (count, wait): (Int64, Int64) in [(1, 60), (2, 120), (3, 240), (4, 480), (5, 960)] {
      record.remember(.unclear, hash: "a", salt: "s", now: 1000)
      #expect(record.refusal(of: "a")?.count == count)
      #expect(record.refusal(of: "a")?.nextAt == 1000 + wait)
    }
    #expect(!record.isRefused)
    record.remember(.wrong, hash: "a", salt: "s", now: 1001)
    #expect(record.refusals == [Refusal(hash: "a", at: 1001, reason: .wrong)])
  }

  @Test("failures of all credentials count together, each at most five times")
  func inARow() {
    var record = AccountRecord()
    for _ in 0..<9 { record.remember(.unclear, hash: "a", salt: "s", now: 0) }
    record.remember(.wrong, hash: "b", salt: "s", now: 0)
    #expect(record.failuresInARow == 6)
    record.accept("a")
    #expect(record.failuresInARow == 1)
  }

  @Test("the latest twenty refusals are remembered")
  func most() {
    var record = AccountRecord()
    for index in 0..<30 { record.remember(.wrong, hash: "h\(index)", salt: "s", now: Int64(index)) }
    #expect(record.refusals.count == 20)
    #expect(record.refusals.last?.hash == "h29")
  }

  @Test("a hash of another salt says nothing: its refusals go with the salt")
  func salts() {
    var record = AccountRecord()
    record.remember(.wrong, hash: "a", salt: "s", now: 0)
    record.remember(.wrong, hash: "b", salt: "t", now: 0)
    #expect(record.key == "t")
    #expect(record.refusals.map(\.hash) == ["b"])
  }

  @Test("a token is entered once, counts until it is proven dead, and dies once")
  func ledger() {
    var record = AccountRecord()
    record.enter(token: Secret("t1"), now: 1)
    record.enter(token: Secret("t1"), now: 2)
    record.enter(token: Secret("t2"), now: 3)
    #expect(record.liveTokens == 2)
    #expect(record.ledger.map(\.obtainedAt) == [1, 3])
    // Replaced on suspicion it counts on; only its proven death frees its place.
    record.suspect(token: Secret("t1"), now: 4)
    record.suspect(token: Secret("t1"), now: 9)
    record.suspect(token: Secret("t9"), now: 4)
    #expect(record.liveTokens == 2)
    for now: Int64 in [5, 6] { record.markDead(token: Secret("t1"), now: now) }
    #expect(record.liveTokens == 1)
    #expect(record.ledger.map(\.suspectedAt) == [4, nil])
    #expect(record.ledger.map(\.deadAt) == [5, nil])
    #expect(!"\(String(decoding: record.encoded(revision: 1), as: UTF8.self))".contains("t1\""))
  }

  private static func ledger(_ entries: LedgerEntry...) -> AccountRecord {
    var record = AccountRecord()
    record.ledger = entries
    return record
  }

  @Test("joined ledgers hold every token once, in the order they were obtained, and dead stays dead")
  func joining() {
    let one = Self.ledger(LedgerEntry(fingerprint: "b", obtainedAt: 2), LedgerEntry(fingerprint: "c", obtainedAt: 3))
    let other = Self.ledger(
      LedgerEntry(fingerprint: "a", obtainedAt: 1), LedgerEntry(fingerprint: "b", obtainedAt: 2, deadAt: 9))
    for both in [one.joined(other), other.joined(one)] {
      #expect(both.ledger.map(\.fingerprint) == ["a", "b", "c"])
      #expect(both.ledger.map(\.deadAt) == [nil, 9, nil])
    }
  }

  @Test("the last word about credentials is the one with the larger revision; of one revision, both are kept")
  func revisions() {
    var refused = AccountRecord()
    refused.remember(.wrong, hash: "a", salt: "s", now: 0)
    var forgiven = refused
    forgiven.accept("a")
    #expect(refused.joined(forgiven).refusals.isEmpty)
    #expect(forgiven.joined(refused).refusals.isEmpty)
    #expect(AccountRecord().joined(refused) == refused)
    var other = AccountRecord()
    other.remember(.unclear, hash: "b", salt: "s", now: 1)
    for both in [refused.joined(other), other.joined(refused)] { #expect(both.refusals.map(\.hash) == ["a", "b"]) }
    var salted = AccountRecord()
    salted.remember(.wrong, hash: "c", salt: "t", now: 1)
    for both in [refused.joined(salted), salted.joined(refused)] { #expect(both.refusals.map(\.hash) == ["c"]) }
  }

  @Test("of dead tokens the latest fifty are remembered, of live ones all")
  func trimming() {
    var record = AccountRecord()
    for index in 0..<120 {
      let isDead = index % 2 == 0
      record.ledger.append(
        LedgerEntry(fingerprint: "f\(index)", obtainedAt: Int64(index), deadAt: isDead ? 500 : nil))
    }
    let joined = record.joined(AccountRecord())
    #expect(joined.liveTokens == 60)
    #expect(joined.ledger.count { $0.deadAt != nil } == 50)
    #expect(joined.ledger.first { $0.deadAt != nil }?.obtainedAt == 20)
  }

  @Test("joining does not care about order, grouping or repetition")
  func laws() throws {
    var source = Seeded(11)
    func random() -> AccountRecord {
      var record = AccountRecord()
      record.revision = .random(in: 0...2, using: &source)
      record.key = record.revision == 0 ? nil : ["s", "t"].randomElement(using: &source)
      for index in 0..<3 where record.key != nil && source.chance(50) {
        record.refusals.append(
          Refusal(
            hash: "h\(index)", at: .random(in: 0...2, using: &source),
            reason: [.wrong, .unclear].randomElement(using: &source) ?? .wrong,
            count: .random(in: 1...3, using: &source)))
      }
      record.refusals.sort { ($0.at, $0.hash) < ($1.at, $1.hash) }
      for index in 0..<5 where source.chance(60) {
        record.ledger.append(
          LedgerEntry(
            fingerprint: "f\(index)", obtainedAt: Int64(index / 2),
            suspectedAt: source.chance(50) ? .random(in: 5...7, using: &source) : nil,
            deadAt: source.chance(50) ? .random(in: 8...11, using: &source) : nil))
      }
      record.ledger.sort { ($0.obtainedAt, $0.fingerprint) < ($1.obtainedAt, $1.fingerprint) }
      return record
    }
    for round in 0..<2000 {
      let (a, b, c) = (random(), random(), random())
      try #require(a.joined(b) == b.joined(a), "round \(round): \(a) \(b)")
      try #require(a.joined(b).joined(c) == a.joined(b.joined(c)), "round \(round): \(a) \(b) \(c)")
      try #require(a.joined(a) == a, "round \(round): \(a)")
    }
  }
}
