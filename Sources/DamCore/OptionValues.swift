// OptionValues.swift - options as they were set: each value was read once, and they are not yet checked together.
// Secrets are kept apart from other values from the first moment.

/// Where an option was set. What the program sets goes before the environment, and that before what is remembered under
/// a name, whatever the order of the calls. The numbers are those of the header.
package enum OptionSource: Int32, CaseIterable, Sendable {
  case remembered = 1
  case environment = 2
  case program = 3
}

package struct OptionValues: Sendable {
  private enum Words {
    case plain(String)
    case secret(Secret)
  }

  private typealias Entries = [String: (words: Words, value: any Sendable)]

  package let vocabulary: Vocabulary
  /// One for each source, in their order: the last that has an option counts.
  private var given = OptionSource.allCases.map { _ in Entries() }
  /// What of the environment or a remembered name did not count and why, for the messages of what is missing then; "":
  /// all counts.
  package var leftOut = ""

  package init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// Sets one option; `nil` puts the default back, whoever has set it.
  package mutating func set(_ name: String, _ words: String?, by source: OptionSource = .program) throws(Failure) {
    let option = try vocabulary.option(name)
    guard let words else {
      for source in OptionSource.allCases { leaveOut(name, by: source) }
      return
    }
    let value = try option.parse(words)
    given[source.place][name] = (option.isSecret ? .secret(Secret(words)) : .plain(words), value)
  }

  mutating func leaveOut(_ name: String, by source: OptionSource) { given[source.place][name] = nil }

  /// Who has set an option; nil: it has its default.
  package func source(_ name: String) -> OptionSource? {
    OptionSource.allCases.last { given[$0.place][name] != nil }
  }

  package func isSet(_ name: String) -> Bool { source(name) != nil }
  func isSet(_ name: String, by source: OptionSource) -> Bool { given[source.place][name] != nil }
  func hasAny(_ source: OptionSource) -> Bool { !given[source.place].isEmpty }

  private func entry(_ name: String) -> Entries.Value? {
    source(name).flatMap { given[$0.place][name] }
  }

  /// What the option means: what was set, or its default.
  package subscript<Value>(_ option: TypedOption<Value>) -> Value {
    entry(option.row.name)?.value as? Value ?? option.fallback
  }

  /// The value that was set, or the default, as text. Never a secret.
  package func text(_ option: Option) -> String {
    source(option.name).flatMap { text(option, by: $0) } ?? option.defaultValue
  }

  /// What one source has set; nil: nothing, or a secret.
  func text(_ option: Option, by source: OptionSource) -> String? {
    if case .plain(let text)? = given[source.place][option.name]?.words { return text }
    return nil
  }

  /// All secrets that were set.
  var secrets: [Secret] {
    given.joined().compactMap { entry in
      if case .secret(let secret) = entry.value.words { return secret }
      return nil
    }
  }

  /// Everything that was set and may be remembered, as a JSON object.
  package var remembered: JSONValue {
    var members: [String: JSONValue] = [:]
    for option in vocabulary.options where option.isRemembered {
      switch entry(option.name)?.words {
      case .plain(let text): members[option.name] = .string(text)
      case .secret(let secret): members[option.name] = .string(secret.revealText())
      case nil: break
      }
    }
    return .object(members)
  }

  /// Sets what `remembered` gave. All of it, or nothing if one member is no option that may be remembered.
  package mutating func recall(_ json: JSONValue) throws(Failure) {
    guard case .object(let members) = json else { throw Failure(.option, "it is not a JSON object of options") }
    var result = self
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      let option = try vocabulary.option(name)
      guard option.isRemembered else { throw Failure(.option, "\"\(name)\" is never remembered; remove it") }
      guard case .string(let text) = value else { throw Failure(.option, "\"\(name)\" must be a string") }
      try result.set(name, text, by: .remembered)
    }
    self = result
  }
}

extension OptionSource {
  fileprivate var place: Int { Int(rawValue) - 1 }
}
