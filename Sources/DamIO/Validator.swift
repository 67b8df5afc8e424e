// Validator.swift - which version of a file a response holds, and which part of it (RFC 9110, 8.8 and 14.4). Parts of
// two responses are put together only where both have the same strong validator. What is not written as the RFC has it
// is no validator, whether it comes from a response or from a note on disk: what passes here goes into a request's
// header.

internal import DamCore

/// What promises the same bytes: a strong ETag, or a date of last change.
struct Validator: Equatable, Sendable {
  let text: String
  private let isDate: Bool

  /// An entity tag ("..." without W/), or a date as HTTP writes them today.
  init?(_ text: String) {
    self.text = text
    let bytes = Array(text.utf8)
    isDate = bytes.first != 0x22
    let isTag =
      (2...1024).contains(bytes.count) && bytes.last == 0x22 && bytes.dropFirst().dropLast().allSatisfy(Validator.isTag)
    guard
      isDate ? bytes.count == 29 && bytes.allSatisfy(Validator.isText) && HTTPDate.seconds(bytes[...]) != nil : isTag
    else { return nil }
  }

  /// The one to keep; nil: nothing in this response promises the same bytes.
  init?(_ headers: HeaderBlock) {
    if let text = headers.only("etag"), let strong = Validator(text), !strong.isDate {
      self = strong
      return
    }
    // Two different ETags contradict each other, and a date does not settle which is right.
    guard headers.values("etag").count < 2, let text = headers.only("last-modified"), let date = Validator(text),
      date.isDate, let modified = HTTPDate.seconds(Array(text.utf8)[...]),
      let said = headers.only("date").flatMap({ HTTPDate.seconds(Array($0.utf8)[...]) }),
      said.minus(modified) >= Validator.doubt
    else { return nil }
    self = date
  }

  /// A date is a strong validator only if it is so many seconds older than the response: a file may change twice in a
  /// second, and clocks differ (RFC 9110, 8.8.2.2).
  private static let doubt: Int64 = 60

  /// Whether a 206 response is of this version. It need not repeat a Last-Modified date (RFC 9110, 15.3.7): then
  /// `elsewise` decides.
  func fits(_ headers: HeaderBlock, elsewise: Bool) -> Bool {
    guard headers.first(isDate ? "last-modified" : "etag") != nil else { return isDate && elsewise }
    return headers.only(isDate ? "last-modified" : "etag") == text
  }

  private static func isTag(_ byte: UInt8) -> Bool { ASCII.isVisible(byte) && byte != 0x22 }
  private static func isText(_ byte: UInt8) -> Bool { ASCII.isVisible(byte) || byte == 0x20 }
}

/// "bytes 100-199/200": the first byte (100), the one behind the last (200), and how many there are in all; nil: the
/// server does not say.
struct ContentRange: Equatable {
  let start: Int64
  let end: Int64
  let total: Int64?

  init?(_ headers: HeaderBlock) {
    guard let words = headers.only("content-range")?.split(separator: " "), words.count == 2,
      words.first?.lowercased() == "bytes", let parts = words.last?.split(separator: "/"), parts.count == 2,
      let places = parts.first?.split(separator: "-", omittingEmptySubsequences: false), places.count == 2,
      let first = places.first.flatMap({ ASCII.number($0.utf8) }),
      let last = places.last.flatMap({ ASCII.number($0.utf8) }), first <= last, last < .max
    else { return nil }
    let (behind, whole) = (last.plus(1), parts.last.flatMap { ASCII.number($0.utf8) })
    guard whole.map({ behind <= $0 }) ?? (parts.last == "*"),
      // Several parts in one response were not asked for, and a Content-Length that differs from the range makes no
      // sense.
      headers.only("content-type")?.lowercased().hasPrefix("multipart/") != true,
      headers.first("content-length") == nil || headers.length == behind.minus(first)
    else { return nil }
    (start, end, total) = (first, behind, whole)
  }
}

extension HeaderBlock {
  /// The length of the body; nil: there is none, or a nonsensical one. The same one sent twice counts as one (RFC 9110,
  /// 8.6).
  var length: Int64? {
    let found = values("content-length")
    guard let first = found.first, found.allSatisfy({ $0 == first }) else { return nil }
    return ASCII.number(first)
  }

  /// The value of a field that is there exactly once.
  fileprivate func only(_ name: String) -> String? {
    let found = values(name)
    return found.count == 1 ? found.first.map { String(decoding: $0, as: UTF8.self) } : nil
  }
}
