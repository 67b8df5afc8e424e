// Settings.swift - options with meaning, checked together once, when a session is opened. Whatever a session needs of
// them later is here as a typed value; what only its system reads is in the system.

/// A reference: calls hold it, and it does not change.
package final class Settings: Sendable {
  package let system: any System
  package let site: Site
  package let transport: Transport
  let rotation: Rotation
  /// The option "store": file, memory or a folder.
  package let store: String
  let storeDown: StoreDown
  /// In seconds, as is what follows.
  package let lockTimeout: Int32
  package let loginTimeout: Int32
  /// 0: unknown, and to be learned.
  let idleLimit: Int32
  let redirects: Int32
  let retries: Int32
  /// How long a server may ask to wait; 0: nothing is waited for.
  let retryAfter: Int32
  /// In bytes.
  package let responseLimit: Int64
  /// All secrets that were set as options: no message may repeat them.
  let secrets: [Secret]
  /// Names of URL parameters under which secrets travel, in lower case.
  let secretNames: Set<String>

  /// What was not taken from the environment or a remembered name, and why; "" for nothing.
  let leftOut: String

  package convenience init(_ values: OptionValues, _ systems: Systems) throws(Failure) {
    try values.checkSources()
    let settled = values.settled
    do { try self.init(settled: settled, systems) } catch {
      throw error.cause == .option ? error.adding(settled.leftOut) : error
    }
  }

  private init(settled values: OptionValues, _ systems: Systems) throws(Failure) {
    guard let kind = systems.kind(values[values.vocabulary.system]) else {
      throw Failure(.option, "\"system\" is missing: " + systems.names.joined(separator: " or "))
    }
    let chosen = values[values.vocabulary.authentication]
    let site = try Site(
      values, defaultURL: kind.defaultURL, defaultPath: kind.defaultPath(values), needsUser: kind.needsUser)
    system = try Settings.system(kind, chosen, values, site)
    self.site = site
    guard system.hasOrganizations || site.organization.isEmpty else {
      throw Failure(.option, "\"organization\" is for other systems; \(kind.title) has none")
    }
    let options = EngineOptions.shared
    transport = Transport(values)
    rotation = values[options.rotation]
    store = values[options.store]
    lockTimeout = values[options.lockTimeout]
    loginTimeout = values[options.loginTimeout]
    storeDown = values[options.storeDown]
    idleLimit = values[options.idleLimit]
    redirects = values[options.redirects]
    retries = values[options.retries]
    retryAfter = values[options.retryAfter]
    responseLimit = values[options.responseLimit]
    secrets = values.secrets
    leftOut = values.leftOut
    secretNames = Disguise.customaryNames.union(systems.all.flatMap { $0.secretNames })
  }

  private static func system<Kind: System>(
    _ kind: Kind.Type, _ chosen: String, _ values: OptionValues, _ site: Site
  ) throws(Failure) -> any System {
    guard let authentication = chosen.isEmpty ? Kind.Authentication.allCases.first : .init(rawValue: chosen) else {
      let offered = kind.authenticationNames.joined(separator: ", ")
      throw Failure(.option, "\"authentication\" for \(kind.name) is one of: \(offered)")
    }
    return try Kind(site, authentication, values)
  }

  package var identity: Identity {
    Identity(
      Identity.Account(system: system.name, origin: site.origin, user: site.user), secretKind: system.secretKind,
      organization: site.organization)
  }
}

extension Array {
  /// The element, or `other` where there is none: an index out of range would end the application's process.
  package subscript(_ index: Int, or other: Element) -> Element { indices.contains(index) ? self[index] : other }
}
