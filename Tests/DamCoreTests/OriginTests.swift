// OriginTests.swift - the place a secret belongs to: what is one, and what only looks like one.

import TestSupport
import Testing

@testable import DamCore

@Suite("Origin")
struct OriginTests {
  @Test(
    "scheme, host and port in their one spelling",
    arguments: [
      ("https://host.example", "https://host.example"), ("https://host.example/", "https://host.example"),
      ("HTTPS://Host.EXAMPLE:443/", "https://host.example"), ("https://host.example:8443", "https://host.example:8443"),
      ("https://host.example:80", "https://host.example:80"), ("http://localhost:80/", "http://localhost"),
      ("http://127.0.0.1:8080", "http://127.0.0.1:8080"), ("https://host.example:65535", "https://host.example:65535"),
      ("https://[::1]:8443", "https://[::1]:8443"), ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
      ("https://[::ffff:127.0.0.1]/", "https://[::ffff:127.0.0.1]"), ("https://a_b-c.example", "https://a_b-c.example"),
      ("https://192.0.2.10", "https://192.0.2.10"), ("https://10.example", "https://10.example"),
      ("https://1.2.3.0xh", "https://1.2.3.0xh"),
    ])
  func accepts(text: String, spelled: String) throws { #expect(try #require(Origin(text)).text == spelled) }

  @Test(
    "anything that two parsers could read in two ways is refused",
    arguments: [
      "", "host.example", "//host.example", "ftp://host.example", "file:///etc", "https:/host.example",
      "https//host.example", "https:host.example", "https://", "https:///", "https:///path", "https://:443",
      // User information: what is before "@" is not the caller.
      "https://user@host.example", "https://user:word@host.example", "https://host.example@evil.example",
      "https://@host.example", "https://host.example:443@evil.example", "https://host.example%40evil.example",
      // Backslashes are slashes to some.
      #"https://host.example\@evil.example"#, #"https:\\host.example"#, #"https://host.example\"#,
      "https://host.example/path", "https://host.example?query", "https://host.example#fragment",
      "https://host.example:", "https://host.example:0", "https://host.example:65536", "https://host.example:-1",
      "https://host.example:+443", "https://host.example:4 43", "https://host.example:443:443",
      "https://host.example:99999999999999999999", "https://host.example:\u{664}\u{664}\u{663}",
      "https://host .example", " https://host.example", "https://host.example ", "https://host.example\n",
      "https://host.example\r\nX: y", "https://host.example\u{0}", "https://host.example\t",
      "https://[::1", "https://::1", "https://::1]", "https://[]", "https://[host]", "https://[::1%25lo]",
      "https://[::1]x", "https://x[::1]", "https://[::1]:", "https://-host.example", "https://.host.example",
      // Addresses as inet_aton reads them, and libcurl with it: another host than the one that was checked.
      "http://127.1", "http://127.0.0", "http://127.0.0.256", "https://2130706433", "https://0177.0.0.1",
      "https://0x7f.0.0.1", "https://127.0.0.0x1", "https://127.0.0.01", "https://0", "https://1.2.3.4.5",
      "https://127.0.0.1.", "https://host.0x",
      // Look-alikes: another script, full width, escapes, an invisible character.
      "https://h\u{43E}st.example", "https://\u{FF48}ost.example", "https://%68ost.example",
      "https://host\u{200B}.example", "https://host\u{3002}example", "https://h\u{F6}st.example",
      "https://host.example\u{301}", "https://\u{130}host.example", "\u{FF48}ttps://host.example",
      "https://" + String(repeating: "h", count: 254),
    ])
  func refuses(text: String) { #expect(Origin(text) == nil) }

  @Test("origins are equal when scheme, host and port are")
  func equality() throws {
    let origin = try #require(Origin("https://host.example"))
    #expect(origin == Origin("HTTPS://HOST.example:443/"))
    for other in [
      "http://host.example", "https://host.example:444", "https://host.example.evil", "https://ost.example",
    ] {
      #expect(origin != Origin(other))
    }
  }

  @Test(
    "only this very machine is loopback",
    arguments: [
      ("http://localhost", true), ("http://LOCALHOST:8080", true), ("http://127.0.0.1", true),
      ("http://127.255.0.9", true), ("http://[::1]", true), ("http://localhost.evil.example", false),
      ("http://127.0.0.1.evil.example", false), ("http://128.0.0.1", false), ("http://0.0.0.0", false),
      ("http://[::2]", false), ("http://127.0.0.x", false), ("http://evil.example", false),
    ])
  func loopback(text: String, expected: Bool) throws { #expect(try #require(Origin(text)).isLoopback == expected) }

  @Test(
    "a URL parts into its origin and the rest, which is not looked at",
    arguments: [
      ("https://host.example", ""), ("https://host.example/", "/"), ("https://host.example/a?b#c", "/a?b#c"),
      ("https://host.example?b", "?b"), ("https://host.example#c", "#c"), ("https://host.example:443//x", "//x"),
      ("https://host.example/https://evil.example@x", "/https://evil.example@x"),
    ])
  func splits(text: String, rest: String) throws {
    let parts = try #require(Origin.split(text))
    #expect(parts.origin.text == "https://host.example")
    #expect(parts.rest == rest)
  }
}
