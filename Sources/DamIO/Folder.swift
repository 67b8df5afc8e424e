// Folder.swift - where damsession keeps its files, by the XDG base directory specification, and how it makes a folder
// that only the owner can enter. Relative XDG paths are ignored, as that specification asks.

internal import CLinux
internal import Glibc

enum Folder {
  /// Sessions: $XDG_STATE_HOME/damsession, default ~/.local/state/damsession.
  static var state: String? { base("XDG_STATE_HOME", ".local/state").map { $0 + "/damsession" } }

  /// Remembered options: $XDG_CONFIG_HOME/damsession, default ~/.config/damsession.
  static var configuration: String? { base("XDG_CONFIG_HOME", ".config").map { $0 + "/damsession" } }

  private static func base(_ variable: String, _ underHome: String) -> String? {
    if let path = Environment.value(variable), path.hasPrefix("/") { return path }
    return Environment.value("HOME").flatMap { $0.hasPrefix("/") ? "\($0)/\(underHome)" : nil }
  }

  /// Makes a folder, and those above it that are missing. Mode 0700, since what is in them is the owner's.
  static func make(_ path: String) -> SystemError? {
    if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return nil }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return .last }
    if let error = make(String(path[..<slash])) { return error }
    return unsafe mkdir(path, 0o700) == 0 || errno == EEXIST ? nil : .last
  }

  /// The names of what is in a folder.
  static func files(_ path: String) -> Result<[String], SystemError> {
    guard let directory = unsafe opendir(path) else { return .failure(.last) }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(validatingCString: $0) }
      }
      if let name { names.append(name) }
    }
    return .success(names)
  }
}

enum Environment {
  /// A variable's value; nil when it is absent, empty or not UTF-8.
  static func value(_ name: String) -> String? {
    guard case .text(let value) = look(name) else { return nil }
    return value
  }

  enum Found {
    case nothing
    case text(String)
    case notUTF8
  }

  /// As `value`, for those who must tell a value that is not UTF-8 from none. An empty variable counts as absent.
  static func look(_ name: String) -> Found {
    // secure_getenv(3): nothing in a setuid program, whose variables are set by somebody else than its user.
    guard let bytes = unsafe dam_environment(name), unsafe bytes.pointee != 0 else { return .nothing }
    return unsafe String(validatingCString: bytes).map { .text($0) } ?? .notUTF8
  }
}
