// Support.swift - what every test of the core builds on: settings, answers, and randomness that can be repeated.

import Testing

@testable import DamCore

/// Options that work, with one or two of them changed by the test; nil takes one away.
enum Sample {
  /// Holds what a form must encode, so that a test sees whether it was.
  static let password = "p&ss wörd=7+%"
  static let encodedPassword = "p%26ss%20w%C3%B6rd%3D7%2B%25"
  static let apiKey = "KEY45678901"
  static let encryptionSecret = "sésame"

  static func values(_ base: [String: String], _ changes: [String: String?]) throws(Failure) -> OptionValues {
    var values = OptionValues()
    for (name, value) in base.merging(changes.compactMapValues { $0 }, uniquingKeysWith: { $1 }) {
      if changes[name] != .some(nil) { try values.set(name, value) }
    }
    return values
  }

  static let photoShelterOptions = [
    "system": "photoshelter", "url": "https://archive.example", "user": "kim@example.com", "password": password,
    "api-key": apiKey,
  ]

  static let fotoWebOptions = [
    "system": "fotoweb", "url": "https://archive.example", "user": "kim", "password": password,
    "encryption-secret": encryptionSecret,
  ]

  static func photoShelter(_ changes: [String: String?] = [:]) throws(Failure) -> Settings {
    try Settings(values(photoShelterOptions, changes))
  }

  static func fotoWeb(_ changes: [String: String?] = [:]) throws(Failure) -> Settings {
    try Settings(values(fotoWebOptions, changes))
  }

  static func request(
    _ settings: Settings, _ path: String = "mem/user", method: String = "GET", bodySize: UInt64? = nil,
    image: String? = nil
  ) throws(Failure) -> Exchange.Goal {
    .request(
      try HostRequest(
        method: method, path: path, headers: [], contentType: nil,
        body: bodySize.map { HostRequest.Body(isPresent: true, size: $0, canRewind: true) } ?? .none, image: image,
        settings: settings))
  }
}

extension Answer {
  /// `lines`: "Name: value".
  init(_ status: Int32, _ lines: [String] = [], _ body: String = "", isWhole: Bool = true) {
    self.init(status: status, headers: HeaderBlock(lines), beginning: Array(body.utf8), isWhole: isWhole)
  }

  static func error(_ status: Int32, _ name: String, _ message: String = "") -> Answer {
    Answer(status, [], #"{"status":"error","error":{"code":400,"class":"\#(name)","message":"\#(message)"}}"#)
  }
}

extension HeaderBlock {
  init(_ lines: [String]) { self.init(Array(lines.map { $0 + "\r\n" }.joined().utf8)) }
}

extension Cookie {
  init(_ name: String, _ value: String?, _ stamp: UInt64) {
    self.init(name: name, value: value.map { Secret($0) }, stamp: stamp)
  }
}

extension CookieSet {
  /// What the set means: the order in which cookies came to be known does not count.
  var meaning: [String: Cookie] { Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) }) }
}

extension WireRequest {
  /// The body of a login form.
  var form: String? {
    if case .secret(let text) = body { return text.revealText() }
    return nil
  }

  func secretHeader(_ name: String) -> String? { secretHeaders.first { $0.name == name }?.value.revealText() }
}

/// SplitMix64: the same seed gives the same test on every machine.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
