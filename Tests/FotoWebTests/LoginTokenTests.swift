// LoginTokenTests.swift - FotoWeb's login token against vectors that were computed apart from this library.

import TestSupport
import Testing

@testable import DamCore
@testable import FotoWeb

@Suite("LoginToken")
struct LoginTokenTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let start: Int64
    let end: Int64
    let user: String
    let secret: String
    var isForWidgets = false
    var isLegacy = false
    let token: String
    var testDescription: String { name }
  }

  static let vectors = [
    Vector(
      name: "V1", start: 1_577_836_800, end: 1_577_838_660, user: "user1", secret: "secret",
      token: "cz0yMDIwLTAxLTAxIDAwOjAwOjAwO2U9MjAyMC0wMS0wMSAwMDozMTowMDt3PWZhbHNlO3U9dXNlcjE7bT1hYTBESGFjamY0azRaS3hu"
        + "cmcxTDF3PT07"),
    Vector(
      name: "V2: for widgets", start: 1_577_836_800, end: 1_577_838_660, user: "user1", secret: "secret",
      isForWidgets: true,
      token: "cz0yMDIwLTAxLTAxIDAwOjAwOjAwO2U9MjAyMC0wMS0wMSAwMDozMTowMDt3PXRydWU7dT11c2VyMTttPStTU1FxRE5tc25uSHpUeGl1"
        + "d3BNUGc9PTs="),
    Vector(
      name: "V3: over a leap day, in UTF-8", start: 1_709_251_170, end: 1_709_253_030, user: "kåre.øst",
      secret: "nøkkel-ключ-ß",
      token: "cz0yMDI0LTAyLTI5IDIzOjU5OjMwO2U9MjAyNC0wMy0wMSAwMDozMDozMDt3PWZhbHNlO3U9a8OlcmUuw7hzdDttPVlOekdVNXlOSkhZ"
        + "ZVBvZDZYNjNOYkE9PTs="),
    Vector(
      name: "V3L: encoded twice", start: 1_709_251_170, end: 1_709_253_030, user: "kåre.øst", secret: "nøkkel-ключ-ß",
      isLegacy: true,
      token: "cz0yMDI0LTAyLTI5IDIzOjU5OjMwO2U9MjAyNC0wMy0wMSAwMDozMDozMDt3PWZhbHNlO3U9a8ODwqVyZS7Dg8K4c3Q7bT04Q3V4UHZF"
        + "Zks1dVdCOHF1T1ptQWt3PT07"),
    Vector(
      name: "V4: a secret with syntax in it", start: 1_709_251_170, end: 1_709_253_030, user: "a~b?c", secret: "s;e=x",
      token: "cz0yMDI0LTAyLTI5IDIzOjU5OjMwO2U9MjAyNC0wMy0wMSAwMDozMDozMDt3PWZhbHNlO3U9YX5iP2M7bT1GN1hpSDBrUjNFVnRhOFFR"
        + "YThBSDN3PT07"),
    Vector(
      name: "V5: + and / in the token", start: 1_709_251_170, end: 1_709_253_030, user: "~~~???", secret: "secret",
      token: "cz0yMDI0LTAyLTI5IDIzOjU5OjMwO2U9MjAyNC0wMy0wMSAwMDozMDozMDt3PWZhbHNlO3U9fn5+Pz8/O209dUtmL3BHSVRJcGwzRW43"
        + "a0c3Qk1qZz09Ow=="),
    Vector(
      name: "V6: a space and + in the signature", start: 1_709_251_170, end: 1_709_253_030, user: "user 1@example.com",
      secret: "a=b;c",
      token: "cz0yMDI0LTAyLTI5IDIzOjU5OjMwO2U9MjAyNC0wMy0wMSAwMDozMDozMDt3PWZhbHNlO3U9dXNlciAxQGV4YW1wbGUuY29tO209TW05"
        + "VmxCeXkrQU9xRW1tQ0xHallrdz09Ow=="),
    Vector(
      name: "V7: over New Year, no secret", start: 1_704_067_140, end: 1_704_069_000, user: #"DOMAIN\user"#, secret: "",
      isForWidgets: true,
      token: "cz0yMDIzLTEyLTMxIDIzOjU5OjAwO2U9MjAyNC0wMS0wMSAwMDozMDowMDt3PXRydWU7dT1ET01BSU5cdXNlcjttPUszYWhHSUVjUE9B"
        + "YXA2QUhmYkxsS2c9PTs="),
  ]

  @Test("a token is the vector's, byte for byte", arguments: vectors)
  func token(vector: Vector) {
    let token = LoginToken(
      user: vector.user, start: vector.start, end: vector.end, isForWidgets: vector.isForWidgets,
      encoding: vector.isLegacy ? .legacy : .utf8)
    #expect(token.signed(with: Secret(vector.secret)).revealText() == vector.token)
  }

  @Test("in a URL a token is percent-encoded: +, / and = mean something else there")
  func inURL() throws {
    let vector = try #require(Self.vectors.first { $0.name.hasPrefix("V5") })
    let query = ASCII.form([("lt", Secret(vector.token))]).revealText()
    #expect(query.hasPrefix("lt=cz0yMDI0"))
    #expect(query.hasSuffix("U9fn5%2BPz8%2FO209dUtmL3BHSVRJcGwzRW43a0c3Qk1qZz09Ow%3D%3D"))
  }

  @Test("the legacy encoding changes nothing for ASCII")
  func legacyASCII() {
    func make(_ encoding: LoginToken.Encoding) -> Secret {
      LoginToken(user: "user1", start: 0, end: 60, encoding: encoding).signed(with: Secret("secret"))
    }
    #expect(make(.legacy) == make(.utf8))
  }

  @Test(
    "a user name that could smuggle a field in is objected to",
    arguments: [
      ("user", false), ("user 1@example.com", false), (#"DOMAIN\user"#, false), ("kåre.øst", false), ("a=b", false),
      ("x;u=admin", true), (";", true), ("a\nb", true), ("a\rb", true), ("a\u{0}b", true), ("a\tb", true),
      ("a\u{7F}b", true),
      // A Greek question mark looks like a semicolon, and Swift's String even compares equal: its bytes do not.
      ("a\u{37E}b", false),
    ])
  func objections(user: String, isObjected: Bool) { #expect((LoginToken.objection(to: user) != nil) == isObjected) }
}
