// OptionValues.swift - options as they were set: checked one by one, not yet together.
// Secrets are kept apart from the rest from the first moment. It refuses values that its kind does not allow, and says
// what the kind takes without repeating the value.

public struct OptionValues: Sendable {
  private var plain: [String: String] = [:]
  private var secrets: [String: Secret] = [:]

  public init() {}

  /// Sets one option; `nil` puts the default back.
  public mutating func set(_ name: String, _ value: String?) throws(Failure) {
    let option = try Option.named(name)
    if let value { try OptionValues.check(value, option) }
    plain[name] = nil
    secrets[name] = nil
    guard let value else { return }
    if option.isSecret { secrets[name] = Secret(value) } else { plain[name] = value }
  }

  public func isSet(_ name: String) -> Bool { plain[name] != nil || secrets[name] != nil }

  /// What was set, or the default. Never a secret.
  public func text(_ name: String) -> String {
    plain[name] ?? (try? Option.named(name))?.defaultValue ?? ""
  }

  public func secret(_ name: String) -> Secret? { secrets[name] }

  func integer(_ name: String) -> Int32 { Int32(text(name)) ?? 0 }

  func words(_ name: String) -> [String] {
    text(name).split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
  }

  /// Everything that was set and may be remembered, as a JSON object.
  public var remembered: JSONValue {
    var members: [String: JSONValue] = [:]
    for option in Option.table where option.isRemembered {
      if let value = plain[option.name] ?? secrets[option.name]?.revealText() { members[option.name] = .string(value) }
    }
    return .object(members)
  }

  /// Sets what `remembered` gave; options of the JSON that are none are refused.
  public mutating func recall(_ json: JSONValue) throws(Failure) {
    guard case .object(let members) = json else { throw Failure(.option, "it is not a JSON object of options") }
    var result = self
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      let option = try Option.named(name)
      guard option.isRemembered else { throw Failure(.option, "\"\(name)\" is never remembered; remove it") }
      guard case .string(let text) = value else { throw Failure(.option, "\"\(name)\" must be a string") }
      try result.set(name, text)
    }
    self = result
  }

  static func bytes(_ text: String) -> Int64? {
    let units: [Character: Int64] = [
      "k": 1 << 10, "K": 1 << 10, "m": 1 << 20, "M": 1 << 20, "g": 1 << 30, "G": 1 << 30,
    ]
    guard let last = text.last else { return nil }
    let factor = units[last] ?? 1
    guard let number = Int64(units[last] == nil ? text[...] : text.dropLast()), number > 0 else { return nil }
    let (result, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : result
  }

  static func truth(_ text: String) -> Bool? {
    ["yes": true, "true": true, "1": true, "no": false, "false": false, "0": false][text]
  }

  private static func check(_ value: String, _ option: Option) throws(Failure) {
    func refuse(_ what: String) -> Failure { Failure(.option, "\"\(option.name)\" takes \(what)") }
    guard value.utf8.count <= 16_384 else { throw refuse("at most 16384 bytes") }
    guard !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw refuse("no control characters such as line ends")
    }
    guard !value.isEmpty else { throw refuse("a value that is not empty; to put the default back, unset it") }
    switch option.kind {
    case .text, .secret, .path, .words: break
    case .choice(let words):
      guard words.contains(value) else { throw refuse("one of: " + words.joined(separator: ", ")) }
    case .url:
      guard Origin(value) != nil else {
        throw refuse(
          "https://host or https://host:port, without a path, a user or a password; the path is \"api-path\"")
      }
    case .seconds(let range):
      guard let number = Int32(value), range.contains(number) else {
        throw refuse("whole seconds from \(range.lowerBound) to \(range.upperBound)")
      }
    case .count(let range):
      guard let number = Int32(value), range.contains(number) else {
        throw refuse("a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
    case .bytes:
      guard bytes(value) != nil else { throw refuse("a number of bytes, with K, M or G behind it if you like") }
    case .boolean:
      guard truth(value) != nil else { throw refuse("yes or no") }
    case .statuses:
      let parts = value.split(separator: ",", omittingEmptySubsequences: false).map { Int32($0) }
      guard parts.allSatisfy({ $0.map { (200...599).contains($0) } ?? false }) else {
        throw refuse("HTTP statuses from 200 to 599, parted by commas")
      }
    }
  }
}
