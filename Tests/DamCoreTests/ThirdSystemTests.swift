// ThirdSystemTests.swift - the engine at work for a vendor that it has never heard of.

import TestSupport
import Testing

@testable import DamCore

@Suite("A third system")
struct ThirdSystemTests {
  private static let systems = Systems([Lightbox.self])

  private static func settings(_ changes: [String: String] = [:]) throws -> Settings {
    var values = OptionValues(systems.vocabulary)
    let base = ["system": "lightbox", "url": "https://light.example", "user": "0815", "password": "open sesame"]
    for (name, value) in base.merging(changes, uniquingKeysWith: { $1 }) { try values.set(name, value) }
    return try Settings(values, systems)
  }

  private static func pass(_ token: String, seconds: Int) -> WireResponse {
    WireResponse(201, [], #"{"pass":"\#(token)","seconds":\#(seconds)}"#)
  }

  private static func loggedIn() throws -> Play {
    let play = Play(try settings())
    play.response(pass("P1", seconds: 600))
    #expect(play.run(.ensure(again: false, saved: false)).summary == "ready 1")
    return play
  }

  @Test("its options are rows of the one table, with its name before their help; its words are in the common rows")
  func options() throws {
    #expect(try Self.systems.vocabulary.option("desk").help == "Lightbox: the desk that asks.")
    #expect(try Self.systems.vocabulary.option("system").kind.choices == ["lightbox"])
    #expect(try Self.systems.vocabulary.option("user").help == "Staff number (Lightbox).")
    #expect(try Self.systems.vocabulary.option("authentication").help == "Lightbox: pass (default).")
    var values = OptionValues(Self.systems.vocabulary)
    let failure = #expect(throws: Failure.self) { try values.set("over-status", "500") }
    #expect(failure?.message == "\"over-status\" takes a whole number from 400 to 499")
    #expect(throws: Failure.self) { try values.set("api-key", "of another vendor") }
  }

  @Test("it refuses settings in its own words, and an organization that it does not have in the engine's")
  func refusals() throws {
    let user = #expect(throws: Failure.self) { try Self.settings(["user": "kim"]) }
    #expect(user?.message == "\"user\" is a staff number: digits")
    let organization = #expect(throws: Failure.self) { try Self.settings(["organization": "O1"]) }
    #expect(organization?.message.contains("Lightbox has none") == true)
    let url = #expect(throws: Failure.self) { try Self.settings(["url": "http://light.example"]) }
    #expect(url?.cause == .insecure)
  }

  @Test("its login yields what its requests carry, and its status ends the session: one login, one replay")
  func requests() throws {
    let play = try Self.loggedIn()
    #expect(play.sent.first?.method == "PUT" && play.sent.first?.target == "/v7/doors/front")
    #expect(play.sent.first?.form == #"{"desk":"night","staff":"0815","word":"open sesame"}"#)
    play.clear()
    play.response(WireResponse(440), Self.pass("P2", seconds: 600), WireResponse(200))
    #expect(try play.request("frames").summary == "delivered 2, 1 replay")
    #expect(play.sent.map { $0.secretHeader("X-Pass") } == ["P1", nil, "P2"])
    #expect(play.state.statistics.logins == 2)
  }

  @Test("a token is not used beyond its life: it is replaced before a request is sent, here and in another process")
  func expiry() throws {
    let play = try Self.loggedIn()
    play.now += 599
    play.response(WireResponse(200))
    #expect(try play.request("frames").summary == "delivered 1")
    play.now += 1
    let sibling = play.sibling()
    for late in [play, sibling] {
      late.clear()
      if late === play { late.response(Self.pass("P2", seconds: 600)) } else { late.session = play.session }
      late.response(WireResponse(200))
      #expect(try late.request("frames").summary == "delivered 2")
      #expect(late.sent.last?.secretHeader("X-Pass") == "P2")
    }
    #expect(sibling.sent.count == 1)
  }

  @Test("a refused login is remembered; a logout is told to its server")
  func ends() throws {
    let refused = Play(try Self.settings())
    refused.response(WireResponse(403))
    #expect(refused.run(.ensure(again: false, saved: false)).failure?.cause == .credentialsRefused)
    #expect(refused.sibling().run(.ensure(again: false, saved: false)).failure?.cause == .credentialsRefused)
    let play = try Self.loggedIn()
    play.clear()
    play.response(WireResponse(204))
    #expect(play.run(.logout).summary == "logged out: server")
    #expect(play.sent.map(\.method) == ["DELETE"] && play.sent.first?.secretHeader("X-Pass") == "P1")
  }

  @Test("what is its own is kept from hosts and strangers")
  func manners() throws {
    let play = try Self.loggedIn()
    #expect(throws: Failure.self) { try Sample.request(play.settings, "doors/front") }
    let carried = "https://elsewhere.example/x?pass=anything"
    play.response(WireResponse(302, ["Location: \(carried)"]))
    #expect(try play.request("frames").failure?.cause == .insecure)
  }
}
