// ImageHandleTests.swift - image IDs that know their device token.

import TestSupport
import Testing

@testable import DamCore

@Suite("ImageHandle")
struct ImageHandleTests {
  private static let token = Secret("device-token-1")

  @Test(
    "a handle's text gives the handle back",
    arguments: ["1", "12/34+56=", "Ünïcödé ключ 🖼", "a.b.c", "???~~~", String(repeating: "x", count: 4096)])
  func roundTrip(id: String) throws {
    for generation: UInt64 in [0, 1, .max] {
      let handle = try ImageHandle(id: id, generation: generation, boundTo: Self.token)
      let back = try ImageHandle(text: handle.text)
      #expect(back == handle)
      #expect(back.id == id)
      #expect(handle.text.utf8.allSatisfy { ASCII.isLetterOrDigit($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x5F })
    }
  }

  @Test("a handle shows nothing of its token")
  func noSecret() throws {
    let text = try ImageHandle(id: "1", generation: 1, boundTo: Self.token).text
    #expect(!text.contains("device-token"))
    #expect(text.split(separator: ".").count == 5)
  }

  @Test(
    "an ID that is none is refused", arguments: ["", "a\nb", "a\u{0}", "\u{7F}", String(repeating: "x", count: 4097)])
  func badID(id: String) {
    let failure = #expect(throws: Failure.self) { try ImageHandle(id: id, generation: 1, boundTo: Self.token) }
    #expect(failure?.cause == .argument)
  }

  @Test(
    "an ID that is none is refused in a handle of somebody else's making too: its check is no secret",
    arguments: ["", "YQpi", "YQA", "fw"])
  func badIDInHandle(encoded: String) {
    let parts = "dami1.1.0123456789ab.\(encoded)"
    let text = parts + "." + Hash.sha256(Array(parts.utf8)).prefix(8)
    #expect(#expect(throws: Failure.self) { try ImageHandle(text: text) }?.cause == .argument)
  }

  @Test("damage at any byte is found, whatever it is replaced by")
  func damage() throws {
    let text = Array(try ImageHandle(id: "12/34", generation: 7, boundTo: Self.token).text.utf8)
    for index in text.indices {
      for byte: UInt8 in [0x2E, 0x30, 0x31, 0x41, 0x61, 0x66, 0x2D, 0x20, 0x00, text[index] ^ 1, text[index] ^ 0x20]
      where byte != text[index] {
        var damaged = text
        damaged[index] = byte
        #expect(throws: Failure.self, "byte \(index) = \(byte)") {
          try ImageHandle(text: String(decoding: damaged, as: UTF8.self))
        }
      }
      #expect(throws: Failure.self) { try ImageHandle(text: String(decoding: text[..<index], as: UTF8.self)) }
      #expect(throws: Failure.self) {
        try ImageHandle(text: String(decoding: text[index...].dropFirst(), as: UTF8.self))
      }
    }
    #expect(throws: Failure.self) { try ImageHandle(text: String(decoding: text, as: UTF8.self) + "0") }
  }

  @Test(
    "other texts are no handles",
    arguments: ["", ".", "....", "dami1", "dami1....", "dami2.1.a.b.c", "1234", String(repeating: ".", count: 9000)])
  func foreign(text: String) {
    let failure = #expect(throws: Failure.self) { try ImageHandle(text: text) }
    #expect(failure?.cause == .argument)
  }

  @Test("a handle serves its own token alone")
  func stale() throws {
    let handle = try ImageHandle(id: "1", generation: 7, boundTo: Self.token)
    #expect(throws: Never.self) { try handle.require(Self.token) }
    for other in [Secret("device-token-2"), nil] {
      #expect(#expect(throws: Failure.self) { try handle.require(other) }?.cause == .handleStale)
    }
  }
}
