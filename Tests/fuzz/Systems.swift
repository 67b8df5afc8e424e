// Systems.swift - options by name, and requests in one line.

@testable import DamABI
@testable import DamCore
@testable import FotoWeb
@testable import PhotoShelter

/// The systems of the library, as it is put together.
let knownSystems = DamABI.knownSystems

extension Settings {
  convenience init(_ values: OptionValues) throws(Failure) { try self.init(values, knownSystems) }
}

extension CallerRequest {
  init(
    method: String, path: String, headers: [(name: String, value: String)] = [], body: Body = .none, settings: Settings
  ) throws(Failure) {
    var fields = Fields(path: path)
    (fields.method, fields.headers, fields.body) = (method, headers, body)
    try self.init(fields, settings)
  }
}

extension OptionValues {
  init() { self.init(knownSystems.vocabulary) }

  func text(_ name: String) -> String { (try? knownSystems.vocabulary.option(name)).map(text) ?? "" }

  func secret(_ name: String) -> Secret? {
    switch name {
    case "password": self[vocabulary.password]
    case "api-key": self[PhotoShelter.Options().apiKey]
    case "encryption-secret": self[FotoWeb.Options().encryptionSecret]
    default: nil
    }
  }
}
