// Names.swift - options remembered under names: one JSON file for each name, readable by its owner alone. Names are
// what people type; sessions are keyed by identity. Names that could leave the folder are refused. A password is never
// among the options: OptionValues.remembered leaves it out.

package import DamCore
internal import Glibc

package enum Names {
  private static let ending = ".json"
  private static let longestFile = 1 << 20

  package static func load(_ name: String, into values: inout OptionValues) throws(Failure) {
    let path = try file(name)
    switch Descriptor.open(path, O_RDONLY | O_NONBLOCK) {
    case .failure(let error):
      guard error.code == ENOENT || error.code == ENOTDIR else { throw failure("read", error) }
      throw Failure(
        .notFound, "no options are remembered under \"\(name)\"; `damsession login \(name) ...` does that")
    case .success(let descriptor):
      // A remembered option may name a program to run, so nobody else may be able to write the file.
      if let objection = descriptor.objection(path, closed: 0o022) { throw refused(objection) }
      switch descriptor.readAll(limit: longestFile) {
      case .failure(let error): throw failure("read", error)
      case .success(let bytes):
        guard let json = JSONValue.parse(bytes) else { throw Failure(.option, "the file of \"\(name)\" is not JSON") }
        var recalled = values
        do { try recalled.recall(json) } catch {
          throw Failure(.option, "in the file of \"\(name)\": \(error.message)")
        }
        // One with a secret, such as an API key, must not even be readable by others.
        let holdsSecret = values.vocabulary.options.contains { $0.isSecret && json[$0.name] != nil }
        if holdsSecret, let objection = descriptor.objection(path, closed: 0o077) { throw refused(objection) }
        values = recalled
      }
    }
  }

  package static func save(_ name: String, _ values: OptionValues) throws(Failure) {
    try values.checkSources()
    try write(name, values.settled.remembered)
  }

  /// Changes one option of a name, or forgets it (nil). What else is remembered stays as it is: here it is the name
  /// itself that changes, so that its secrets follow to another server.
  package static func set(
    _ name: String, _ option: String, _ words: String?, _ vocabulary: Vocabulary
  ) throws(Failure) {
    guard try vocabulary.option(option).isRemembered else {
      throw Failure(.option, "\"\(option)\" is never remembered")
    }
    var values = OptionValues(vocabulary)
    do { try load(name, into: &values) } catch {
      guard error.cause == .notFound, words != nil else { throw error }
    }
    try values.set(option, words, by: .remembered)
    try write(name, values.remembered)
  }

  private static func write(_ name: String, _ remembered: JSONValue) throws(Failure) {
    let path = try file(name)
    let temporary = "\(path).\(Hex.random(8)).tmp"
    if let error = Folder.make(try folder()) { throw failure("write", error) }
    switch Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL) {
    case .failure(let error): throw failure("write", error)
    case .success(let descriptor):
      if let error = descriptor.writeAll(remembered.encoded() + [0x0A]) {
        unsafe unlink(temporary)
        throw failure("write", error)
      }
      guard unsafe rename(temporary, path) == 0 else {
        let error = SystemError.last
        unsafe unlink(temporary)
        throw failure("write", error)
      }
    }
  }

  /// All names, in alphabetical order; none when the folder is not there yet.
  package static func all() throws(Failure) -> [String] {
    switch Folder.files(try folder()) {
    case .failure(let error):
      if error.code == ENOENT || error.code == ENOTDIR { return [] }
      throw failure("read", error)
    case .success(let files):
      return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.filter(isName).sorted()
    }
  }

  package static func remove(_ name: String) throws(Failure) {
    guard unsafe unlink(try file(name)) != 0 else { return }
    let error = SystemError.last
    guard error.code == ENOENT || error.code == ENOTDIR else { throw failure("remove", error) }
    throw Failure(.notFound, "no options are remembered under \"\(name)\"")
  }

  private static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, first != 0x2E, first != 0x2D, name.utf8.count <= 64 else { return false }
    return name.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "._-@".unicodeScalars.contains(scalar))
    }
  }

  private static func file(_ name: String) throws(Failure) -> String {
    guard isName(name) else {
      throw Failure(.argument, "a name has 1 to 64 of letters, digits and . _ - @, and begins with neither . nor -")
    }
    return "\(try folder())/\(name)\(ending)"
  }

  private static func folder() throws(Failure) -> String {
    guard let folder = Folder.configuration else {
      throw Failure(.store, "there is no place for remembered options: set HOME or XDG_CONFIG_HOME")
    }
    if let objection = Ownership.objection(toFolder: folder) { throw refused(objection) }
    return folder
  }

  private static func refused(_ objection: String) -> Failure {
    Failure(.store, "the remembered options are not this user's alone: \(objection)")
  }

  private static func failure(_ what: String, _ error: SystemError) -> Failure {
    Failure(.store, "cannot \(what) the remembered options: \(error.text)")
  }
}

/// The options that the environment holds, DAMSESSION_URL for "url" and so on, and the secrets that it names a folder
/// of.
package enum EnvironmentOptions {
  package static func load(into values: inout OptionValues) throws(Failure) {
    var result = values
    for option in values.vocabulary.options {
      switch Environment.look(option.environmentName) {
      case .nothing: continue
      case .notUTF8: throw Failure(.option, "\(option.environmentName) is not valid UTF-8")
      case .text(let value):
        do { try result.set(option.name, value, by: .environment) } catch {
          throw Failure(.option, "\(option.environmentName): \(error.message)")
        }
      }
    }
    try ServiceCredentials.load(into: &result)
    values = result
  }
}

enum Hex {
  static func random(_ count: Int) -> String {
    let digits = Array("0123456789abcdef")
    return String((0..<count).compactMap { _ in digits.randomElement() })
  }
}
