// Documents.swift - JSON: any document, an envelope of a service, a record of a store.

import Glibc

@testable import DamCore

/// The first byte chooses the kind of session and the status of the response that the rest is the body of.
func playJSON(_ input: [UInt8]) {
  guard let first = input.first else { return }
  let body = Array(input.dropFirst())
  onSmallStack {
    guard let value = JSONValue.parse(body) else { return }
    check(value.depth <= 65, "a document is no deeper than it may be")
    let bytes = value.encoded()
    guard !bytes.isEmpty else { return }
    check(
      JSONValue.parse(bytes) == value, "a document is read back as it was: \(String(decoding: bytes, as: UTF8.self))")
    _ = (value.text, value.integer, value.truth, value.array)
  }
  let status = [200, 400, 401, 403, 404, 500, 503, 429][Int(first >> 5)]
  let head = Array("HTTP/1.1 \(status) Status\nContent-Type: application/json\n\n".utf8)
  let stage = Stage(Kind.chosen(by: first & 31), always: Reply(head + body))
  stage.run(.ensure(again: false, saved: true))
  stage.signIn()
  stage.run(.keepalive)
}

extension JSONValue {
  fileprivate var depth: Int {
    switch self {
    case .array(let values): 1 + (values.map(\.depth).max() ?? 0)
    case .object(let members): 1 + (members.values.map(\.depth).max() ?? 0)
    default: 0
    }
  }
}

/// Hosts have small stacks: 256 KiB, and twice that here, since what finds errors makes frames larger.
private func onSmallStack(_ body: @escaping () -> Void) {
  var attributes = pthread_attr_t()
  var thread = pthread_t()
  pthread_attr_init(&attributes)
  pthread_attr_setstacksize(&attributes, 512 << 10)
  let work = Unmanaged.passRetained(Work(body))
  let started = pthread_create(
    &thread, &attributes,
    { pointer in
      if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
      return nil
    }, work.toOpaque())
  check(started == 0, "a thread can be had")
  pthread_join(thread, nil)
  pthread_attr_destroy(&attributes)
}

private final class Work {
  let body: () -> Void
  init(_ body: @escaping () -> Void) { self.body = body }
}

/// Three documents with "--" on a line between them, as sealed records; and the whole input as a record that is not.
func playRecord(_ input: [UInt8]) {
  if let (header, size) = RecordHeader.parse(input) {
    check(size <= RecordHeader.longest && header.format > 0 && header.revision < 1 << 62, "a header is within bounds")
  }
  _ = SessionRecord.decode(input)
  _ = AccountRecord.decode(input)
  let documents = input.parts(between: "--").prefix(3).map { sealed($0) }
  checkRecords(documents.compactMap { decoded($0) as SessionRecord? }, \.normal)
  checkRecords(documents.compactMap { decoded($0) as AccountRecord? }, \.normal)
}

private func sealed(_ document: [UInt8]) -> [UInt8] {
  let line = "\(RecordHeader.magic) \(RecordHeader.format) 5 \(document.count) "
  return Array((line + Hash.sha256(Array(line.utf8) + document) + "\n").utf8) + document
}

private func decoded<Record: Recordable>(_ bytes: [UInt8]) -> Record? {
  guard case .value(let read) = Record.decode(bytes) else { return nil }
  check(read.revision == 5, "a record has the revision that it was sealed with")
  return read.value
}

private func checkRecords<Record: Recordable>(_ records: [Record], _ normal: (Record) -> Record) {
  for one in records {
    check(decoded(one.encoded(revision: 5)) == one, "a record is read back as it was")
    check(normal(one.joined(one)) == normal(one), "a record joined with itself is itself")
    for other in records {
      let both = one.joined(other)
      check(normal(both) == normal(other.joined(one)), "it does not matter who joins whom")
      check(normal(both.joined(other)) == normal(both), "joining twice is joining once")
      for third in records {
        check(
          normal(both.joined(third)) == normal(one.joined(other.joined(third))),
          "it does not matter who is joined first")
      }
    }
  }
}

extension SessionRecord {
  /// The order in which cookies came to be known does not count.
  fileprivate var normal: SessionRecord {
    var record = self
    if let cookies = secret?.cookies { record.secret?.cookies = CookieSet(cookies.meaning) }
    return record
  }
}

extension AccountRecord {
  /// Nor that in which tokens were obtained.
  fileprivate var normal: AccountRecord {
    var record = self
    record.ledger.sort { ($0.obtainedAt, $0.fingerprint) < ($1.obtainedAt, $1.fingerprint) }
    return record
  }
}
