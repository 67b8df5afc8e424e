// Option.swift - the one vocabulary of options: every name, its kind, its default and its line of help.
// dam_config_set, remembered names, DAMSESSION_* variables, the wrapper's flags, Python's keywords and the README's table
// are all this table. It refuses to know what the options do: Settings.swift gives them meaning.

public struct Option: Sendable {
  public enum Kind: Equatable, Sendable {
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

  public let name: String
  public let kind: Kind
  /// In the words that `set` takes; "" where there is none.
  public let defaultValue: String
  /// May be kept under a name; a password and an encryption secret never are.
  public let isRemembered: Bool
  public let help: String

  public var isSecret: Bool { kind == .secret }

  /// "connect-timeout" is DAMSESSION_CONNECT_TIMEOUT in the environment.
  public var environmentName: String { "DAMSESSION_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined() }

  private init(_ name: String, _ kind: Kind, default defaultValue: String = "", remembered: Bool = true, _ help: String)
  {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.isRemembered = remembered
    self.help = help
  }

  public static let table: [Option] = [
    Option("system", .choice(Systems.names), "The DAM system to talk to."),
    Option("url", .url, "Where it is: https://host[:port]. PhotoShelter's default is https://www.photoshelter.com."),
    Option("user", .text, "E-mail address (PhotoShelter) or user name (FotoWeb)."),
    Option(
      "password", .secret, remembered: false, "The user's password. Better: answer the prompt, or password-command."),
    Option(
      "password-command", .text, "A shell command whose first line of output is the password or encryption secret."),
    Option("encryption-secret", .secret, remembered: false, "FotoWeb, login-token: the site's encryption secret."),
    Option("api-key", .secret, "PhotoShelter: the program's API key."),
    Option(
      "api-key-in", .choice(["header", "parameter"]), default: "header", "PhotoShelter: where the API key travels."),
    Option(
      "authentication", .choice(Systems.authentications),
      "PhotoShelter: cookie (default), token, token-in-url. FotoWeb: device-token (default), login-token, query."),
    Option("organization", .text, "PhotoShelter: the ID of the organization to act for."),
    Option(
      "organization-method", .choice(["post", "get"]), default: "post", "PhotoShelter: method of the organization step."
    ),
    Option("logout-method", .choice(["post", "get"]), default: "post", "PhotoShelter: method of the logout request."),
    Option(
      "rotation", .choice(["serialize", "newest"]), default: "serialize",
      "Rotated cookies: one request at a time, or parallel for servers that accept older cookies."),
    Option("api-path", .text, "The API's path at the server, where it is not the usual one."),
    Option(
      "query-names", .choice(["u,p", "username,password"]), default: "u,p",
      "FotoWeb: names of the credentials in requests."),
    Option("invalid-status", .statuses, default: "401,403", "HTTP statuses that mean the session is invalid."),
    Option("invalid-class", .words, default: "SessionRequiredErr", "PhotoShelter: error classes that mean it."),
    Option("invalid-text", .text, "Text in an answer's beginning that means it, such as a guest's name."),
    Option("token-limit-text", .text, "FotoWeb: text in a refused login that means too many device tokens."),
    Option("login-token-life", .seconds(30...86_400), default: "300", "FotoWeb: how long a login token may be used."),
    Option(
      "login-token-encoding", .choice(["utf-8", "legacy"]), default: "utf-8",
      "FotoWeb: legacy encodes user names twice."),
    Option("store", .path, default: "file", "Where sessions outlive the process: file, memory or a directory."),
    Option(
      "lock-timeout", .seconds(0...86_400), default: "60", "How long to wait for another process that uses the session."
    ),
    Option(
      "idle-limit", .seconds(0...604_800), default: "0", "Inactivity after which the server ends a session; 0: unknown."
    ),
    Option("token-limit", .count(1...10_000), default: "10", "FotoWeb: device tokens that the server allows a user."),
    Option(
      "token-reserve", .count(0...10_000), default: "1",
      "FotoWeb: how many of these are left to the user's other devices."),
    Option("ca-file", .path, "CA certificates to trust instead of the system's."),
    Option("client-certificate", .path, "A PEM file with the client's certificate, for servers that ask for one."),
    Option("client-key", .path, "A PEM file with its private key, where it is not in the same file."),
    Option("pinned-key", .text, "The server's public key: sha256//BASE64, more than one parted by \";\"."),
    Option("proxy", .text, "http://, https:// or socks5h://host:port; none: no proxy, whatever the environment says."),
    Option("unix-socket", .path, "For tests: a Unix socket that stands for the server."),
    Option("ip", .choice(["any", "4", "6"]), default: "any", "The versions of IP to use."),
    Option("http", .choice(["2", "1.1"]), default: "2", "The newest version of HTTP to offer."),
    Option(
      "redirects", .count(0...50), default: "10", "How many redirects to follow; 0: they are answers like others."),
    Option("retries", .count(0...10), default: "0", "How often to try again what certainly was not acted upon."),
    Option(
      "retry-after", .seconds(0...3_600), default: "0", "How long to wait if the server asks for it; 0: not at all."),
    Option("timeout", .seconds(0...86_400), default: "0", "How long one request may take in all; 0: no limit."),
    Option("idle-timeout", .seconds(0...86_400), default: "120", "How long a transfer may stand still; 0: no limit."),
    Option("connect-timeout", .seconds(1...3_600), default: "30", "How long connecting may take."),
    Option(
      "response-limit", .bytes, default: "64M", "The largest answer that is kept in memory; streams have no limit."),
    Option("allow-loopback-http", .boolean, default: "no", "For tests: plain HTTP to this very machine."),
  ]

  private static let byName = Dictionary(uniqueKeysWithValues: table.map { ($0.name, $0) })

  /// The option of this name, or a failure that names the nearest.
  public static func named(_ name: String) throws(Failure) -> Option {
    if let option = byName[name] { return option }
    let shown = String(name.prefix(40)).filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    let nearest = table.min { distance($0.name, name) < distance($1.name, name) }?.name ?? ""
    throw Failure(.option, "there is no option \"\(shown)\"; did you mean \"\(nearest)\"?")
  }

  /// Levenshtein distance over bytes; names are short, and so is what it is given.
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

extension Option.Kind {
  public var word: String {
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

  public var choices: [String] {
    if case .choice(let words) = self { return words }
    return []
  }
}
