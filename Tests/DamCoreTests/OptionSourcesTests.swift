// OptionSourcesTests.swift - the environment is about one account: what it says never reaches another one.

import FotoWeb
import PhotoShelter
import TestSupport
import Testing

@testable import DamCore

@Suite("Option sources")
struct OptionSourcesTests {
  private static let desk = ["system": "photoshelter", "user": "ada", "password": "hunter2", "api-key": "k"]
  private static let web = [
    "system": "fotoweb", "url": "https://web.example", "user": "kim", "password": "hunter3",
    "encryption-secret": "hunter4", "organization": "7", "password-command": "pass show web",
  ]
  private static let usual = "https://www.photoshelter.com"

  private func values(
    remembered: [String: String] = [:], environment: [String: String] = [:], program: [String: String] = [:]
  ) throws -> OptionValues {
    var values = OptionValues()
    for (name, value) in program { try values.set(name, value) }
    for (name, value) in environment { try values.set(name, value, by: .environment) }
    for (name, value) in remembered { try values.set(name, value, by: .remembered) }
    return values
  }

  @Test("the program goes before the environment, and that before what is remembered, in whatever order they are set")
  func order() throws {
    var values = try values(remembered: ["timeout": "1"], environment: ["timeout": "2"], program: ["timeout": "3"])
    #expect(values.text("timeout") == "3" && values.source("timeout") == .program)
    values.leaveOut("timeout", by: .program)
    #expect(values.text("timeout") == "2" && values.source("timeout") == .environment)
    values.leaveOut("timeout", by: .environment)
    #expect(values.text("timeout") == "1" && values.source("timeout") == .remembered)
    try values.set("timeout", "4", by: .environment)
    try values.set("timeout", nil)
    #expect(values.text("timeout") == "0" && values.source("timeout") == nil)
  }

  @Test("an environment that names no account counts for every one")
  func free() throws {
    let values = try values(
      remembered: ["system": "fotoweb", "url": "https://web.example", "user": "kim"],
      environment: ["password": "hunter2"]
    ).settled
    #expect(values.secret("password") == Secret("hunter2") && values.leftOut.isEmpty)
  }

  @Test("the environment's account counts where the program and the remembered options name the same one")
  func same() throws {
    for (place, other) in [("https://web.example", "kim"), ("https://WEB.example:443/", "kim")] {
      let values = try values(
        remembered: ["url": place, "user": other], environment: Self.web, program: ["system": "fotoweb", "user": "kim"])
      try values.checkSources()
      #expect(values.settled.secret("password") == Secret("hunter3") && values.settled.leftOut.isEmpty)
    }
  }

  /// What the program sets, and which options of `web` are left then.
  @Test(
    "what the program names otherwise takes away what lies below it",
    arguments: [
      (["system": "photoshelter"], ["system"]), (["url": "https://other.example"], ["system", "url"]),
      (["user": "bob"], ["system", "url", "user", "encryption-secret"]),
      (["system": "photoshelter", "user": "kim", "url": "https://web.example"], ["system"]),
    ] as [([String: String], [String])])
  func otherwise(program: [String: String], left: [String]) throws {
    var environment = Self.web
    environment["connect-timeout"] = "7"
    environment["query-names"] = "username,password"
    environment["api-path"] = "/x/"
    let values = try values(environment: environment, program: program)
    try values.checkSources()
    let settled = values.settled
    #expect(settled.text("connect-timeout") == "7")
    for name in Self.web.keys {
      #expect(settled.isSet(name, by: .environment) == left.contains(name))
    }
    #expect(settled.isSet("query-names") == (program["system"] == nil))
    #expect(settled.isSet("api-path") == (program["url"] == nil && program["system"] == nil))
    #expect(settled.leftOut.contains("\"password\""))
    #expect(!settled.leftOut.contains("hunter") && !settled.leftOut.contains("kim"))
  }

  @Test(
    "what is remembered is about one account, too, and none of it reaches another",
    arguments: [
      (["system": "photoshelter"], [:], ["system"]), (["url": "https://other.example"], [:], ["system", "url"]),
      (["user": "bob"], [:], ["system", "url", "user", "encryption-secret"]),
      ([:], ["url": "https://other.example"], ["system", "url"]),
      (["url": "https://WEB.example:443/", "user": "kim"], ["user": "kim"], Array(web.keys)),
    ] as [([String: String], [String: String], [String])])
  func remembered(program: [String: String], environment: [String: String], left: [String]) throws {
    let remembered = Self.web.filter { $0.key != "password" && $0.key != "encryption-secret" }
    let settled = try values(
      remembered: remembered.merging(["timeout": "7"]) { $1 }, environment: environment, program: program
    ).settled
    #expect(settled.text("timeout") == "7")
    for name in remembered.keys { #expect(settled.isSet(name, by: .remembered) == left.contains(name)) }
    #expect(settled.leftOut.contains("\"password-command\"") == !left.contains("password-command"))
    #expect(!settled.leftOut.contains("pass show") && !settled.leftOut.contains("kim"))
  }

  @Test("a remembered key for the usual place does not reach another one")
  func usualKey() throws {
    for (url, counts) in [(Self.usual, true), ("https://web.example", false)] {
      let remembered = ["system": "photoshelter", "api-key": "k"]
      for source in [OptionSource.environment, .program] {
        var values = try values(remembered: remembered)
        try values.set("url", url, by: source)
        #expect(values.settled.isSet("api-key") == counts)
        #expect(values.settled.leftOut.contains(Self.usual) == !counts)
      }
    }
  }

  @Test("what is remembered, or set by the program, takes the place of what was left out")
  func instead() throws {
    let values = try values(
      remembered: ["api-key": "mine", "user": "bob"], environment: Self.desk,
      program: ["url": "https://other.example", "password": "own", "user": "bob"]
    ).settled
    #expect(values.secret("api-key") == Secret("mine") && values.secret("password") == Secret("own"))
    #expect(!values.leftOut.contains("mine") && values.remembered["api-key"] == .string("mine"))
  }

  @Test("a system that is the same for all has its account at its usual place, unless the environment says another")
  func usualPlace() throws {
    for (url, counts) in [(Self.usual, true), ("\(Self.usual):443/", true), ("https://web.example", false)] {
      #expect(try values(environment: Self.desk, program: ["url": url]).settled.isSet("password") == counts)
      #expect(try values(remembered: ["url": url], environment: Self.desk).settled.isSet("password") == counts)
    }
    let there = Self.desk.merging(["url": "https://web.example"]) { $1 }
    #expect(try values(environment: there, program: ["url": "https://web.example"]).settled.isSet("password"))
    #expect(try !values(environment: there, program: ["url": Self.usual]).settled.isSet("password"))
    let fotoweb = ["system": "fotoweb", "user": "kim", "password": "x"]  // each customer has a server of their own
    #expect(try values(environment: fotoweb, program: ["url": "https://web.example"]).settled.isSet("password"))
  }

  @Test("an environment that contradicts what is remembered is refused unless the program decides")
  func contradiction() throws {
    for (name, value) in ["system": "photoshelter", "url": "https://other.example", "user": "bob"] {
      let remembered = Self.web.filter { ["system", "url", "user"].contains($0.key) }
      let torn = try values(remembered: remembered, environment: [name: value])
      let failure = #expect(throws: Failure.self) { try Settings(torn, knownSystems) }
      #expect(failure?.cause == .option && failure?.message.contains("DAMSESSION_\(name.uppercased())") == true)
      #expect(failure?.message.contains(value) == false)
      let decided = try values(
        remembered: remembered, environment: [name: value, "password": "hunter2"], program: [name: Self.web[name] ?? ""]
      )
      #expect(try !Settings(decided, knownSystems).leftOut.isEmpty)
    }
  }

  @Test("what is missing then says what was left out and why")
  func said() throws {
    let torn = try values(environment: Self.desk, program: ["system": "fotoweb", "url": "https://web.example"])
    let failure = #expect(throws: Failure.self) { try Settings(torn, knownSystems) }
    #expect(failure?.message.contains("\"user\" is missing") == true)
    #expect(failure?.message.contains("DAMSESSION_SYSTEM") == true)
  }
}
