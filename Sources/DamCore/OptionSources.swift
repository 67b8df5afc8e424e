// OptionSources.swift - what of the environment and of a remembered name counts, and what contradicts it. The
// environment stays as it is while programs talk to one system and then to another, and a name is opened with another
// URL to try something out. So both are read as what they are: descriptions of one account. What they say of that
// account never reaches another one, least of all a secret.

extension OptionValues {
  /// Throws if the environment names another system, server or user than the remembered options do, and the program
  /// says nothing. Either may be meant, and a wrong guess would act as somebody else.
  package func checkSources() throws(Failure) {
    let torn = [vocabulary.system.row, vocabulary.url.row, vocabulary.user.row].filter { row in
      contradicts(row, .environment, .remembered) && !isSet(row.name, by: .program)
    }
    guard !torn.isEmpty else { return }
    let variables = torn.map(\.environmentName).joined(separator: ", ")
    let names = torn.map { "\"\($0.name)\"" }.joined(separator: ", ")
    throw Failure(
      .option,
      "the environment (\(variables)) is about another \(names) than what is remembered: unset it, or set \(names)"
        + " as well")
  }

  /// What counts of all that was set: without what the environment, or what is remembered, says about another account
  /// than this one.
  package var settled: OptionValues {
    var result = self
    result.leftOut = [OptionSource.environment, .remembered].compactMap { result.leaveOutStrangers(of: $0) }
      .joined(separator: "; ")
    return result
  }

  /// Takes away what a source says about another account than what goes before it; tells what and why.
  private mutating func leaveOutStrangers(of source: OptionSource) -> String? {
    guard hasAny(source) else { return nil }
    let parts: [(Option, below: Option.Bond)] = [
      (vocabulary.system.row, .system), (vocabulary.url.row, .server), (vocabulary.user.row, .user),
    ]
    for (row, bond) in parts {
      guard let why = objection(to: row, of: source) else { continue }
      let left = vocabulary.options.filter { $0.bond.rawValue >= bond.rawValue && isSet($0.name, by: source) }
      for option in left { leaveOut(option.name, by: source) }
      // Only what nothing else has set is missed.
      let missed = left.filter { !isSet($0.name) }.map { "\"\($0.name)\"" }.joined(separator: ", ")
      return missed.isEmpty ? nil : "\(source.possessive) \(missed) did not count: \(source.words) is about \(why)"
    }
    return nil
  }

  /// Why a source is about another system, server or user than what goes before it; nil: it is not.
  private func objection(to row: Option, of source: OptionSource) -> String? {
    if let decider = decider(of: row, before: source), contradicts(row, source, decider) {
      return "another \"\(row.name)\"" + (source == .environment ? " (\(row.environmentName))" : "")
    }
    // A system that is the same everywhere has an account at its usual place, unless the source says another.
    guard row.name == vocabulary.url.row.name, !isSet(row.name, by: source),
      let system = text(vocabulary.system.row, by: source), let usual = vocabulary.usualURLs[system],
      let url = self[vocabulary.url], url != usual
    else { return nil }
    return "\(usual.text), as it has no " + (source == .environment ? row.environmentName : "\"\(row.name)\"")
  }

  private func decider(of row: Option, before source: OptionSource) -> OptionSource? {
    OptionSource.allCases.last { $0.rawValue > source.rawValue && isSet(row.name, by: $0) }
  }

  private func contradicts(_ row: Option, _ one: OptionSource, _ other: OptionSource) -> Bool {
    guard let left = text(row, by: one), let right = text(row, by: other), left != right else { return false }
    guard row.kind == .url, let left = Origin(left) else { return true }
    return left != Origin(right)
  }
}

extension OptionSource {
  fileprivate var words: String { self == .environment ? "the environment" : "the name" }
  fileprivate var possessive: String { self == .environment ? "the environment's" : "the remembered" }
}
