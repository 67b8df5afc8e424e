// Systems.swift - the systems there are.

public enum Systems {
  static let all: [any System.Type] = [PhotoShelter.self, FotoWeb.self]

  static var names: [String] { all.map { $0.name } }
  static var authentications: [String] { all.flatMap { $0.authentications } }
  static func make(_ settings: Settings) -> any System {
    (kind(settings.systemName) ?? PhotoShelter.self).init(settings)
  }
  static func kind(_ name: String) -> (any System.Type)? { all.first { $0.name == name } }
}
