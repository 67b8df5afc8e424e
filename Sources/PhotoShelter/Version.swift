// Version.swift - what differs between the versions of PhotoShelter's API: where things are, and what responses look
// like. The guide is v3's. v4's reference is not public, and what is here comes from the vendor's own plugin and tester
// and from public clients (reference, API v4).

internal import DamCore

extension PhotoShelter {
  package enum Version: String, CaseIterable, Sendable {
    case v3 = "3"
    case v4 = "4"

    var apiPath: String { self == .v3 ? "/psapi/v3/" : "/psapi/v4.0/" }
    var login: String { self == .v3 ? "mem/authenticate" : "authenticate" }
    /// The guide has no request that only looks at the session. Clients and the vendor's own programs use this one
    /// (reference, request basics).
    var session: String { self == .v3 ? "mem/user/session" : "user/session" }
    /// nil: no client of v4 is known to end a session at the server.
    var logout: String? { self == .v3 ? "mem/authenticate/logout" : nil }

    /// Whether a response is this API's, and a success.
    func isSuccess(_ response: WireResponse, _ json: JSONValue?) -> Bool {
      guard response.isSuccess else { return false }
      if self == .v3 { return json?["status"]?.text == "ok" }
      guard case .object = json else { return false }
      return true
    }

    /// What a response says under a name. Clients of v4 have found it in three places.
    func member(_ name: String, of json: JSONValue?) -> JSONValue? {
      let data = json?["data"]
      if self == .v3 { return data?[name] }
      return json?[name] ?? data?[name] ?? data?["attributes"]?[name]
    }
  }
}
