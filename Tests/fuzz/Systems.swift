// Systems.swift - the systems that the library is put together from, for options by name.

@testable import DamCore
@testable import FotoWeb
@testable import PhotoShelter

let knownSystems = Systems([PhotoShelter.self, FotoWeb.self])

extension Settings {
  init(_ values: OptionValues) throws(Failure) { try self.init(values, knownSystems) }
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
