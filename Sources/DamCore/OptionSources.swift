// OptionSources.swift - what of the environment counts, and what contradicts it. The environment stays as it is while
// programs talk to one system and then to another. So it is read as what it is: a description of one account.
// What it says of that account never reaches another one, least of all a secret.

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

  /// What counts of all that was set: without what the environment says about another account than this one.
  package var settled: OptionValues {
    var result = self
    guard hasAny(.environment) else { return result }
    let parts: [(Option, below: Option.Bond)] = [
      (vocabulary.system.row, .system), (vocabulary.url.row, .server), (vocabulary.user.row, .user),
    ]
    for (row, bond) in parts {
      guard let why = result.objection(to: row) else { continue }
      let left = vocabulary.options.filter { $0.bond.rawValue >= bond.rawValue && isSet($0.name, by: .environment) }
      guard !left.isEmpty else { continue }
      for option in left { result.leaveOut(option.name, by: .environment) }
      let names = left.map { "\"\($0.name)\"" }.joined(separator: ", ")
      result.leftOut = "the environment's \(names) did not count, because it is about \(why)"
      break
    }
    return result
  }

  /// Why the environment is about another system, server or user than these options are; nil: it is not.
  private func objection(to row: Option) -> String? {
    if contradicts(row, .environment, .program) { return "another \"\(row.name)\" (\(row.environmentName))" }
    // A system that is the same everywhere has an account at its usual place, unless the environment says another.
    guard row.name == vocabulary.url.row.name, !isSet(row.name, by: .environment),
      let system = text(vocabulary.system.row, by: .environment), let usual = vocabulary.usualURLs[system],
      let url = self[vocabulary.url], url != usual
    else { return nil }
    return "\(usual.text), as it has no \(row.environmentName)"
  }

  private func contradicts(_ row: Option, _ one: OptionSource, _ other: OptionSource) -> Bool {
    guard let left = text(row, by: one), let right = text(row, by: other), left != right else { return false }
    guard row.kind == .url, let left = Origin(left) else { return true }
    return left != Origin(right)
  }
}
