// OptionValues.swift - options as they were set: each value was read once, and they are not yet checked together.
// Secrets are kept apart from other values from the first moment.

package struct OptionValues: Sendable {
  private enum Words {
    case plain(String)
    case secret(Secret)
  }

  package let vocabulary: Vocabulary
  private var given: [String: (words: Words, value: any Sendable)] = [:]

  package init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// Sets one option; `nil` puts the default back.
  package mutating func set(_ name: String, _ words: String?) throws(Failure) {
    let option = try vocabulary.option(name)
    let value = try words.map { (text) throws(Failure) in try option.parse(text) }
    given[name] = nil
    guard let words, let value else { return }
    given[name] = (option.isSecret ? .secret(Secret(words)) : .plain(words), value)
  }

  package func isSet(_ name: String) -> Bool { given[name] != nil }

  /// What the option means: what was set, or its default.
  package subscript<Value>(_ option: TypedOption<Value>) -> Value {
    given[option.row.name]?.value as? Value ?? option.fallback
  }

  /// The value that was set, or the default, as text. Never a secret.
  package func text(_ option: Option) -> String {
    if case .plain(let text)? = given[option.name]?.words { return text }
    return option.defaultValue
  }

  /// All secrets that were set.
  var secrets: [Secret] {
    given.values.compactMap { entry in
      if case .secret(let secret) = entry.words { return secret }
      return nil
    }
  }

  /// Everything that was set and may be remembered, as a JSON object.
  package var remembered: JSONValue {
    var members: [String: JSONValue] = [:]
    for option in vocabulary.options where option.isRemembered {
      switch given[option.name]?.words {
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
      try result.set(name, text)
    }
    self = result
  }
}
