// OptionValuesTests.swift - options as they were set, and what of them may be written down.

import TestSupport
import Testing

@testable import DamCore

@Suite("OptionValues")
struct OptionValuesTests {
  @Test("what is not set has its default; nil puts the default back")
  func defaults() throws {
    var values = OptionValues()
    #expect(values.text("timeout") == "0")
    try values.set("timeout", "5")
    #expect(values[EngineOptions().timeout] == 5)
    try values.set("timeout", nil)
    #expect(!values.isSet("timeout"))
    #expect(values[EngineOptions().timeout] == 0)
    #expect(values.text("user") == "")
  }

  @Test("a secret is given out as a secret only")
  func secrets() throws {
    var values = OptionValues()
    try values.set("password", Sample.password)
    #expect(values.text("password") == "")
    #expect(values.secret("password") == Secret(Sample.password))
    #expect(!"\(values)".contains(Sample.password))
    try values.set("password", nil)
    #expect(values.secret("password") == nil)
  }

  @Test("no refusal repeats the value: it may have been meant for another option")
  func valuesAreNotRepeated() {
    for option in knownSystems.vocabulary.options {
      var values = OptionValues()
      let failure = #expect(throws: Failure.self) { try values.set(option.name, "hunter2hunter2\n") }
      #expect(failure?.message.contains("hunter2") == false)
    }
  }

  @Test(
    "sizes may have a unit",
    arguments: [
      ("1", 1), ("64M", 64 << 20), ("64m", 64 << 20), ("1k", 1024), ("2G", 2 << 30), ("9223372036854775807", .max),
      ("0", nil), ("", nil), ("M", nil), ("-1", nil), ("1T", nil), ("1 M", nil), ("9223372036854775807K", nil),
      ("9223372036854775808", nil),
    ] as [(String, Int64?)])
  func bytes(text: String, expected: Int64?) {
    let option = TypedOption<Int64>.bytes("limit", default: "1", "A limit.")
    #expect((try? option.row.parse(text)) as? Int64 == expected)
  }

  @Test("words are parted by commas; spaces and empty ones do not count")
  func words() throws {
    let option = TypedOption<[String]>.words("names", default: "", "Names.")
    #expect(try option.row.parse(" A , B,,C ") as? [String] == ["A", "B", "C"])
  }

  @Test("what is remembered comes back, without a password or an encryption secret")
  func remembering() throws {
    var values = try Sample.values(Sample.fotoWebOptions, ["api-key": Sample.apiKey, "timeout": "7"])
    #expect(
      values.remembered
        == .object([
          "system": .string("fotoweb"), "url": .string("https://archive.example"), "user": .string("kim"),
          "api-key": .string(Sample.apiKey), "timeout": .string("7"),
        ]))
    var back = OptionValues()
    try back.recall(values.remembered)
    for name in ["password", "encryption-secret"] { try values.set(name, nil) }
    #expect(back.remembered == values.remembered)
    #expect(back.secret("api-key") == Secret(Sample.apiKey))
    #expect(back.secret("password") == nil)
  }

  @Test("a default is not remembered: it may change with a release")
  func defaultsAreNotRemembered() { #expect(OptionValues().remembered == .object([:])) }

  @Test("recalling adds to what is set")
  func recalling() throws {
    var values = OptionValues()
    try values.set("user", "kim")
    try values.recall(.object(["timeout": .string("7")]))
    #expect(values[EngineOptions().timeout] == 7)
    #expect(values.text("user") == "kim")
  }

  @Test(
    "a file that says nonsense changes nothing, not even by its good part",
    arguments: [
      .null, .array([]), .string("x"), .object(["alpha": .string("x")]), .object(["password": .string("x")]),
      .object(["encryption-secret": .string("x")]), .object(["user": .string("eva"), "zeta": .string("x")]),
      .object(["api-key": .string("x"), "timeout": .string("soon")]), .object(["user": .null]),
      .object(["timeout": .integer(7)]),
      .object(["user": .array([.string("eva")])]), .object(["allow-loopback-http": .bool(true)]),
    ] as [JSONValue])
  func nonsense(json: JSONValue) throws {
    var values = OptionValues()
    try values.set("user", "kim")
    let failure = #expect(throws: Failure.self) { try values.recall(json) }
    #expect(failure?.cause == .option)
    #expect(values.remembered == .object(["user": .string("kim")]))
  }
}
