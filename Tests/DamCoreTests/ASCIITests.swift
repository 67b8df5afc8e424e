// ASCIITests.swift - bytes of HTTP syntax.

import TestSupport
import Testing

@testable import DamCore

@Suite("ASCII")
struct ASCIITests {
  @Test("only unreserved characters stay as they are when a text is percent-encoded")
  func percentEncoding() {
    for byte in UInt8.min ... .max {
      let encoded = String(decoding: ASCII.percentEncoded([byte]), as: UTF8.self)
      let text = String(decoding: [byte], as: UTF8.self)
      let isUnreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".contains(text)
      #expect(encoded == (isUnreserved ? text : "%" + hex(byte)))
    }
  }

  private func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }

  @Test(
    "percent-decoding undoes encoding, and leaves alone what is none",
    arguments: [
      ("abc", "abc"), ("%2e%2E", ".."), ("%C3%B6", "ö"), ("%", "%"), ("%2", "%2"), ("%2g", "%2g"), ("%%41", "%A"),
      ("%252e", "%2e"), ("a%2", "a%2"), ("", ""), ("+", "+"),
    ])
  func percentDecoding(text: String, expected: String) { #expect(ASCII.percentDecoded(text[...]) == expected) }

  @Test(
    "a form encodes names and values alike and joins them with &",
    arguments: [
      ([], ""), ([("a", "b")], "a=b"), ([("a", ""), ("", "b")], "a=&=b"),
      ([("e mail", "kim&co=1+1%"), ("p", "wörd")], "e%20mail=kim%26co%3D1%2B1%25&p=w%C3%B6rd"),
      ([("x", "\r\n\u{0}")], "x=%0D%0A%00"),
    ] as [([(String, String)], String)])
  func form(pairs: [(String, String)], expected: String) {
    #expect(ASCII.form(pairs.map { ($0.0, Secret($0.1)) }).revealText() == expected)
  }

  @Test("classes of characters end where ASCII says")
  func classes() {
    func all(_ belongs: (UInt8) -> Bool) -> String {
      String(decoding: (UInt8.min ... .max).filter(belongs), as: UTF8.self)
    }
    #expect(all(ASCII.isDigit) == "0123456789")
    #expect(all(ASCII.isLetter) == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    #expect(all(ASCII.isHex) == "0123456789ABCDEFabcdef")
    #expect(all(ASCII.isToken).filter { !$0.isLetter && !$0.isNumber } == "!#$%&'*+-.^_`|~")
    #expect(all(ASCII.isVisible).utf8.count == 94)
    #expect(!ASCII.isVisible(0x20) && !ASCII.isVisible(0x7F))
  }

  @Test("comparing without case knows ASCII letters only")
  func comparing() {
    #expect(ASCII.equalIgnoringCase("Set-Cookie".utf8, "sET-cOOKIE".utf8))
    // "[" and "{" differ by the bit that tells letters' cases apart.
    #expect(!ASCII.equalIgnoringCase("[".utf8, "{".utf8))
    #expect(!ASCII.equalIgnoringCase("a".utf8, "ab".utf8))
  }

  @Test("spaces, tabs and carriage returns at both ends are trimmed, those within stay")
  func trimming() {
    #expect(Array(ASCII.trimmed(Array(" \t a b\t\r".utf8)[...])) == Array("a b".utf8))
    #expect(ASCII.trimmed(Array(" \t\r ".utf8)[...]).isEmpty)
  }
}
