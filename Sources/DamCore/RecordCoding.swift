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
  var checksum: [UInt8]

  static let magic = Array("damsession-record".utf8)
  package static let format = 1
  /// A header line is shorter than this: a store may read so many bytes to learn the revision.
  package static let longest = 160

  /// Reads the first line and says how long it is, with its line end; nil when it is no header.
  package static func parse(_ bytes: [UInt8]) -> (header: RecordHeader, size: Int)? {
    guard let end = bytes.prefix(longest).firstIndex(of: 0x0A) else { return nil }
    var rest = bytes[..<end]
    guard word(&rest) == magic[...],
      let format = word(&rest).flatMap({ ASCII.number($0) }).flatMap({ Int(exactly: $0) }), format > 0,
      let revision = word(&rest).flatMap({ ASCII.number($0) }), revision < 1 << 62,
      let length = word(&rest).flatMap({ ASCII.number($0) }).flatMap({ Int(exactly: $0) }),
      let checksum = word(&rest), rest.isEmpty
    else { return nil }
    let header = RecordHeader(
      format: format, revision: UInt64(clamping: revision), length: length,
      checksum: Array(checksum))
    return (header, end + 1)
  }

  private static func word(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? { ASCII.word(&rest) { $0 == 0x20 } }
}

/// A value that a store can keep. `joined` must not depend on order or repetition: conflicting saves are resolved by
/// it.
package protocol Recordable: Sendable, Equatable, Decodable {
  /// Adds the members of its document, which are the same bytes for equal values.
  func write(_ text: inout JSONText)
  func joined(_ other: Self) -> Self
  init()
}

extension Recordable {
  package func encoded(revision: UInt64) -> [UInt8] {
    var text = JSONText()
    text.object { write(&$0) }
    let document = text.isSound ? text.bytes : []
    var record: [UInt8] = []
    record.reserveCapacity(document.count.plus(RecordHeader.longest))
    record += RecordHeader.magic
    for number in [UInt64(RecordHeader.format), revision, UInt64(document.count)] {
      record.append(0x20)
      record += number.description.utf8
    }
    record.append(0x20)
    record += Hash.sha256(record[...], document[...])
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
    guard let value: Self = JSONValue.decode(document) else {
      return .damaged("its fields make no sense")
    }
    return .value((value, header.revision))
  }
}

extension SessionRecord: Recordable {
  package func write(_ text: inout JSONText) {
    text.member("generation", String(generation))
    text.member("issued_at", issuedAt)
    text.member("used_at", usedAt)
    text.member("clock_skew", clockSkew)
    text.member("idle_survived", idle.survived)
    text.member("idle_died", idle.died)
    text.member("served", served)
    text.member("rejected", rejected)
    // Only where there are any: most records have neither, and are read and written at every turn.
    if renewing != nil { text.member("renewing", renewing) { $0.write(&$1) } }
    if consent != nil { text.member("consent", consent) { $0.write(&$1) } }
    text.member("secret", secret) { $0.write(&$1) }
    text.member("identity", identity) { $0.write(&$1) }
    text.member("organizations", of: organizations) { $0.write(&$1) }
    text.members(unknown)
  }
}

extension SessionSecret {
  func write(_ text: inout JSONText) {
    text.member("token", token)
    if refreshToken != nil { text.member("refresh_token", refreshToken) }
    text.member("proof", proof)
    text.member("expires_at", expiresAt)
    text.member("cookies", of: cookies.all) { cookie, text in
      text.member("name", cookie.name)
      text.member("stamp", String(cookie.stamp))
      text.member("value", cookie.value)
    }
  }
}

extension RenewalMark {
  func write(_ text: inout JSONText) {
    text.member("token", token)
    text.member("since", since)
    text.member("over", isOver)
  }
}

extension PendingConsent {
  func write(_ text: inout JSONText) {
    text.member("state", state)
    text.member("verifier", verifier)
    text.member("begun_at", begunAt)
    text.member("used", isUsed)
    if interval != nil {
      text.member("interval", interval)
      text.member("life", life)
    }
  }
}

extension Identity {
  func write(_ text: inout JSONText) {
    text.member("system", system)
    text.member("origin", origin.text)
    text.member("secret_kind", secretKind)
    text.member("user", user)
    text.member("organization", organization)
  }
}

extension Organization {
  func write(_ text: inout JSONText) {
    text.member("id", id)
    text.member("name", name)
    text.member("member", isMember)
  }

  /// As a server lists it; nil: it has no ID.
  package init?(json: JSONValue) {
    guard let id = json["id"]?.text, !id.isEmpty else { return nil }
    self.init(id: id, name: json["name"]?.text ?? "", isMember: json["member"]?.truth)
  }
}

extension AccountRecord: Recordable {
  package func write(_ text: inout JSONText) {
    text.member("revision", String(revision))
    text.member("key", key)
    text.member("tokens", of: ledger) { entry, text in
      text.member("fingerprint", entry.fingerprint)
      text.member("obtained_at", entry.obtainedAt)
      text.member("suspected_at", entry.suspectedAt)
      text.member("dead_at", entry.deadAt)
    }
    text.member("refused", isRefused)
    text.member("refusals", of: refusals) { refusal, text in
      text.member("hash", refusal.hash)
      text.member("at", refusal.at)
      text.member("reason", refusal.reason.rawValue)
      text.member("count", refusal.count)
    }
    text.members(unknown)
  }
}
