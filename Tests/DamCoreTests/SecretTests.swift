// SecretTests.swift - bytes that do not show themselves.

import TestSupport
import Testing

@testable import DamCore

@Suite("Secret")
struct SecretTests {
  @Test("secrets are equal when their bytes are")
  func equality() {
    #expect(Secret("abc") == Secret(Array("abc".utf8)))
    #expect(Secret("") == Secret([UInt8]()))
    for other in ["abd", "Abc", "ab", "abcd", "", "bbc"] { #expect(Secret("abc") != Secret(other)) }
    #expect(Set([Secret("a"), Secret("a"), Secret("b")]).count == 2)
  }

  @Test("one bit anywhere makes another secret")
  func everyBit() {
    let bytes = [UInt8](repeating: 0x5A, count: 40)
    for index in bytes.indices {
      for bit in 0..<8 {
        var other = bytes
        other[index] ^= 1 << bit
        #expect(Secret(bytes) != Secret(other))
      }
    }
  }

  @Test("bytes come back as they went in, text that is no UTF-8 included")
  func revealing() {
    let bytes: [UInt8] = [0, 0xFF, 0xC3, 0x28, 0x41]
    #expect(Secret(bytes).reveal() == bytes)
    #expect(Secret("wörd").revealText() == "wörd")
    #expect(Secret(bytes).count == 5)
    #expect(Secret("").isEmpty)
    #expect(!Secret(" ").isEmpty)
  }

  @Test("printed, interpolated or dumped, a secret shows its fingerprint alone")
  func redaction() throws {
    let secret = Secret("correct horse battery staple")
    var dumped = ""
    dump(["key": secret], to: &dumped)
    var wire = WireRequest(method: "GET", origin: try #require(Origin("https://h")), target: "/")
    wire.secretHeaders = [("Cookie", secret)]
    wire.secretQuery = secret
    wire.body = .form(secret)
    for text in [
      "\(secret)", String(reflecting: secret), "\([secret])", "\(Optional(secret) as Any)", dumped, "\(wire)",
    ] {
      #expect(!text.contains("horse"))
    }
    #expect("\(secret)" == "secret:" + secret.fingerprint)
  }

  @Test("a fingerprint is the same in every process: records and handles hold it")
  func fingerprint() {
    // Computed apart from this library: HMAC-SHA256 with the key "damsession fingerprint 1", six bytes.
    #expect(Secret("token").fingerprint == "a6601498dfc5")
    #expect(Secret("").fingerprint == "736b3339179f")
    #expect(Secret("token").fingerprint != Secret("Token").fingerprint)
  }
}

@Suite("Hash")
struct HashTests {
  @Test("hex is lower case and keeps leading zeros")
  func hex() { #expect(Hex.text([0, 1, 0xAB, 0xFF]) == "0001abff") }

  @Test("the digest is the published one")
  func digest() {
    #expect(Hash.sha256(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("what is remembered of a password is scrypt, by its published vector, and depends on password and salt")
  func slow() {
    // RFC 7914, section 12: N 16384, r 8, p 1.
    #expect(Hash.slow(Secret("pleaseletmein"), salt: "SodiumChloride") == "7023bdcb3afd7348461c06cd81fd38eb")
    #expect(Hash.slow(Secret("pleaseletmein"), salt: "x") != "7023bdcb3afd7348461c06cd81fd38eb")
    #expect(Hash.slow(Secret("x"), salt: "SodiumChloride") != "7023bdcb3afd7348461c06cd81fd38eb")
  }
}
