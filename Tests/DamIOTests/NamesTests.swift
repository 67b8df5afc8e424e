// NamesTests.swift - options remembered under names, as files of their owner alone.

import Glibc
import TestSupport
import Testing

@testable import DamCore
@testable import DamIO

@Suite("Names", .serialized)
struct NamesTests {
  /// The environment is the process's: it is set once, before anything here looks at it, and never again.
  private static let root: Scratch? = {
    guard let scratch = try? Scratch(), setenv("XDG_CONFIG_HOME", scratch.path, 1) == 0 else { return nil }
    // What is static is never let go: without this every run would leave a folder behind.
    atexit { NamesTests.root?.remove() }
    return scratch
  }()

  let root: Scratch

  init() throws {
    root = try #require(Self.root)
    for name in try Names.all() { try Names.remove(name) }
  }

  private func options(_ pairs: [String: String]) throws -> OptionValues {
    var values = OptionValues()
    for (name, value) in pairs { try values.set(name, value) }
    return values
  }

  @Test("what is saved under a name is loaded by it, passwords apart")
  func roundTrip() throws {
    try Names.save(
      "work",
      options(["system": "fotoweb", "user": "kim", "api-key": "k", "password": "hunter2", "encryption-secret": "e"]))
    var values = try options(["user": "eva", "timeout": "7"])
    try Names.load("work", into: &values)
    #expect(values.text("system") == "fotoweb")
    #expect(values.text("user") == "eva")  // what the program has set goes first
    #expect(values.text("timeout") == "7")
    #expect(values.secret("api-key") == Secret("k"))
    #expect(values.secret("password") == nil)
    let text = try #require(root.read("damsession/work.json"))
    #expect(text == #"{"api-key":"k","system":"fotoweb","user":"kim"}"# + "\n")
  }

  @Test("files are 0600 in a folder of 0700, replaced whole, and nothing is left beside them")
  func files() throws {
    try Names.save("work", options(["user": "kim"]))
    let first = root.inode("damsession/work.json")
    try Names.save("work", options(["user": "eva"]))
    #expect(root.mode("damsession") == S_IFDIR | 0o700)
    #expect(root.mode("damsession/work.json") == S_IFREG | 0o600)
    #expect(root.inode("damsession/work.json") != first)
    #expect(root.files == ["damsession"])
    #expect(try Names.all() == ["work"])
  }

  @Test("names are listed in order; what is no name is not")
  func listing() throws {
    for name in ["b", "a.b", "A", "kim@archive_1-2"] { try Names.save(name, OptionValues()) }
    try root.write("damsession/-x.json", "{}")
    try root.write("damsession/.hidden.json", "{}")
    try root.write("damsession/b.txt", "{}")
    defer { for name in ["-x.json", ".hidden.json", "b.txt"] { unlink(root.file("damsession/\(name)")) } }
    #expect(try Names.all() == ["A", "a.b", "b", "kim@archive_1-2"])
  }

  @Test("a name is removed once, and is unknown then")
  func removing() throws {
    try Names.save("work", OptionValues())
    try Names.remove("work")
    #expect(#expect(throws: Failure.self) { try Names.remove("work") }?.cause == .notFound)
    var values = OptionValues()
    let failure = #expect(throws: Failure.self) { try Names.load("work", into: &values) }
    #expect(failure?.cause == .notFound)
    #expect(failure?.message.contains("\"work\"") == true)
  }

  @Test(
    "a name that could leave the folder, or hide in it, is none",
    arguments: [
      "", ".", "..", "../x", "a/b", "/etc/passwd", ".hidden", "-rf", "a b", "a\n", "a\u{0}", "é", "\u{FF41}", "a\\b",
      String(repeating: "a", count: 65), "²",
    ])
  func badNames(name: String) throws {
    var values = OptionValues()
    let failures = [
      #expect(throws: Failure.self) { try Names.save(name, OptionValues()) },
      #expect(throws: Failure.self) { try Names.load(name, into: &values) },
      #expect(throws: Failure.self) { try Names.remove(name) },
    ]
    #expect(failures.allSatisfy { $0?.cause == .argument })
  }

  @Test("the longest name works")
  func longestName() throws {
    #expect(throws: Never.self) { try Names.save(String(repeating: "a", count: 64), OptionValues()) }
  }

  @Test(
    "a file that is not ours to understand is refused with its name, and changes nothing",
    arguments: [
      ("", "not JSON"), ("{", "not JSON"), ("[]", "JSON object"), (#"{"pasword":"x"}"#, "did you mean \"password\""),
      (#"{"password":"x"}"#, "never remembered"), (#"{"timeout":"soon"}"#, "\"timeout\""), (#"{"user":7}"#, "\"user\""),
      (#"{"system":"fotoweb","zz":"x"}"#, "no option"),
    ])
  func badFiles(text: String, reason: String) throws {
    try Names.save("work", OptionValues())
    try root.write("damsession/work.json", text)
    var values = OptionValues()
    let failure = #expect(throws: Failure.self) { try Names.load("work", into: &values) }
    #expect(failure?.cause == .option)
    #expect(failure?.message.contains("\"work\"") == true)
    #expect(failure?.message.contains(reason) == true)
    #expect(values.remembered == .object([:]))
  }

  @Test("a symbolic link is not followed, neither to read nor to write")
  func links() throws {
    try Names.save("other", options(["user": "kim"]))
    try root.write("victim.json", #"{"user":"eva"}"#)
    symlink(root.file("victim.json"), root.file("damsession/work.json"))
    var values = OptionValues()
    #expect(#expect(throws: Failure.self) { try Names.load("work", into: &values) }?.cause == .store)
    try Names.save("work", options(["user": "kim"]))
    #expect(root.read("victim.json") == #"{"user":"eva"}"#)
    #expect(root.mode("damsession/work.json") == S_IFREG | 0o600)
    unlink(root.file("victim.json"))
  }
}

/// Each of these runs in a process of its own, whose environment is its to change.
@Suite("Environment")
struct EnvironmentTests {
  @Test("variables set their options, and an empty one counts as absent")
  func variables() async {
    await #expect(processExitsWith: .success) {
      setenv("DAMSESSION_CONNECT_TIMEOUT", "7", 1)
      setenv("DAMSESSION_PASSWORD", "hunter2", 1)
      setenv("DAMSESSION_USER", "", 1)
      var values = OptionValues()
      try values.set("user", "kim")
      try EnvironmentOptions.load(into: &values)
      try #require(values.text("connect-timeout") == "7")
      try #require(values.secret("password") == Secret("hunter2"))
      try #require(values.text("user") == "kim")
    }
  }

  @Test("a variable with a bad value is named, without its value, and nothing is set by halves")
  func badVariables() async {
    await #expect(processExitsWith: .success) {
      setenv("DAMSESSION_API_KEY", "k", 1)
      for (name, value) in [
        ("DAMSESSION_TIMEOUT", "soonish"), ("DAMSESSION_URL", "soonish"), ("DAMSESSION_USER", "\u{1}soonish"),
      ] {
        setenv(name, value, 1)
        var values = OptionValues()
        let failure = #expect(throws: Failure.self) { try EnvironmentOptions.load(into: &values) }
        try #require(failure?.cause == .option)
        try #require(failure?.message.contains(name) == true)
        try #require(failure?.message.contains("soonish") == false)
        try #require(values.secret("api-key") == nil)
        unsetenv(name)
      }
      let bytes: [CChar] = [CChar(bitPattern: 0xFF), 0]
      setenv("DAMSESSION_USER", bytes, 1)
      var values = OptionValues()
      try #require(#expect(throws: Failure.self) { try EnvironmentOptions.load(into: &values) }?.cause == .option)
    }
  }

  @Test("a service's secrets come from its manager's folder, where nothing else gives them")
  func credentials() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      try scratch.write("password", "hunter2\r\n")
      try scratch.write("api-key", "from the file")
      try scratch.write("encryption-secret", "s\n")
      setenv("CREDENTIALS_DIRECTORY", scratch.path, 1)
      setenv("DAMSESSION_API_KEY", "from the environment", 1)
      var values = OptionValues()
      try EnvironmentOptions.load(into: &values)
      try #require(values.secret("password") == Secret("hunter2"))
      try #require(values.secret("encryption-secret") == Secret("s"))
      try #require(values.secret("api-key") == Secret("from the environment"))
      unsetenv("DAMSESSION_API_KEY")
      var commanded = OptionValues()
      try commanded.set("password-command", "pass show x")
      try EnvironmentOptions.load(into: &commanded)
      try #require(commanded.secret("password") == nil && commanded.secret("api-key") == Secret("from the file"))
      var keyed = OptionValues()
      try keyed.set("api-key-command", "pass show y")
      try EnvironmentOptions.load(into: &keyed)
      try #require(keyed.secret("password") == Secret("hunter2") && keyed.secret("api-key") == nil)
      for folder in ["", "relative", scratch.file("missing"), scratch.file("password")] {
        setenv("CREDENTIALS_DIRECTORY", folder, 1)
        var values = OptionValues()
        try EnvironmentOptions.load(into: &values)
        try #require(values.secret("password") == nil)
      }
    }
  }

  @Test("a credential that cannot be one is an error with its path and without its text, and sets nothing")
  func badCredentials() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      setenv("CREDENTIALS_DIRECTORY", scratch.path, 1)
      setenv("DAMSESSION_USER", "kim", 1)
      for text in ["", "\n", "soonish\nsoonish", String(repeating: "soonish", count: 3000)] {
        try scratch.write("password", text)
        var values = OptionValues()
        let failure = #expect(throws: Failure.self) { try EnvironmentOptions.load(into: &values) }
        try #require(failure?.cause == .option && failure?.message.contains(scratch.file("password")) == true)
        try #require(failure?.message.contains("soonish") == false && !values.isSet("user"))
      }
      try scratch.write("password", "good")
      chmod(scratch.file("password"), 0o646)
      var values = OptionValues()
      try #require(#expect(throws: Failure.self) { try EnvironmentOptions.load(into: &values) }?.cause == .option)
      unlink(scratch.file("password"))
      mkdir(scratch.file("password"), 0o700)
      try #require(#expect(throws: Failure.self) { try EnvironmentOptions.load(into: &values) }?.cause == .option)
    }
  }

  @Test("folders follow the XDG specification: relative ones do not count, and HOME is the base")
  func folders() async {
    await #expect(processExitsWith: .success) {
      setenv("HOME", "/home/kim", 1)
      for (state, expected) in [
        ("/var/state", "/var/state/damsession"), ("state", "/home/kim/.local/state/damsession"),
        ("", "/home/kim/.local/state/damsession"),
      ] {
        setenv("XDG_STATE_HOME", state, 1)
        try #require(Folder.state == expected)
      }
      unsetenv("XDG_CONFIG_HOME")
      try #require(Folder.configuration == "/home/kim/.config/damsession")
      unsetenv("XDG_STATE_HOME")
      for home in ["", "kim"] {
        setenv("HOME", home, 1)
        try #require(Folder.state == nil)
        try #require(#expect(throws: Failure.self) { try Stores.named("file", nil) }?.cause == .store)
        try #require(#expect(throws: Failure.self) { try Names.all() }?.cause == .store)
      }
    }
  }
}
