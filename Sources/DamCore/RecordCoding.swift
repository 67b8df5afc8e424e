// RecordCoding.swift - records as bytes and back.
//
// A record is one text line and one JSON document:
//
//   damsession-record FORMAT REVISION LENGTH SHA256\n{...}
//
// FORMAT says who may read the record. REVISION grows with every save: a store replaces a record only if it still has
// the expected revision. LENGTH and SHA256 (over the line before it and the document) reveal truncation and damage;
// they are the same in every format to come. Members of the document that this version does not know are kept, so that
// two versions of the library can share a store. A record of a higher FORMAT is left alone, and a damaged one is not
// repaired.

/// What the bytes of a record turned out to be.
package enum Decoded<Value: Sendable>: Sendable {
  case value(Value)
  /// It is cut, changed, or no record at all; how one can tell.
  case damaged(String)
  /// Written by a damsession whose format this one does not know.
  case newer
}

/// The first line of a record.
package struct RecordHeader: Equatable, Sendable {
  package var format: Int
  package var revision: UInt64
  /// How many bytes follow the line.
  var length: Int
  var checksum: String

  static let magic = "damsession-record"
  package static let format = 1
  /// A header line is shorter than this: a store may read so many bytes to learn the revision.
  package static let longest = 160

  /// Reads the first line and says how long it is, with its line end; nil when it is no header.
  package static func parse(_ bytes: [UInt8]) -> (header: RecordHeader, size: Int)? {
    guard let end = bytes.prefix(longest).firstIndex(of: 0x0A) else { return nil }
    var rest = bytes[..<end]
    guard word(&rest)?.elementsEqual(magic.utf8) == true,
      let format = word(&rest).flatMap({ ASCII.number($0) }).flatMap({ Int(exactly: $0) }), format > 0,
      let revision = word(&rest).flatMap({ ASCII.number($0) }), revision < 1 << 62,
      let length = word(&rest).flatMap({ ASCII.number($0) }).flatMap({ Int(exactly: $0) }),
      let checksum = word(&rest), rest.isEmpty
    else { return nil }
    let header = RecordHeader(
      format: format, revision: UInt64(clamping: revision), length: length,
      checksum: String(decoding: checksum, as: UTF8.self))
    return (header, end + 1)
  }

  private static func word(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? { ASCII.word(&rest) { $0 == 0x20 } }
}

/// A value that a store can keep. `joined` must not depend on order or repetition: conflicting saves are resolved by
/// it.
package protocol Recordable: Sendable, Equatable {
  /// nil when the fields make no sense.
  init?(json: JSONValue)
  var json: JSONValue { get }
  func joined(_ other: Self) -> Self
  init()
}

extension Recordable {
  package func encoded(revision: UInt64) -> [UInt8] {
    let document = json.encoded()
    var record: [UInt8] = []
    record.reserveCapacity(document.count.plus(RecordHeader.longest))
    record += RecordHeader.magic.utf8
    for number in [UInt64(RecordHeader.format), revision, UInt64(document.count)] {
      record.append(0x20)
      record += number.description.utf8
    }
    record.append(0x20)
    record += Hash.sha256(record[...], document[...]).utf8
    record.append(0x0A)
    record.append(contentsOf: document)
    return record
  }

  package static func decode(_ bytes: [UInt8]) -> Decoded<(value: Self, revision: UInt64)> {
    let header: RecordHeader
    let document: ArraySlice<UInt8>
    switch RecordHeader.open(bytes) {
    case .whole(let found, let rest): (header, document) = (found, rest)
    case .damaged(let reason): return .damaged(reason)
    }
    guard header.format <= RecordHeader.format else { return .newer }
    guard let json = JSONValue.parse(Array(document)), let value = Self(json: json) else {
      return .damaged("its fields make no sense")
    }
    return .value((value, header.revision))
  }
}

/// Limits for the numbers of a record, which anybody may have written: what passes here can be added and subtracted
/// without overflow.
enum RecordBounds {
  /// Seconds since 1970 to the year 9999.
  static func time(_ value: JSONValue?) -> Int64 { min(max(value?.integer ?? 0, 0), 253_402_300_799) }
  static func optionalTime(_ value: JSONValue?) -> Int64? { value?.integer == nil ? nil : time(value) }
  /// More cookies than any session holds, to bound what a damaged record costs.
  static let cookies = 1000
  /// Ten years either way.
  static func skew(_ value: JSONValue?) -> Int64 { skew(value?.integer ?? 0) }
  static func skew(_ seconds: Int64) -> Int64 { min(max(seconds, -315_360_000), 315_360_000) }
  /// A number that grows by one at a time; nil if it is too large to have got there.
  static func counter(_ value: JSONValue?) -> UInt64? {
    value?.text.flatMap { UInt64($0) }.flatMap { $0 < 1 << 62 ? $0 : nil }
  }
}

extension SessionRecord: Recordable {
  package init?(json: JSONValue) {
    guard case .object(var members) = json,
      let number = RecordBounds.counter(members.removeValue(forKey: "generation"))
    else { return nil }
    self.init()
    generation = number
    issuedAt = RecordBounds.time(members.removeValue(forKey: "issued_at"))
    usedAt = RecordBounds.time(members.removeValue(forKey: "used_at"))
    clockSkew = RecordBounds.skew(members.removeValue(forKey: "clock_skew"))
    organizations = (members.removeValue(forKey: "organizations")?.array ?? []).compactMap(Organization.init(json:))
    idle.survived = RecordBounds.time(members.removeValue(forKey: "idle_survived"))
    idle.died = RecordBounds.time(members.removeValue(forKey: "idle_died"))
    identity = members.removeValue(forKey: "identity").flatMap(Identity.init(json:))
    served = members.removeValue(forKey: "served")?.text
    rejected = members.removeValue(forKey: "rejected")?.text
    if let stored = members.removeValue(forKey: "secret"), stored != .null {
      guard let read = SessionSecret(json: stored) else { return nil }
      secret = read
    }
    unknown = members
  }

  package var json: JSONValue {
    var members = unknown
    members["generation"] = .string(String(generation))
    members["issued_at"] = .integer(issuedAt)
    members["used_at"] = .integer(usedAt)
    members["clock_skew"] = .integer(clockSkew)
    members["organizations"] = .array(organizations.map(\.json))
    members["idle_survived"] = .integer(idle.survived)
    members["idle_died"] = .integer(idle.died)
    members["identity"] = identity?.json ?? .null
    members["secret"] = secret?.json ?? .null
    members["served"] = served.map { .string($0) } ?? .null
    members["rejected"] = rejected.map { .string($0) } ?? .null
    return .object(members)
  }
}

extension Identity {
  init?(json: JSONValue) {
    guard let system = json["system"]?.text, let origin = json["origin"]?.text.flatMap({ Origin($0) }),
      let kind = json["secret_kind"]?.text, let user = json["user"]?.text
    else { return nil }
    self.init(
      Account(system: system, origin: origin, user: user), secretKind: kind,
      organization: json["organization"]?.text ?? "")
  }

  var json: JSONValue {
    .object([
      "system": .string(system), "origin": .string(origin.text), "secret_kind": .string(secretKind),
      "user": .string(user), "organization": .string(organization),
    ])
  }
}

extension SessionSecret {
  init?(json: JSONValue) {
    guard case .object = json else { return nil }
    self.init()
    token = json["token"]?.text.map { Secret($0) }
    proof = json["proof"]?.text
    expiresAt = RecordBounds.optionalTime(json["expires_at"])
    var list: [Cookie] = []
    for item in json["cookies"]?.array ?? [] {
      guard let name = item["name"]?.text, let stamp = RecordBounds.counter(item["stamp"]) else { return nil }
      list.append(Cookie(name: name, value: item["value"]?.text.map { Secret($0) }, stamp: stamp))
    }
    guard list.count <= RecordBounds.cookies else { return nil }
    // Joined one by one, since no set may hold a name twice: the older value would be sent for ever.
    cookies = CookieSet().joined(CookieSet(list))
    // All of it becomes header lines. A record may come from a store that others write to, too.
    let texts = list.flatMap { [Secret($0.name), $0.value] } + [token]
    guard texts.allSatisfy({ $0?.withBytes { bytes in unsafe bytes.allSatisfy(ASCII.isPrintable) } ?? true }) else {
      return nil
    }
  }

  var json: JSONValue {
    let list = cookies.all.map { cookie in
      JSONValue.object([
        "name": .string(cookie.name), "stamp": .string(String(cookie.stamp)),
        "value": cookie.value.map { .string($0.revealText()) } ?? .null,
      ])
    }
    return .object([
      "cookies": .array(list), "token": token.map { .string($0.revealText()) } ?? .null,
      "proof": proof.map { .string($0) } ?? .null, "expires_at": expiresAt.map { .integer($0) } ?? .null,
    ])
  }
}

extension Organization {
  package init?(json: JSONValue) {
    guard let id = json["id"]?.text, !id.isEmpty else { return nil }
    self.init(id: id, name: json["name"]?.text ?? "", isMember: json["member"]?.truth)
  }

  var json: JSONValue {
    .object(["id": .string(id), "name": .string(name), "member": isMember.map { .bool($0) } ?? .null])
  }
}

extension AccountRecord: Recordable {
  package init?(json: JSONValue) {
    guard case .object(var members) = json,
      let number = RecordBounds.counter(members.removeValue(forKey: "revision"))
    else { return nil }
    self.init()
    revision = number
    key = members.removeValue(forKey: "key")?.text
    ledger = (members.removeValue(forKey: "tokens")?.array ?? []).compactMap { item in
      guard let print = item["fingerprint"]?.text, item["obtained_at"]?.integer != nil else { return nil }
      return LedgerEntry(
        fingerprint: print, obtainedAt: RecordBounds.time(item["obtained_at"]),
        suspectedAt: RecordBounds.optionalTime(item["suspected_at"]), deadAt: RecordBounds.optionalTime(item["dead_at"])
      )
    }
    refusals = (members.removeValue(forKey: "refusals")?.array ?? []).compactMap { item in
      guard let hash = item["hash"]?.text, let reason = item["reason"]?.text.flatMap(Refusal.Reason.init(rawValue:))
      else { return nil }
      let count = min(max(item["count"]?.integer ?? 1, 1), 1000)
      return Refusal(hash: hash, at: RecordBounds.time(item["at"]), reason: reason, count: count)
    }
    isRefused = members.removeValue(forKey: "refused")?.truth ?? false
    unknown = members
    // Joining with itself puts the lists in order and removes repetitions.
    self = joined(self)
  }

  package var json: JSONValue {
    var members = unknown
    members["revision"] = .string(String(revision))
    members["key"] = key.map { .string($0) } ?? .null
    members["tokens"] = .array(
      ledger.map { entry in
        .object([
          "fingerprint": .string(entry.fingerprint), "obtained_at": .integer(entry.obtainedAt),
          "suspected_at": entry.suspectedAt.map { .integer($0) } ?? .null,
          "dead_at": entry.deadAt.map { .integer($0) } ?? .null,
        ])
      })
    members["refused"] = .bool(isRefused)
    members["refusals"] = .array(
      refusals.map { refusal in
        .object([
          "hash": .string(refusal.hash), "at": .integer(refusal.at), "reason": .string(refusal.reason.rawValue),
          "count": .integer(refusal.count),
        ])
      })
    return .object(members)
  }
}
