// RecordReading.swift - records from JSON. Anybody may have written one: what is missing or of another type counts as
// absent, numbers are kept in bounds, and a record without its essentials is none. Read member by member rather than by
// way of a JSONValue, which has to try every type for every value and takes five times as long: four processes that
// take turns with a session read its record at every turn.

enum RecordBounds {
  /// More cookies than any session holds, to bound what a damaged record costs.
  static let cookies = 1000
  /// Ten years either way.
  static func skew(_ seconds: Int64) -> Int64 { min(max(seconds, -315_360_000), 315_360_000) }
}

/// The members of an object.
private struct Members {
  private struct Name: CodingKey {
    let stringValue: String
    init(stringValue: String) { self.stringValue = stringValue }
    var intValue: Int? { nil }
    init?(intValue: Int) { nil }
  }

  private let container: KeyedDecodingContainer<Name>

  init(_ decoder: any Decoder) throws { container = try decoder.container(keyedBy: Name.self) }

  /// nil: it is absent, null, or of another type.
  func value<Value: Decodable>(_ name: String) -> Value? {
    try? container.decodeIfPresent(Value.self, forKey: Name(stringValue: name))
  }

  /// nil: it is absent or null.
  func present<Value: Decodable>(_ name: String) throws -> Value? {
    try container.decodeIfPresent(Value.self, forKey: Name(stringValue: name))
  }

  func required<Value>(_ value: Value?, _ name: String) throws -> Value {
    guard let value else {
      throw DecodingError.dataCorruptedError(
        forKey: Name(stringValue: name), in: container, debugDescription: "missing, or makes no sense")
    }
    return value
  }

  /// The items that make sense.
  func items<Item: Decodable>(_ name: String) -> [Item] { (value(name) ?? [Lenient<Item>]()).compactMap(\.item) }

  private struct Lenient<Item: Decodable>: Decodable {
    let item: Item?
    init(from decoder: any Decoder) { item = try? Item(from: decoder) }
  }

  /// Those that this version does not know.
  func besides(_ known: Set<String>) -> [String: JSONValue] {
    var rest: [String: JSONValue] = [:]
    for name in container.allKeys where !known.contains(name.stringValue) {
      rest[name.stringValue] = try? container.decode(JSONValue.self, forKey: name)
    }
    return rest
  }

  // MARK: Numbers: what passes here can be added and subtracted without overflow

  /// Seconds since 1970, at most to the end of the year 9999; nil: there is no number.
  func optionalTime(_ name: String) -> Int64? { value(name).map { min(max($0, 0), 253_402_300_799) } }
  func time(_ name: String) -> Int64 { optionalTime(name) ?? 0 }

  /// A number that grows by one at a time, as text; nil if it is too large to have got there.
  func counter(_ name: String) -> UInt64? {
    value(name).flatMap { (text: String) in UInt64(text) }.flatMap { $0 < 1 << 62 ? $0 : nil }
  }
}

extension SessionRecord: Decodable {
  private static let known: Set = [
    "generation", "issued_at", "used_at", "clock_skew", "organizations", "idle_survived", "idle_died", "identity",
    "secret", "served", "rejected", "renewing", "consent",
  ]

  package init(from decoder: any Decoder) throws {
    let members = try Members(decoder)
    self.init()
    generation = try members.required(members.counter("generation"), "generation")
    issuedAt = members.time("issued_at")
    usedAt = members.time("used_at")
    clockSkew = RecordBounds.skew(members.value("clock_skew") ?? 0)
    organizations = members.items("organizations")
    idle.survived = members.time("idle_survived")
    idle.died = members.time("idle_died")
    identity = members.value("identity")
    secret = try members.present("secret")
    served = members.value("served")
    rejected = members.value("rejected")
    renewing = members.value("renewing")
    consent = members.value("consent")
    unknown = members.besides(SessionRecord.known)
  }
}

extension Identity: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try Members(decoder)
    let origin = members.value("origin").flatMap { (text: String) in Origin(text) }
    self.init(
      Account(
        system: try members.required(members.value("system"), "system"),
        origin: try members.required(origin, "origin"), user: try members.required(members.value("user"), "user")),
      secretKind: try members.required(members.value("secret_kind"), "secret_kind"),
      organization: members.value("organization") ?? "")
  }
}

extension SessionSecret: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try Members(decoder)
    self.init()
    token = try members.secret("token")
    refreshToken = try members.secret("refresh_token")
    proof = members.value("proof")
    expiresAt = members.optionalTime("expires_at")
    let list: [Cookie] = try members.present("cookies") ?? []
    // Joined one by one, since no set may hold a name twice: the older value would be sent for ever.
    cookies = CookieSet().joined(
      CookieSet(try members.required(list.count <= RecordBounds.cookies ? list : nil, "cookies")))
  }
}

extension RenewalMark: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try Members(decoder)
    self.init(
      token: try members.required(members.value("token"), "token"), since: members.time("since"),
      isOver: members.value("over") ?? false)
  }
}

extension PendingConsent: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try Members(decoder)
    self.init(
      state: try members.required(members.secret("state"), "state"),
      verifier: try members.required(members.secret("verifier"), "verifier"), begunAt: members.time("begun_at"),
      isUsed: members.value("used") ?? false, interval: members.optionalTime("interval"),
      life: members.optionalTime("life") ?? PendingConsent.usualLife)
  }
}

extension Cookie: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try Members(decoder)
    self.init(
      name: try members.required(members.value("name").flatMap(Members.line), "name"),
      value: try members.secret("value"), stamp: try members.required(members.counter("stamp"), "stamp"))
  }
}

extension Members {
  /// What becomes part of a header line may come from a store that others write to, too. nil: it is absent or null.
  fileprivate func secret(_ name: String) throws -> Secret? {
    guard let text: String = try present(name) else { return nil }
    return Secret(try required(Members.line(text), name))
  }

  fileprivate static func line(_ text: String) -> String? { ASCII.all(text, ASCII.isPrintable) ? text : nil }
}

extension Organization: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try Members(decoder)
    let id: String? = members.value("id").flatMap { (id: String) in id.isEmpty ? nil : id }
    self.init(
      id: try members.required(id, "id"), name: members.value("name") ?? "", isMember: members.value("member"))
  }
}

extension AccountRecord: Decodable {
  private static let known: Set = ["revision", "key", "tokens", "refusals", "refused"]

  package init(from decoder: any Decoder) throws {
    let members = try Members(decoder)
    self.init()
    revision = try members.required(members.counter("revision"), "revision")
    key = members.value("key")
    ledger = members.items("tokens")
    refusals = members.items("refusals")
    isRefused = members.value("refused") ?? false
    unknown = members.besides(AccountRecord.known)
    // Joining with itself puts the lists in order and removes repetitions.
    self = joined(self)
  }
}

extension LedgerEntry: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try Members(decoder)
    self.init(
      fingerprint: try members.required(members.value("fingerprint"), "fingerprint"),
      obtainedAt: try members.required(members.optionalTime("obtained_at"), "obtained_at"),
      suspectedAt: members.optionalTime("suspected_at"), deadAt: members.optionalTime("dead_at"))
  }
}

extension Refusal: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try Members(decoder)
    let reason = members.value("reason").flatMap { (word: String) in Reason(rawValue: word) }
    self.init(
      hash: try members.required(members.value("hash"), "hash"), at: members.time("at"),
      reason: try members.required(reason, "reason"), count: min(max(members.value("count") ?? 1, 1), 1000))
  }
}
