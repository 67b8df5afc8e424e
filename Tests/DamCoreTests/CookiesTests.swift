// CookiesTests.swift - the rotated cookies of a session: what is read from the wire, and the order rule.

import TestSupport
import Testing

@testable import DamCore

@Suite("Cookies: what a Set-Cookie line says")
struct SetCookieTests {
  private func read(_ line: String, now: Int64 = 1_000_000) -> SetCookie? { SetCookie(Array(line.utf8)[...], now: now) }

  @Test(
    "a line is a name and a value, whatever attributes follow",
    arguments: [
      ("a=b", "a", "b"), ("  a \t=\t b  ; path=/", "a", "b"), ("a=b; Secure; HttpOnly", "a", "b"),
      // Opaque: neither decoded nor stripped of quotes; only the first "=" parts name and value.
      ("a=x%3D%3D", "a", "x%3D%3D"), ("a=x==", "a", "x=="), (#"a="q""#, "a", #""q""#), ("a=b,c", "a", "b,c"),
      ("!#$%&'*+-.^_`|~=v", "!#$%&'*+-.^_`|~", "v"), ("a=b;", "a", "b"), ("a=b; =; ;;", "a", "b"),
    ])
  func reads(line: String, name: String, value: String) throws {
    let cookie = try #require(read(line))
    #expect(cookie.name == name)
    #expect(cookie.value?.revealText() == value)
  }

  @Test(
    "a line without a usable name or value is passed over",
    arguments: [
      "", ";", "a", "a; b=c", "=b", " =b", "a b=c", "a\u{7F}=c", "ä=c", String(repeating: "n", count: 257) + "=v",
    ])
  func refuses(line: String) { #expect(read(line) == nil) }

  @Test(
    "a value that no request could carry is told from a deletion",
    arguments: ["a=b c", "a=\u{1}", "a=ü", "a=b\u{0}c", "n=" + String(repeating: "v", count: 8193)])
  func unusable(line: String) {
    #expect(read(line)?.isUnusable == true)
    #expect(read(line + "; Max-Age=0")?.isUnusable == false)
    #expect(read(line)?.value == nil)
  }

  @Test("the longest name and the longest value are still taken")
  func longest() throws {
    let name = String(repeating: "n", count: 256)
    let value = String(repeating: "v", count: 8192)
    let cookie = try #require(read("\(name)=\(value)"))
    #expect(cookie.name == name)
    #expect(cookie.value?.count == 8192)
  }

  @Test(
    "Max-Age decides over Expires, and what cannot be read does not delete",
    arguments: [
      ("", false), ("; Max-Age=0", true), ("; Max-Age=-5", true), ("; max-age = 1", false), ("; Max-Age=soon", false),
      ("; expires=Thu, 01-Jan-1970 00:00:01 GMT", true), ("; EXPIRES=Thu, 01 Jan 1970 00:00:01 GMT", true),
      ("; expires=Fri, 31 Dec 9999 23:59:59 GMT", false), ("; expires=yesterday", false),
      ("; Max-Age=60; expires=Thu, 01-Jan-1970 00:00:01 GMT", false),
      ("; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=60", false),
      ("; expires=Fri, 31 Dec 9999 23:59:59 GMT; Max-Age=0", true),
      // An unreadable Max-Age leaves the word to Expires.
      ("; Max-Age=soon; expires=Thu, 01-Jan-1970 00:00:01 GMT", true),
      ("; notexpires=Thu, 01-Jan-1970 00:00:01 GMT", false), ("; xmax-age=0", false),
    ])
  func expiry(attributes: String, isDeletion: Bool) throws {
    let cookie = try #require(read("a=b" + attributes))
    #expect((cookie.value == nil) == isDeletion)
  }

  @Test("a cookie expires in the second of its date, not before")
  func expiryIsToTheSecond() throws {
    let line = "a=b; expires=Thu, 01 Jan 1970 00:01:40 GMT"
    #expect(try #require(read(line, now: 99)).value != nil)
    #expect(try #require(read(line, now: 100)).value == nil)
  }

  @Test("an empty value deletes")
  func emptyValue() throws { #expect(try #require(read("a=; path=/")).value == nil) }
}

@Suite("Cookies: the order rule")
struct CookieSetTests {
  private func adopt(_ set: inout CookieSet, _ stamp: UInt64, _ lines: String...) -> CookieSet.Adoption {
    set.adopt(HeaderBlock(lines.map { "Set-Cookie: \($0)" }), stamp: stamp, now: 1_000_000)
  }

  private static let deleted = "expires=Thu, 01-Jan-1970 00:00:01 GMT"

  @Test("a login's response as it was recorded: the deletion comes first and the live cookie stays")
  func wire() {
    var set = CookieSet()
    let adoption = adopt(
      &set, 1, "SSphotoshelter_com_mem=deleted; \(Self.deleted); path=/; domain=.photoshelter.com",
      "SSphotoshelter_com_mem=QUJD%2BRA%3D%3D%3AeHl6; path=/; domain=.photoshelter.com",
      "acs=0123456789abcdef01234567; path=/; domain=photoshelter.com")
    #expect(adoption == CookieSet.Adoption(adopted: 2, late: 0))
    #expect(
      set.header?.revealText() == "SSphotoshelter_com_mem=QUJD%2BRA%3D%3D%3AeHl6; acs=0123456789abcdef01234567")
  }

  @Test("for the system's own there is always room; what cannot be kept of them is said")
  func own() {
    var set = CookieSet()
    let junk = (0..<200).map { "Set-Cookie: junk\($0)=x" }
    let first = set.adopt(HeaderBlock(junk + ["Set-Cookie: own=1"]), stamp: 1, now: 0, own: ["own"])
    #expect(set.value("own") == Secret("1"))
    #expect(set.all.count == CookieSet.most + 1)
    #expect(first.lost == nil)
    for value in [String(repeating: "x", count: 8193), "a b", "\u{1}"] {
      let next = set.adopt(HeaderBlock(["Set-Cookie: own=\(value)"]), stamp: 2, now: 0, own: ["own"])
      #expect(next == CookieSet.Adoption(adopted: 0, late: 0, lost: "own"))
      #expect(set.value("own") == Secret("1"))
      #expect(set.adopt(HeaderBlock(["Set-Cookie: junk1=\(value)"]), stamp: 2, now: 0).lost == nil)
    }
    // A deletion is no loss, whatever value it has.
    let deletion = ["Set-Cookie: own=a b; Max-Age=0"]
    #expect(set.adopt(HeaderBlock(deletion), stamp: 3, now: 0, own: ["own"]).lost == nil)
    #expect(set.value("own") == nil)
  }

  @Test("a live cookie followed by its deletion is gone")
  func orderWithinAnAnswer() {
    var set = CookieSet()
    _ = adopt(&set, 1, "a=1", "a=x; \(Self.deleted)")
    #expect(set.header == nil)
  }

  @Test("header names count in any case, and other headers are not cookies")
  func headerNames() {
    var set = CookieSet()
    let block = HeaderBlock(["set-cookie: a=1", "SET-COOKIE: b=2", "Set-Cookie2: c=3", "X-Set-Cookie: d=4"])
    _ = set.adopt(block, stamp: 1, now: 0)
    #expect(set.header?.revealText() == "a=1; b=2")
  }

  @Test("a cookie of an earlier-sent request never replaces one of a later-sent request", arguments: [false, true])
  func sendingOrderDecides(isReversed: Bool) {
    var set = CookieSet()
    _ = adopt(&set, 1, "a=login")
    var late: UInt64 = 0
    for stamp: UInt64 in isReversed ? [30, 20] : [20, 30] { late += adopt(&set, stamp, "a=v\(stamp)").late }
    #expect(set.value("a")?.revealText() == "v30")
    #expect(late == (isReversed ? 1 : 0))
  }

  @Test("a late deletion does not take a newer cookie away, and a late cookie does not undo a newer deletion")
  func deletionsHaveStampsToo() {
    var set = CookieSet()
    _ = adopt(&set, 10, "a=1", "b=1")
    _ = adopt(&set, 30, "a=2", "b=x; Max-Age=0")
    let adoption = adopt(&set, 20, "a=x; Max-Age=0", "b=2")
    #expect(adoption == CookieSet.Adoption(adopted: 0, late: 2))
    #expect(set.header?.revealText() == "a=2")
  }

  @Test("the same value again is no news, but counts as seen later")
  func sameValue() {
    var set = CookieSet()
    _ = adopt(&set, 10, "a=1")
    #expect(adopt(&set, 30, "a=1") == CookieSet.Adoption())
    #expect(adopt(&set, 20, "a=2").late == 1)
    #expect(set.value("a")?.revealText() == "1")
    #expect(set.stamp == 30)
  }

  @Test("a stamp does not go back when an old response repeats the present value")
  func sameValueLate() {
    var set = CookieSet()
    _ = adopt(&set, 30, "a=1")
    _ = adopt(&set, 10, "a=1")
    #expect(adopt(&set, 20, "a=2").late == 1)
  }

  @Test("sixteen cookies are kept, more are not, and those that are kept still rotate")
  func cap() {
    var set = CookieSet()
    for index in 0..<20 { _ = adopt(&set, 1, "c\(index)=\(index)") }
    #expect(set.live.map(\.name) == (0..<16).map { "c\($0)" })
    #expect(adopt(&set, 2, "c15=new").adopted == 1)
    #expect(set.value("c15")?.revealText() == "new")
  }

  @Test("a response without cookies changes nothing")
  func nothing() {
    var set = CookieSet([Cookie("a", "1", 5)])
    #expect(set.adopt(HeaderBlock(["Content-Type: text/plain"]), stamp: 9, now: 0) == CookieSet.Adoption())
    #expect(set.all == [Cookie("a", "1", 5)])
  }

  @Test("names of cookies count in upper and lower case apart")
  func caseOfNames() {
    var set = CookieSet()
    _ = adopt(&set, 1, "a=1", "A=2")
    #expect(set.live.count == 2)
  }

  /// Few stamps and values, so that collisions are the rule; names may be missing.
  private static func random(_ source: inout Seeded) -> CookieSet {
    CookieSet(
      ["a", "b", "c"].shuffled(using: &source).prefix(.random(in: 0...3, using: &source)).map { name in
        Cookie(name, ["1", "2", "3", nil].randomElement(using: &source) ?? nil, .random(in: 1...4, using: &source))
      })
  }

  @Test("joining does not care about order, grouping or repetition")
  func joinLaws() throws {
    var source = Seeded(20_240_229)
    func join(_ left: CookieSet, _ right: CookieSet) -> CookieSet { left.joined(right) }
    for round in 0..<3000 {
      let (a, b, c) = (Self.random(&source), Self.random(&source), Self.random(&source))
      try #require(join(a, b).meaning == join(b, a).meaning, "round \(round): \(a) \(b)")
      try #require(join(join(a, b), c).meaning == join(a, join(b, c)).meaning, "round \(round): \(a) \(b) \(c)")
      try #require(join(a, a).meaning == a.meaning, "round \(round): \(a)")
      try #require(join(join(a, b), b).meaning == join(a, b).meaning, "round \(round): \(a) \(b)")
    }
  }
}
