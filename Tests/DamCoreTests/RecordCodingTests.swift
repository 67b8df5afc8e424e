// RecordCodingTests.swift - records as bytes: what comes back, and what is told apart when it does not.

import TestSupport
import Testing

@testable import DamCore

@Suite("RecordCoding")
struct RecordCodingTests {
  static let session: SessionRecord = {
    var secret = SessionSecret()
    secret.cookies = CookieSet([Cookie("mem", "a%3D\"ü", 17), Cookie("acs", nil, 1 << 61)])
    secret.token = Secret("tok\\en/")
    secret.proof = "00:11"
    var record = SessionRecord()
    record.generation = 1 << 61
    record.secret = secret
    record.issuedAt = 1
    record.usedAt = 2
    record.clockSkew = -3
    record.organizations = [
      Organization(id: "O1", name: "Ünited \"Press\"", isMember: true), Organization(id: "O2", name: "", isMember: nil),
    ]
    record.served = "0123456789ab"
    record.rejected = "ba9876543210"
    record.idle.survived = 4
    record.idle.died = 5
    record.identity = Origin("https://archive.example:444").map {
      Identity(.init(system: "photoshelter", origin: $0, user: "kim"), secretKind: "cookie", organization: "O1")
    }
    record.unknown = ["from_the_future": .array([.integer(1), .object(["x": .null])])]
    return record
  }()

  static let account: AccountRecord = {
    var record = AccountRecord()
    record.key = "00ff"
    record.refusals = [
      Refusal(hash: "abc", at: 5, reason: .secondFactor), Refusal(hash: "def", at: 6, reason: .unclear, count: 3),
    ]
    record.ledger = [
      LedgerEntry(fingerprint: "f1", obtainedAt: 1, suspectedAt: 2, deadAt: 3),
      LedgerEntry(fingerprint: "f2", obtainedAt: 3, suspectedAt: 4), LedgerEntry(fingerprint: "f3", obtainedAt: 5),
    ]
    record.isRefused = true
    record.revision = 9
    record.unknown = ["from_the_future": .string("x")]
    return record
  }()

  private static func read<Value: Decodable>(_ json: JSONValue) -> Value? { JSONValue.decode(json.encoded()[...]) }
  private static func read<Value: Decodable>(_ json: String) -> Value? { JSONValue.decode(Array(json.utf8)[...]) }

  private func value<Record: Recordable>(_ decoded: Decoded<(value: Record, revision: UInt64)>) -> Record? {
    if case .value(let (value, _)) = decoded { return value }
    return nil
  }

  @Test("a record comes back as it was, with its revision and with fields that only the future knows")
  func roundTrip() throws {
    for revision: UInt64 in [0, 7, 1 << 61] {
      guard case .value(let (session, found)) = SessionRecord.decode(Self.session.encoded(revision: revision)) else {
        Issue.record("not read")
        continue
      }
      #expect(session == Self.session)
      #expect(found == revision)
    }
    #expect(value(AccountRecord.decode(Self.account.encoded(revision: 1))) == Self.account)
    // The first versions wrote members in the order of their names.
    var text = JSONText()
    text.object { Self.session.write(&$0) }
    let json = try #require(JSONValue.parse(text.bytes))
    #expect(json.encoded() != text.bytes)
    #expect(Self.read(json) == Self.session)
    #expect(value(SessionRecord.decode(SessionRecord().encoded(revision: 1))) == SessionRecord())
    #expect(value(AccountRecord.decode(AccountRecord().encoded(revision: 1))) == AccountRecord())
  }

  @Test("the first line tells format, revision, length and checksum")
  func header() throws {
    let bytes = SessionRecord().encoded(revision: 12)
    let (header, size) = try #require(RecordHeader.parse(bytes))
    #expect(header.format == 1)
    #expect(header.revision == 12)
    #expect(header.length == bytes.count - size)
    #expect(header.checksum == Hash.sha256(bytes.prefix(size).dropLast(65), bytes.dropFirst(size)))
    // A store reads so much and no more to learn the revision.
    #expect(try #require(RecordHeader.parse(Self.session.encoded(revision: 1 << 61))).size < RecordHeader.longest)
  }

  @Test("a record that was cut off anywhere is damaged")
  func truncated() {
    let bytes = Self.session.encoded(revision: 3)
    for length in 0..<bytes.count {
      guard case .damaged = SessionRecord.decode(Array(bytes[..<length])) else {
        Issue.record("cut to \(length) bytes")
        return
      }
    }
    guard case .damaged = SessionRecord.decode(bytes + [0x20]) else {
      Issue.record("with a byte more")
      return
    }
  }

  @Test("a bit that flipped in the document is damage; one in the first line never yields another value")
  func flipped() throws {
    let bytes = Self.session.encoded(revision: 3)
    let size = try #require(RecordHeader.parse(bytes)).size
    for index in bytes.indices {
      for bit in 0..<8 {
        var other = bytes
        other[index] ^= 1 << bit
        switch SessionRecord.decode(other) {
        case .damaged: break
        case .newer, .value: Issue.record("byte \(index) of \(size), bit \(bit)")
        }
      }
    }
  }

  private static func sealed(_ line: String, _ document: String) -> [UInt8] {
    Array((line + Hash.sha256(Array(line.utf8) + Array(document.utf8)) + "\n" + document).utf8)
  }

  @Test("a record of a later format is told from damage, and is not read")
  func newer() {
    for line in ["damsession-record 2 1 19 ", "damsession-record 99 1 19 "] {
      guard case .newer = SessionRecord.decode(Self.sealed(line, #"{"shape":"unknown"}"#)) else {
        Issue.record("\(line)")
        continue
      }
    }
  }

  @Test(
    "something else in a record's place is damage",
    arguments: [
      "", "\n", "hello\n", "{}", "damsession-record\n", "damsession-record 1 1 0\n", "damsession-record 1 -1 0 x\n",
      "damsession-record one 1 0 x\n", "damsession-record 1 1 0 x y\n", "Damsession-record 1 1 0 x\n",
      "damsession-record 1 99999999999999999999 0 x\n", "damsession-record 0 1 0 x\n",
      String(repeating: "x", count: 5000),
    ])
  func foreign(text: String) {
    guard case .damaged = SessionRecord.decode(Array(text.utf8)) else {
      Issue.record("read as something")
      return
    }
  }

  @Test(
    "a document with a right checksum and wrong fields is damage, not half a session",
    arguments: [
      "", "[]", "null", "{}", #"{"generation":"-1"}"#, #"{"generation":"x"}"#, #"{"generation":null}"#,
      #"{"generation":"1","secret":"x"}"#, #"{"generation":"1","secret":[]}"#,
      #"{"generation":"1","secret":{"cookies":[{"name":"a"}]}}"#,
      #"{"generation":"1","secret":{"cookies":[{"stamp":"1"}]}}"#,
      #"{"generation":"1","secret":{"cookies":[{"name":"a","stamp":"-1"}]}}"#,
    ])
  func wrongFields(document: String) {
    let bytes = Self.sealed("damsession-record 1 1 \(document.utf8.count) ", document)
    guard case .damaged(let reason) = SessionRecord.decode(bytes) else {
      Issue.record("read as something")
      return
    }
    #expect(reason == "its fields make no sense")
  }

  @Test("numbers that nothing could have made are brought to where arithmetic is safe, or are damage")
  func outsideNumbers() throws {
    for number in [Int64.min, .max] {
      let fields: [String: JSONValue] = [
        "generation": .string("1"), "used_at": .integer(number), "issued_at": .integer(number),
        "clock_skew": .integer(number), "idle_died": .integer(number), "idle_survived": .integer(number),
      ]
      let session: SessionRecord = try #require(Self.read(.object(fields)))
      #expect((0...253_402_300_799).contains(session.usedAt) && (0...253_402_300_799).contains(session.issuedAt))
      #expect(abs(session.clockSkew) <= 315_360_000)
      #expect((0...253_402_300_799).contains(session.idle.died))
    }
    #expect(Self.read(#"{"generation":"\(UInt64.max)"}"#) as SessionRecord? == nil)
    #expect(Self.read(#"{"revision":"\(UInt64.max)"}"#) as AccountRecord? == nil)
  }

  @Test("fields that are missing have their zero: an older damsession did not write them")
  func missingFields() throws {
    let session: SessionRecord = try #require(Self.read(#"{"generation":"4"}"#))
    #expect(session.generation == 4)
    #expect(session.secret == nil)
    #expect(session.identity == nil)
    let account: AccountRecord = try #require(Self.read(#"{"revision":"2"}"#))
    #expect(account.ledger.isEmpty)
    #expect(account.refusals.isEmpty)
    #expect(Self.read("{}") as AccountRecord? == nil)
  }

  @Test(
    "what could not have come from a server is no secret: it would become a header line",
    arguments: [#"\r\nX: y"#, #"\n"#, #"\u0000"#, #"\u007f"#])
  func injection(text: String) throws {
    for secret in [
      #"{"token":"T\#(text)"}"#, #"{"cookies":[{"name":"mem","stamp":"1","value":"c\#(text)"}]}"#,
      #"{"cookies":[{"name":"mem\#(text)","stamp":"1","value":"c"}]}"#,
    ] {
      #expect(Self.read(#"{"generation":"1","secret":\#(secret)}"#) as SessionRecord? == nil)
    }
  }

  @Test("a cookie that is in a record twice is held once: the one that was sent later")
  func twice() throws {
    let cookies = #"{"name":"mem","stamp":"5","value":"old"},{"name":"mem","stamp":"7","value":"new"}"#
    for order in [cookies, #"{"name":"mem","stamp":"7","value":"new"},{"name":"mem","stamp":"5","value":"old"}"#] {
      let secret: SessionSecret = try #require(Self.read(#"{"cookies":[\#(order)]}"#))
      #expect(secret.cookies == CookieSet([Cookie("mem", "new", 7)]))
    }
  }

  @Test("more cookies than any session has are damage: they are compared with each other")
  func crowd() throws {
    for (count, isGood) in [(1000, true), (1001, false)] {
      let cookies = (0..<count).map { #"{"name":"c\#($0)","stamp":"1","value":"v"}"# }.joined(separator: ",")
      #expect((Self.read(#"{"cookies":[\#(cookies)]}"#) as SessionSecret? != nil) == isGood)
    }
  }

  @Test("an organization without an ID is none; its membership is in the vendor's letters")
  func organizations() {
    #expect(Organization(json: .object(["name": .string("x")])) == nil)
    #expect(Organization(json: .object(["id": .string("")])) == nil)
    #expect(
      Organization(json: .object(["id": .string("O1"), "name": .string("x"), "member": .string("t")]))
        == Organization(id: "O1", name: "x", isMember: true))
    #expect(Organization(json: .object(["id": .integer(7)])) == Organization(id: "7", name: "", isMember: nil))
  }
}
