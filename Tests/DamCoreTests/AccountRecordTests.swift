// AccountRecordTests.swift - refused credentials and the ledger of device tokens.

import Testing

@testable import DamCore

@Suite("AccountRecord")
struct AccountRecordTests {
  private static let entropy = [UInt8](0..<16)

  @Test("refused credentials are known again, and no others")
  func refusal() throws {
    var record = AccountRecord()
    record.remember(refused: Secret("wrong"), secondFactor: false, now: 50, entropy: Self.entropy)
    #expect(record.refuses(Secret("wrong")) == record.refusal)
    #expect(record.refusal?.at == 50)
    for other in ["Wrong", "", "wron"] { #expect(record.refuses(Secret(other)) == nil) }
    record.forgetRefusal()
    #expect(record.refuses(Secret("wrong")) == nil)
    #expect(record.revision == 2)
    record.forgetRefusal()
    #expect(record.revision == 2)
  }

  @Test("a record shows nothing of the credentials, and two records do not show that theirs are the same")
  func redaction() {
    func refused(_ entropy: [UInt8]) -> AccountRecord {
      var record = AccountRecord()
      record.remember(refused: Secret("hunter2"), secondFactor: false, now: 0, entropy: entropy)
      return record
    }
    let text = String(decoding: refused(Self.entropy).encoded(revision: 1), as: UTF8.self)
    #expect(!text.contains("hunter2"))
    #expect(!text.contains(Secret("hunter2").fingerprint))
    #expect(refused(Self.entropy).refusal?.hash != refused(Self.entropy.reversed()).refusal?.hash)
  }

  @Test("the key is made once; later refusals use it")
  func key() {
    var record = AccountRecord()
    record.remember(refused: Secret("a"), secondFactor: false, now: 0, entropy: Self.entropy)
    record.remember(refused: Secret("b"), secondFactor: true, now: 0, entropy: Self.entropy.reversed())
    #expect(record.key == "000102030405060708090a0b0c0d0e0f")
    #expect(record.refuses(Secret("a")) == nil)
    #expect(record.refuses(Secret("b"))?.wantsSecondFactor == true)
  }

  @Test("a token is entered once, counts until it is proven dead, and dies once")
  func ledger() {
    var record = AccountRecord()
    record.enter(token: Secret("t1"), now: 1)
    record.enter(token: Secret("t1"), now: 2)
    record.enter(token: Secret("t2"), now: 3)
    #expect(record.liveTokens == 2)
    #expect(record.ledger.map(\.obtainedAt) == [1, 3])
    let news = ["t1", "t1", "t9"].map { record.markDead(token: Secret($0), now: 4) }
    #expect(news == [true, false, false])
    #expect(record.liveTokens == 1)
    #expect(record.ledger[0].deadAt == 4)
    #expect(!"\(record.json)".contains("t1\""))
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

  @Test("the last word about credentials is the one with the larger revision")
  func revisions() {
    var refused = AccountRecord()
    refused.remember(refused: Secret("a"), secondFactor: false, now: 0, entropy: Self.entropy)
    var forgiven = refused
    forgiven.forgetRefusal()
    #expect(refused.joined(forgiven).refusal == nil)
    #expect(forgiven.joined(refused).refusal == nil)
    #expect(AccountRecord().joined(refused).refusal != nil)
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
      // Under the account's lock a revision has one content; what is obtained at, and dead at, follows from the token.
      record.revision = .random(in: 0...3, using: &source)
      if record.revision % 2 == 1 {
        record.refusal = Refusal(hash: "h\(record.revision)", at: 0, wantsSecondFactor: false)
      }
      for index in 0..<5 where source.chance(60) {
        record.ledger.append(
          LedgerEntry(
            fingerprint: "f\(index)", obtainedAt: Int64(index / 2), deadAt: source.chance(50) ? Int64(index + 9) : nil))
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
