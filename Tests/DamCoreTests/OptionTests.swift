// OptionTests.swift - the one vocabulary: every option takes what it says and refuses the rest.

import FotoWeb
import PhotoShelter
import TestSupport
import Testing

@testable import DamCore

@Suite("Option")
struct OptionTests {
  struct Row: Sendable {
    let good: [String]
    let bad: [String]

    init(_ good: [String], not bad: [String]) {
      self.good = good
      self.bad = bad
    }

    static let text = Row(["x", "with spaces, and ünïcode", String(repeating: "x", count: 16_384)], not: [])
    static func number(_ range: ClosedRange<Int32>) -> Row {
      Row(
        ["\(range.lowerBound)", "\(range.upperBound)"],
        not: ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "1.5", "1s", "0x10", "ten", "99999999999", " 60"])
    }
    static let endpoint = Row(
      ["/", "/oauth2/token", "/oauth2/token?v=2"], not: ["oauth2", "//host/x", "/a b", "/a#b", "/a\\b", "https://h/a"])
    static func choice(_ words: String...) -> Row {
      Row(words, not: ["nonsense", "NONSENSE", words[0] + " ", "\(words[0]),"])
    }
  }

  private static let digest = String(repeating: "A", count: 43) + "="

  /// Every option there is: a new one without a row here fails the test below.
  static let rows: [String: Row] = [
    "system": .choice("photoshelter", "fotoweb", "fotoware"),
    "url": Row(["https://host", "http://127.0.0.1:8080/"], not: ["host", "https://host/path", "https://u@host"]),
    "user": .text, "password": .text, "password-command": .text, "encryption-secret": .text, "api-key": .text,
    "api-key-command": .text, "api-key-in": .choice("header", "parameter"),
    "authentication": .choice(
      "cookie", "token", "token-in-url", "device-token", "login-token", "query", "native", "web", "script"),
    "organization": .text, "organization-method": .choice("post", "get"), "logout-method": .choice("post", "get"),
    "rotation": .choice("serialize", "newest"),
    "api-path": Row(["/", "/psapi/v3.0", "/a/b/"], not: ["a/", "/a b", "/a?b", "/a#b", "/a\\b", "https://host/a"]),
    "query-names": .choice("u,p", "username,password"),
    "invalid-status": Row(
      ["401", "200,599", "401,403,440"], not: ["199", "600", "401,", ",", "4o1", "401 403", "-401"]),
    "invalid-class": .text, "invalid-text": .text, "token-limit-text": .text,
    "login-token-life": .number(30...86_400), "login-token-encoding": .choice("utf-8", "legacy"),
    "store": Row(["file", "memory", "/var/lib/x"], not: []), "lock-timeout": .number(0...86_400),
    "login-timeout": .number(1...3_600), "store-down": .choice("memory", "stop"),
    "idle-limit": .number(0...604_800), "token-limit": .number(1...10_000), "token-reserve": .number(0...10_000),
    "ca-file": .text, "client-certificate": .text, "client-key": .text,
    "pinned-key": Row(
      ["sha256//\(digest)", "sha256//\(digest);sha256//\(digest)"],
      not: ["server.pem", "sha256//AAAA", "sha256//\(digest);", digest, "sha1//\(digest)"]),
    "proxy": Row(
      ["none", "http://proxy.example:3128", "socks5h://127.0.0.1"],
      not: ["proxy.example:3128", "ftp://proxy.example", "http://ada:x@proxy.example", "http://proxy.example/x"]),

    "unix-socket": .text, "ip": .choice("any", "4", "6"), "http": .choice("2", "1.1"), "redirects": .number(0...50),
    "retries": .number(0...10), "retry-after": .number(0...3_600), "idle-timeout": .number(0...86_400),
    "timeout": .number(0...86_400), "connect-timeout": .number(1...3_600),
    "response-limit": Row(
      ["1", "64M", "2g", "512k"], not: ["0", "-1", "M", "64MB", "1.5M", "many", "9999999999999G"]),
    "client-id": .text, "client-secret": .text, "client-secret-in": .choice("body", "header"), "scope": .text,
    "redirect-url": Row(
      ["http://localhost:9876/callback", "desk-app:/callback", "https://desk.example"],
      not: ["localhost", "/callback", ":x", "http://localhost/#x", "http://local host/", "1:x"]),
    "authorize-path": .endpoint, "token-path": .endpoint, "revoke-path": .endpoint, "device-path": .endpoint,
    "api-version": .choice("3", "4"),
    "allow-loopback-http": Row(["yes", "no", "true", "false", "1", "0"], not: ["Yes", "maybe", "2", "on"]),
  ]

  @Test(
    "no option of a group is missing in its list",
    arguments: [EngineOptions.shared, OAuth2Options.shared, PhotoShelter.Options.shared, FotoWeb.Options.shared]
      as [any OptionGroup])
  func listed(group: any OptionGroup) {
    let properties = Mirror(reflecting: group).children.compactMap { $0.value as? OptionRow }
    #expect(properties.count >= 5 && properties.elementsEqual(group.all, by: ===))
  }

  @Test("the table and this test know the same options")
  func complete() { #expect(Set(knownSystems.vocabulary.options.map(\.name)) == Set(Self.rows.keys)) }

  @Test("an option takes its good values and refuses the bad ones by name", arguments: knownSystems.vocabulary.options)
  func values(option: Option) throws {
    let row = try #require(Self.rows[option.name])
    let refusedByAll = ["", "a\nb", "a\u{0}b", "a\u{7F}", "\t", String(repeating: "x", count: 16_385)]
    for good in row.good {
      var values = OptionValues()
      #expect(throws: Never.self) { try values.set(option.name, good) }
      #expect(values.isSet(option.name))
    }
    for bad in row.bad + refusedByAll {
      var values = OptionValues()
      let failure = #expect(throws: Failure.self, "\(option.name) = \(bad.prefix(30))") {
        try values.set(option.name, bad)
      }
      #expect(failure?.cause == .option)
      #expect(failure?.message.contains("\"\(option.name)\"") == true)
      #expect(!values.isSet(option.name))
    }
  }

  @Test("a default is a value that the option itself would take", arguments: knownSystems.vocabulary.options)
  func defaults(option: Option) throws {
    guard !option.defaultValue.isEmpty else { return }
    var values = OptionValues()
    try values.set(option.name, option.defaultValue)
    #expect(values.text(option.name) == option.defaultValue)
  }

  @Test(
    "an unknown name is answered with the nearest one",
    arguments: [
      ("pasword", "password"), ("URL", "url"), ("time-out", "timeout"), ("apikey", "api-key"), ("usr", "user"),
      ("connection-timeout", "connect-timeout"), ("organisation", "organization"),
      ("encription-secret", "encryption-secret"),
      ("token_limit", "token-limit"),
    ])
  func nearest(name: String, meant: String) {
    let failure = #expect(throws: Failure.self) { try knownSystems.vocabulary.option(name) }
    #expect(failure?.cause == .option)
    #expect(failure?.message.hasSuffix("did you mean \"\(meant)\"?") == true)
  }

  @Test("a name that is not even text gets a response that a terminal can bear")
  func hostileName() {
    let failure = #expect(throws: Failure.self) {
      try knownSystems.vocabulary.option("\u{1B}[31m\r\n" + String(repeating: "é", count: 9999))
    }
    #expect(failure?.message.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } == true)
    #expect((failure?.message.count ?? 999) < 120)
  }

  @Test("a variable of the environment is the name in capitals")
  func environment() throws {
    #expect(
      try knownSystems.vocabulary.option("allow-loopback-http").environmentName == "DAMSESSION_ALLOW_LOOPBACK_HTTP")
    #expect(Set(knownSystems.vocabulary.options.map(\.environmentName)).count == knownSystems.vocabulary.options.count)
  }

  @Test("what proves who somebody is, is a secret; a password and an encryption secret are never remembered")
  func secrets() {
    #expect(
      knownSystems.vocabulary.options.filter(\.isSecret).map(\.name)
        == ["password", "api-key", "encryption-secret", "client-secret"])
    #expect(
      knownSystems.vocabulary.options.filter { !$0.isRemembered }.map(\.name) == ["password", "encryption-secret"])
  }

  @Test("every kind has a word, and only choices have choices", arguments: knownSystems.vocabulary.options)
  func words(option: Option) {
    #expect(!option.kind.word.isEmpty)
    #expect((option.kind.word == "choice") == !option.kind.choices.isEmpty)
    #expect(option.help.hasSuffix("."))
  }
}
