// JSONValueTests.swift - JSON as servers write it and as records keep it.

import FoundationEssentials
import TestSupport
import Testing

@testable import DamCore

@Suite("JSONValue")
struct JSONValueTests {
  private func parse(_ text: String) -> JSONValue? { JSONValue.parse(Array(text.utf8)) }

  @Test("every kind of value is read as what it is")
  func kinds() {
    #expect(
      parse(#" {"a":null,"b":true,"c":[1,-2.5,"x"],"d":{},"e":[],"f":"1"} "#)
        == .object([
          "a": .null, "b": .bool(true), "c": .array([.integer(1), .number(-2.5), .string("x")]), "d": .object([:]),
          "e": .array([]), "f": .string("1"),
        ]))
    #expect(parse("0") == .integer(0))
    #expect(parse("1") == .integer(1))
    #expect(parse("false") == .bool(false))
  }

  @Test(
    "what is no JSON is nothing",
    arguments: ["", " ", "{", "{]", #"{"a":}"#, #"{"a" 1}"#, "<html>", "{'a':1}", "nul", "01", "{}{}", "\u{0}"])
  func refuses(text: String) { #expect(parse(text) == nil) }

  @Test("bytes that are no UTF-8 are nothing, and no trap")
  func badUTF8() { #expect(JSONValue.parse([0x22, 0xFF, 0xFE, 0x22]) == nil) }

  @Test("a response of brackets alone does not exhaust the stack")
  func depth() {
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
      func nested(_ depth: Int) -> String {
        String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
      }
      #expect(parse(nested(32)) != nil)
      #expect(parse(nested(33)) == nil)
      #expect(parse(nested(100_000)) == nil)
      #expect(parse(String(repeating: open, count: 100_000)) == nil)
    }
  }

  @Test(
    "deep documents in wider characters do not slip past the count",
    arguments: ["utf-16le", "utf-16be", "utf-32le", "utf-32be"], [true, false])
  func wideDepth(encoding: String, hasMark: Bool) {
    // A character with the byte of a quotation mark in it hides what follows from whoever counts bytes.
    let text = "[\"\u{122}\"," + String(repeating: "[", count: 400) + String(repeating: "]", count: 401)
    for document in [text, "[1]"] {
      let bytes = (hasMark ? "\u{FEFF}" + document : document).unicodeScalars.flatMap { scalar -> [UInt8] in
        let (low, high) = (UInt8(truncatingIfNeeded: scalar.value), UInt8(truncatingIfNeeded: scalar.value >> 8))
        switch encoding {
        case "utf-16le": return [low, high]
        case "utf-16be": return [high, low]
        case "utf-32le": return [low, high, 0, 0]
        default: return [0, 0, high, low]
        }
      }
      #expect(JSONValue.parse(bytes) == nil)
    }
  }

  @Test("a byte order mark and NUL bytes are no JSON, wherever they stand")
  func marks() {
    for text in ["\u{FEFF}[1]", "\u{0}[1]", "[1]\u{0}", "[\u{0}1]", #"{"a":"\#u{0}"}"#] { #expect(parse(text) == nil) }
    #expect(JSONValue.parse([0xEF, 0xBB, 0xBF] + Array("[1]".utf8)) == nil)
    #expect(JSONValue.parse([0xFF, 0xFE] + Array("[1]".utf8)) == nil)
    #expect(parse(#"{"a":"\u0000"}"#) == .object(["a": .string("\u{0}")]), "an escaped one is text")
  }

  @Test(
    "numbers count whether they come as numbers or as strings",
    arguments: [
      ("1800", 1800), (#""1800""#, 1800), ("-3", -3), ("28800.000000", 28_800), (#""1.5""#, nil), (#""""#, nil),
      ("true", nil), ("null", nil), ("[1]", nil), ("1e300", nil), ("9223372036854775807", .max),
    ] as [(String, Int64?)])
  func integers(text: String, expected: Int64?) throws { #expect(try #require(parse(text)).integer == expected) }

  @Test(
    "truth is written in many ways",
    arguments: [
      ("true", true), ("false", false), (#""t""#, true), (#""f""#, false), ("1", true), ("0", false), (#""1""#, true),
      (#""0""#, false), (#""TRUE""#, true), (#""yes""#, true), (#""""#, false), ("null", nil), ("[]", nil), ("{}", nil),
    ] as [(String, Bool?)])
  func truth(text: String, expected: Bool?) throws { #expect(try #require(parse(text)).truth == expected) }

  @Test(
    "text may have come as a number",
    arguments: [(#""a""#, "a"), ("7", "7"), ("1.5", "1.5"), ("true", nil), ("null", nil), ("[]", nil)]
      as [(String, String?)])
  func texts(text: String, expected: String?) throws { #expect(try #require(parse(text)).text == expected) }

  @Test("members and elements of something else are absent")
  func access() {
    #expect(JSONValue.array([])["a"] == nil)
    #expect(JSONValue.object(["a": .null])["b"] == nil)
    #expect(JSONValue.object(["a": .null])["a"] == .null)
    #expect(JSONValue.object([:]).array == nil)
    #expect(JSONValue.array([.null]).array == [.null])
  }

  @Test("equal values are equal bytes, slashes stay as they are, and reading gives the value back")
  func writing() {
    let value = JSONValue.object([
      "b": .array([.integer(1), .number(1.5), .null]), "a": .string("x/\u{1}\"ü"), "c": .bool(false),
    ])
    #expect(String(decoding: value.encoded(), as: UTF8.self) == #"{"a":"x/\u0001\"ü","b":[1,1.5,null],"c":false}"#)
    #expect(JSONValue.parse(value.encoded()) == value)
  }

  /// The same value for Foundation's encoder.
  private struct Encoded: Encodable {
    let value: JSONValue

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch value {
      case .null: try container.encodeNil()
      case .bool(let value): try container.encode(value)
      case .integer(let value): try container.encode(value)
      case .number(let value): try container.encode(value)
      case .string(let value): try container.encode(value)
      case .array(let values): try container.encode(values.map { Encoded(value: $0) })
      case .object(let members): try container.encode(members.mapValues { Encoded(value: $0) })
      }
    }
  }

  @Test(
    "what is written is what Foundation writes, byte for byte",
    arguments: [
      .null, .bool(true), .bool(false), .array([]), .object([:]), .string(""), .array([.array([]), .object([:])]),
      .integer(0), .integer(.min), .integer(.max), .number(1), .number(-0.0), .number(0.1), .number(1e100),
      .number(.leastNonzeroMagnitude), .number(-1.5e-7), .number(123_456_789_012_345_683_968),
      .string(String(String.UnicodeScalarView((0..<0x100).compactMap { Unicode.Scalar($0) }))),
      .string("/\u{2028}\u{2029}\u{FEFF}e\u{301}\u{1F600}\u{10FFFF}"),
      .object(["": .null, "a": .integer(1), "B": .integer(2), "é": .null, "a\"": .array([.object(["b": .null])])]),
      .object(["10": .null, "9": .null, "a10": .null, "a9": .null, "A": .null, "_": .null, "\u{1}": .null]),
    ] as [JSONValue])
  func asFoundation(value: JSONValue) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let expected = String(decoding: try encoder.encode(Encoded(value: value)), as: UTF8.self)
    #expect(String(decoding: value.encoded(), as: UTF8.self) == expected)
  }

  @Test("a number that JSON cannot hold is not written, and no trap")
  func infinity() { #expect(JSONValue.number(.infinity).encoded().isEmpty) }
}
