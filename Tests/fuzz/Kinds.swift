// Kinds.swift - the ways to open a session, each with the secrets of Oracle.swift and with a record that has them.

@testable import DamCore

struct Kind {
  let name: String
  let settings: Settings

  /// A session of this kind that is logged in.
  var record: SessionRecord {
    var record = SessionRecord()
    record.generation = 1
    record.issuedAt = 1_789_999_000
    record.usedAt = 1_789_999_000
    record.identity = settings.identity
    var secret = SessionSecret()
    switch settings.system.authenticationName {
    case "token", "token-in-url": secret.token = Secret(Canary.token)
    case "query": secret.proof = "00ff:" + Stage.hash(Secret(Canary.password), "00ff")
    case "cookie": secret.cookies = CookieSet([Cookie(name: "mem", value: Secret(Canary.cookie), stamp: 1)])
    default: secret.cookies = CookieSet([Cookie(name: "FWSession", value: Secret(Canary.cookie), stamp: 1)])
    }
    record.secret = secret
    return record
  }

  static let all: [Kind] = [
    photoShelter("cookie"), photoShelter("token"), photoShelter("token-in-url", ["api-key-in": "parameter"]),
    photoShelter("cookie", ["organization": "O1", "rotation": "newest", "invalid-text": "Guest", "idle-limit": "600"]),
    photoShelter("token", ["organization": "O1", "retries": "2", "retry-after": "3", "api-key-in": "parameter"]),
    fotoWeb("device-token"), fotoWeb("login-token"), fotoWeb("query"),
    fotoWeb("device-token", ["token-limit-text": "too many", "invalid-text": "Guest", "retries": "1"]),
  ].compactMap { $0 }

  static func chosen(by byte: UInt8) -> Kind { all[Int(byte) % all.count] }

  private static func photoShelter(_ authentication: String, _ more: [String: String] = [:]) -> Kind? {
    let own = ["api-key": Canary.apiKey, "user": "kim@example.com"]
    return make("photoshelter", authentication, own.merging(more) { $1 })
  }

  private static func fotoWeb(_ authentication: String, _ more: [String: String] = [:]) -> Kind? {
    make("fotoweb", authentication, ["encryption-secret": Canary.encryptionSecret, "user": "kim"].merging(more) { $1 })
  }

  private static func make(_ system: String, _ authentication: String, _ more: [String: String]) -> Kind? {
    var values = OptionValues()
    let base = [
      "system": system, "authentication": authentication, "url": "https://archive.example",
      "password": Canary.password,
    ]
    do {
      for (name, value) in base.merging(more, uniquingKeysWith: { $1 }) { try values.set(name, value) }
      return Kind(name: "\(system) \(authentication)", settings: try Settings(values))
    } catch {
      check(false, "the options of a kind are good: \(error)")
      return nil
    }
  }
}
