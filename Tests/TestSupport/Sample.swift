// Sample.swift - what the tests of the engine and of the vendors build on: settings that work, and responses.

internal import DamABI
package import DamCore
package import FotoWeb
package import PhotoShelter

/// The systems of the library, as it is put together.
package let knownSystems = DamABI.knownSystems

extension OptionValues {
  package init() { self.init(knownSystems.vocabulary) }

  package func secret(_ name: String) -> Secret? {
    switch name {
    case "password": self[vocabulary.password]
    case "api-key": self[PhotoShelter.Options().apiKey]
    case "encryption-secret": self[FotoWeb.Options().encryptionSecret]
    default: nil
    }
  }

  package func text(_ name: String) -> String { (try? knownSystems.vocabulary.option(name)).map(text) ?? "" }
}

/// Options that work, with one or two of them changed by the test; nil takes one away.
package enum Sample {
  /// Holds what a form must encode, so that a test sees whether it was.
  package static let password = "p&ss wörd=7+%"
  package static let encodedPassword = "p%26ss%20w%C3%B6rd%3D7%2B%25"
  package static let apiKey = "KEY45678901"
  package static let encryptionSecret = "sésame"

  package static func values(_ base: [String: String], _ changes: [String: String?]) throws(Failure) -> OptionValues {
    var values = OptionValues()
    for (name, value) in base.merging(changes.compactMapValues { $0 }, uniquingKeysWith: { $1 }) {
      if changes[name] != .some(nil) { try values.set(name, value) }
    }
    return values
  }

  package static let photoShelterOptions = [
    "system": "photoshelter", "url": "https://archive.example", "user": "kim@example.com", "password": password,
    "api-key": apiKey,
  ]

  package static let fotoWebOptions = [
    "system": "fotoweb", "url": "https://archive.example", "user": "kim", "password": password,
    "encryption-secret": encryptionSecret,
  ]

  package static func photoShelter(_ changes: [String: String?] = [:]) throws(Failure) -> Settings {
    try Settings(values(photoShelterOptions, changes))
  }

  package static func fotoWeb(_ changes: [String: String?] = [:]) throws(Failure) -> Settings {
    try Settings(values(fotoWebOptions, changes))
  }

  package static let fotoWareOptions = [
    "system": "fotoware", "url": "https://archive.example", "client-id": "desk app",
  ]

  package static func fotoWare(_ changes: [String: String?] = [:]) throws(Failure) -> Settings {
    try Settings(values(fotoWareOptions, changes))
  }

  package static func request(
    _ settings: Settings, _ path: String = "mem/user", method: String = "GET", bodySize: UInt64? = nil,
    image: String? = nil
  ) throws(Failure) -> CallGoal {
    .request(
      try CallerRequest(
        method: method, path: path, headers: [], contentType: nil,
        body: bodySize.map { CallerRequest.Body(isPresent: true, size: $0, canRewind: true) } ?? .none, image: image,
        settings: settings))
  }
}

extension CallerRequest {
  /// In one line, as tests like it.
  package init(
    method: String, path: String, headers: [(name: String, value: String)], contentType: String?, body: Body,
    image: String?, isSentOnce: Bool = false, settings: Settings
  ) throws(Failure) {
    var fields = Fields(path: path)
    (fields.method, fields.headers, fields.contentType) = (method, headers, contentType)
    (fields.body, fields.image, fields.isSentOnce) = (body, image, isSentOnce)
    try self.init(fields, settings)
  }
}

extension Settings {
  package convenience init(_ values: OptionValues) throws(Failure) { try self.init(values, knownSystems) }

  package var photoShelter: PhotoShelter { get throws(Failure) { try its(PhotoShelter.self) } }
  package var fotoWeb: FotoWeb { get throws(Failure) { try its(FotoWeb.self) } }

  private func its<Kind: System>(_: Kind.Type) throws(Failure) -> Kind {
    guard let kind = system as? Kind else { throw Failure(.internalError, "the settings are of another system") }
    return kind
  }
}

extension WireResponse {
  /// `lines`: "Name: value".
  package init(_ status: Int32, _ lines: [String] = [], _ body: String = "", isWhole: Bool = true) {
    self.init(status: status, headers: HeaderBlock(lines), beginning: Array(body.utf8), isWhole: isWhole)
  }

  package static func error(_ status: Int32, _ name: String, _ message: String = "") -> WireResponse {
    WireResponse(status, [], #"{"status":"error","error":{"code":400,"class":"\#(name)","message":"\#(message)"}}"#)
  }
}

extension LoginProgress {
  /// Where a renewal of "A1" by "R1" begins.
  package static let renewed: LoginProgress = {
    var progress = LoginProgress(credentials: Secret(""), now: 1_000_000, clockSkew: 0)
    progress.origin = .refreshToken
    progress.secret.token = Secret("A1")
    progress.secret.refreshToken = Secret("R1")
    return progress
  }()
}

extension HeaderBlock {
  package init(_ lines: [String]) { self.init(Array(lines.map { $0 + "\r\n" }.joined().utf8)) }
}

extension Cookie {
  package init(_ name: String, _ value: String?, _ stamp: UInt64) {
    self.init(name: name, value: value.map { Secret($0) }, stamp: stamp)
  }
}

extension WireRequest {
  /// The body of a login.
  package var form: String? {
    switch body {
    case .form(let text), .json(let text): text.revealText()
    case .none, .caller: nil
    }
  }

  package func secretHeader(_ name: String) -> String? { secretHeaders.first { $0.name == name }?.value.revealText() }
}

extension WireResponse {
  package static func ok(_ lines: String..., data: String = "{}") -> WireResponse {
    WireResponse(200, lines, #"{"status":"ok","data":\#(data)}"#)
  }

  package static let expired = WireResponse.error(400, "SessionRequiredErr")
  package static func cookie(_ value: String) -> WireResponse { .ok("Set-Cookie: mem=\(value); path=/") }
}
