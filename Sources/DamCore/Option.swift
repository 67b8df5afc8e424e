// Option.swift - one row of the vocabulary of options: a name, what it takes, its default and its line of help.
// dam_config_set, remembered names, DAMSESSION_* variables, the wrapper's flags, Python's keywords and the README's
// table are all made from these rows. TypedOption says what a value means; Vocabulary, which rows there are.

package struct Option: Sendable {
  package enum Kind: Equatable, Sendable {
    case text
    case choice([String])
    case url
    case seconds(ClosedRange<Int32>)
    case count(ClosedRange<Int32>)
    case bytes
    case boolean
    case path
    case secret
    /// HTTP status numbers, parted by commas.
    case statuses
    /// Words, parted by commas.
    case words
  }

  package let name: String
  package let kind: Kind
  /// The default in the words that `set` takes; "" where there is none.
  package let defaultValue: String
  /// May be kept under a name; a password and an encryption secret never are.
  package internal(set) var isRemembered = true
  package private(set) var help: String
  /// The system that alone has it; "": all have.
  package private(set) var system = ""
  private(set) var bond: Bond
  /// Reads a value as `TypedOption` does.
  var parse: @Sendable (String) throws(Failure) -> any Sendable = { $0 }

  init(_ name: String, _ kind: Kind, default words: String = "", about bond: Bond = .nothing, _ help: String) {
    (self.name, self.kind, self.bond, self.help) = (name, kind, bond, help)
    defaultValue = words
  }

  package var isSecret: Bool { kind == .secret }

  /// "connect-timeout" is DAMSESSION_CONNECT_TIMEOUT in the environment.
  package var environmentName: String {
    "DAMSESSION_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }

  /// The same row as one system's own, whose title stands before its help.
  func of(_ system: String, _ title: String) -> Option {
    var row = self
    row.system = system
    if bond == .nothing { row.bond = .system }
    row.help = "\(title): \(help)"
    return row
  }
}

extension Option {
  /// What the value of an option is about: it means nothing, or must not be known, where this is another one.
  package enum Bond: Int, Sendable {
    /// The program, the machine or the network: it counts for every account.
    case nothing
    case system
    /// The server at which "url" points.
    case server
    case user
  }
}

extension Option.Kind {
  package var word: String {
    switch self {
    case .text: "text"
    case .choice: "choice"
    case .url: "url"
    case .seconds: "seconds"
    case .count: "count"
    case .bytes: "bytes"
    case .boolean: "boolean"
    case .path: "path"
    case .secret: "secret"
    case .statuses: "statuses"
    case .words: "words"
    }
  }

  package var choices: [String] {
    if case .choice(let words) = self { return words }
    return []
  }
}
