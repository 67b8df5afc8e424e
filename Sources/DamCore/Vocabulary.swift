// Vocabulary.swift - the one table of options, put together from the engine's rows and those of every system. The
// options that every system has, but each in its own words, are made here.

package struct Vocabulary: Sendable {
  /// What a system says of itself: see the requirements of `System` with the same names.
  struct Vendor {
    let name: String
    let title: String
    let defaultURL: String
    let userIs: String
    /// In the words of the option "authentication"; the first is the default.
    let authentications: [String]
    let options: [Option]
  }

  /// All rows: who and where, then the vendors' own, then the engine's.
  package let options: [Option]
  let system: TypedOption<String>
  let url: TypedOption<Origin?>
  let user: TypedOption<String>
  package let password: TypedOption<Secret?>
  let authentication: TypedOption<String>
  let organization: TypedOption<String>
  /// Where a system is for all its users; by its name, without those that every customer has a server of.
  let usualURLs: [String: Origin]
  private let byName: [String: Option]

  /// No two vendors may have an option of the same name: it would mean two things.
  init(_ vendors: [Vendor]) {
    let defaults = vendors.filter { !$0.defaultURL.isEmpty }.map { " \($0.title)'s default is \($0.defaultURL)." }
    let users = vendors.map { "\($0.userIs) (\($0.title))" }.joined(separator: " or ")
    let ways = vendors.map { vendor in
      let names = (vendor.authentications.prefix(1).map { $0 + " (default)" }) + vendor.authentications.dropFirst()
      return "\(vendor.title): \(names.joined(separator: ", "))."
    }
    system = .word("system", vendors.map(\.name), "The DAM system to talk to.")
    url = .url("url", "Where it is: https://host[:port]." + defaults.joined())
    user = .text("user", about: .server, "\(users.prefix(1).uppercased())\(users.dropFirst()).")
    password = .secret(
      "password", remembered: false, about: .user,
      "The user's password. Better: answer the prompt, or password-command.")
    // For the wrapper and the like, which ask the user: the library never runs it.
    let command = TypedOption<String>.text(
      "password-command", about: .user,
      "A shell command whose first line of output is the password, encryption or client secret.")
    authentication = .word(
      "authentication", vendors.flatMap(\.authentications), about: .system, ways.joined(separator: " "))
    organization = .text(
      "organization", about: .user, "The ID of the organization to act for, where the system has any.")
    let first = [
      system.row, url.row, user.row, password.row, command.row, authentication.row, organization.row,
    ]
    options =
      first + vendors.flatMap { vendor in vendor.options.map { $0.of(vendor.name, vendor.title) } }
      + OAuth2Options.rows + EngineOptions.rows
    usualURLs = Dictionary(
      vendors.compactMap { vendor in Origin(vendor.defaultURL).map { (vendor.name, $0) } },
      uniquingKeysWith: { first, _ in first })
    byName = Dictionary(options.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The option of this name; throws a failure that names the nearest one.
  package func option(_ name: String) throws(Failure) -> Option {
    if let option = byName[name] { return option }
    let shown = String(name.prefix(40)).filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    let nearest = options.min { Vocabulary.distance($0.name, name) < Vocabulary.distance($1.name, name) }?.name ?? ""
    throw Failure(.option, "there is no option \"\(shown)\"; did you mean \"\(nearest)\"?")
  }

  /// Levenshtein distance over bytes. Names are short, and what is compared with them is cut.
  private static func distance(_ left: String, _ right: String) -> Int {
    let other = Array(right.utf8.prefix(40))
    var row = Array(0...other.count)
    for (i, a) in left.utf8.enumerated() {
      var next = [i + 1]
      for ((b, above), diagonal) in zip(zip(other, row.dropFirst()), row) {
        next.append(min(above + 1, (next.last ?? 0) + 1, diagonal + (a == b ? 0 : 1)))
      }
      row = next
    }
    return row.last ?? 0
  }
}

extension TypedOption where Value == Origin? {
  static func url(_ name: String, _ help: String) -> TypedOption {
    TypedOption(Option(name, .url, about: .system, help), fallback: nil) { (text) throws(Failure) in
      guard let origin = Origin(text) else {
        throw Failure.option(
          name,
          takes: "https://host or https://host:port, without a path, a user or a password; the path is"
            + " \"api-path\"")
      }
      return origin
    }
  }
}
