// EngineOptions.swift - how a session behaves, whatever its system is. A new option takes a line here, its name in
// `all`, and its use in Settings, or in Transport if it says how to reach the server. Options of one vendor stand
// beside the vendor's code; those that say who and where, in Vocabulary.

package struct EngineOptions: OptionGroup {
  package static let shared = EngineOptions()
  package init() {}

  let rotation = TypedOption<Rotation>.choice(
    "rotation", default: .serialize,
    "Rotated cookies: one request at a time, or parallel for servers that accept older cookies.")
  let apiPath = TypedOption<String>.apiPath(
    "api-path", "The API's path at the server, where it is not the usual one.")
  package let invalidStatuses = TypedOption<[Int32]>.statuses(
    "invalid-status", default: [401, 403], "HTTP statuses that mean the session is invalid.")
  package let invalidText = TypedOption<String>.text(
    "invalid-text", "Text in a response's beginning that means it, such as a guest's name.")
  package let store = TypedOption<String>.path(
    "store", default: "file", "Where sessions outlive the process: file, memory or a directory.")
  let lockTimeout = TypedOption<Int32>.seconds(
    "lock-timeout", 0...86_400, default: 60, "How long to wait for another process that uses the session.")
  let loginTimeout = TypedOption<Int32>.seconds(
    "login-timeout", 1...3_600, default: 60, "How long a login may take in all, since others wait for it.")
  let storeDown = TypedOption<StoreDown>.choice(
    "store-down", default: .memory,
    "Without the store: stop, or go on in memory where a login costs nothing.")
  let idleLimit = TypedOption<Int32>.seconds(
    "idle-limit", 0...604_800, default: 0, "Inactivity after which the server ends a session; 0: unknown.")
  let caFile = TypedOption<String>.path("ca-file", "CA certificates to trust instead of the system's.")
  let clientCertificate = TypedOption<String>.path(
    "client-certificate", "A PEM file with the client's certificate, for servers that ask for one.")
  let clientKey = TypedOption<String>.path(
    "client-key", "A PEM file with its private key, where it is not in the same file.")
  let pinnedKey = TypedOption<String>.pinnedKey(
    "pinned-key", "The server's public key: sha256//BASE64, more than one parted by \";\".")
  let proxy = TypedOption<Proxy>.proxy(
    "proxy", "http://, https:// or socks5h://host:port; none: no proxy, whatever the environment says.")
  let unixSocket = TypedOption<String>.path(
    "unix-socket", "For tests: a Unix socket that stands for the server.")
  let ipVersion = TypedOption<IPVersion>.choice("ip", default: .any, "The versions of IP to use.")
  let newestHTTP = TypedOption<HTTPVersion>.choice("http", default: .two, "The newest version of HTTP to offer.")
  let redirects = TypedOption<Int32>.count(
    "redirects", 0...50, default: 10, "How many redirects to follow; 0: they are responses like others.")
  let retries = TypedOption<Int32>.count(
    "retries", 0...10, default: 0, "How often to try again what certainly was not acted upon.")
  let retryAfter = TypedOption<Int32>.seconds(
    "retry-after", 0...3_600, default: 0, "How long to wait if the server asks for it; 0: not at all.")
  let timeout = TypedOption<Int32>.seconds(
    "timeout", 0...86_400, default: 0, "How long one request may take in all; 0: no limit.")
  let idleTimeout = TypedOption<Int32>.seconds(
    "idle-timeout", 0...86_400, default: 120, "How long a transfer may stand still; 0: no limit.")
  let connectTimeout = TypedOption<Int32>.seconds(
    "connect-timeout", 1...3_600, default: 30, "How long connecting may take.")
  let responseLimit = TypedOption<Int64>.bytes(
    "response-limit", default: "64M", "The largest response that is kept in memory; streams have no limit.")
  let allowLoopbackHTTP = TypedOption<Bool>.switched(
    "allow-loopback-http", "For tests: plain HTTP to this very machine.")

  package var all: [OptionRow] {
    [
      rotation, apiPath, invalidStatuses, invalidText, store, lockTimeout, loginTimeout, storeDown, idleLimit, caFile,
      clientCertificate,
      clientKey, pinnedKey, proxy, unixSocket, ipVersion, newestHTTP, redirects, retries, retryAfter, timeout,
      idleTimeout, connectTimeout, responseLimit, allowLoopbackHTTP,
    ]
  }
}

/// What becomes of a call that needs a store which is out of order.
enum StoreDown: String, CaseIterable, Sendable {
  case memory
  case stop
}

/// How requests of a session whose cookie rotates follow each other: one at a time, or in parallel with the order rule.
package enum Rotation: String, CaseIterable, Sendable {
  case serialize
  case newest
}
