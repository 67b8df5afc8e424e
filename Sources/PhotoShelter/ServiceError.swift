// ServiceError.swift - PhotoShelter's error envelope, in the shapes that are on record (reference, response envelope):
// {"status":"error","error":{"class","message"}}, {"errors":[{"id","title"}]}, and the XML of `format=xml`. Anything
// else is no error of this API.

internal import DamCore

struct ServiceError {
  /// The error class, such as "SessionRequiredErr"; "" where there is none.
  var name: String
  /// The server's own words. They are cut, and secrets removed, before anybody sees them (`CallContext.clean`).
  private var message: String

  init(class name: String, message: String) {
    self.name = name
    self.message = message
  }

  /// nil when the response is no error, or not whole.
  init?(_ response: WireResponse) {
    guard response.isWhole, let first = response.beginning.first(where: { $0 > 0x20 }) else { return nil }
    // Most responses are content: only a JSON document that mentions an error is worth parsing.
    if first == 0x7B, response.status >= 400 || response.beginningContains("\"error") {
      guard let json = JSONValue.parse(response.beginning) else { return nil }
      self.init(json)
    } else if first == 0x3C, response.beginningContains("<status>error</status>") {
      let text = String(decoding: response.beginning, as: UTF8.self)
      self.init(class: ServiceError.element("class", text), message: ServiceError.element("message", text))
    } else {
      return nil
    }
  }

  private init?(_ json: JSONValue) {
    if let error = json["error"], json["status"]?.text == "error" {
      self.init(class: error["class"]?.text ?? "", message: error["message"]?.text ?? "")
    } else if let error = json["errors"]?.array?.first, error["id"] != nil || error["title"] != nil {
      self.init(class: error["id"]?.text ?? "", message: error["title"]?.text ?? "")
    } else {
      return nil
    }
  }

  private static func element(_ name: String, _ text: String) -> String {
    guard let start = text.firstRange(of: "<\(name)>"), let end = text[start.upperBound...].firstRange(of: "</\(name)>")
    else {
      return ""
    }
    return String(text[start.upperBound..<end.lowerBound])
  }

  /// Whether this is one of these classes. v3's end in "Err"; the one that is on record of v4, in "Exception".
  func isOne(of classes: [String]) -> Bool {
    let own = ServiceError.stem(name)
    return !own.isEmpty && classes.contains { ServiceError.stem($0) == own }
  }

  private static func stem(_ name: String) -> Substring {
    for ending in ["Err", "Exception"] where name.hasSuffix(ending) { return name.dropLast(ending.count) }
    return name[...]
  }

  /// The two classes on record for a wrong e-mail address or password (reference, response envelope). Other classes say
  /// that a login failed, but not that it always will.
  var isAboutCredentials: Bool { isOne(of: ["AuthInvalidPasswordErr", "AuthInvalidLoginErr"]) }
  /// The class of v3 is not on record; v4 has "ApiKeyInvalidException" (reference, response envelope).
  var isAboutAPIKey: Bool { name.lowercased().contains("apikey") }
  /// The predecessor API's class for a login over plain HTTP (reference, request basics).
  var isAboutHTTPS: Bool { isOne(of: ["HTTPSRequiredPermErr"]) }
  /// No class is on record, so likely spellings count.
  var isAboutSecondFactor: Bool {
    let lower = name.lowercased()
    return lower.contains("twofactor") || lower.contains("secondfactor") || lower.contains("2fa")
  }
  /// Whether the class says why a login is refused, and not only that it is.
  var isAboutLogins: Bool { isAboutCredentials || isAboutAPIKey || isAboutHTTPS || isAboutSecondFactor }

  /// Class and message for `Failure.quote`; "" when it says nothing.
  var words: String { [name, message].map(ServerWords.clean).filter { !$0.isEmpty }.joined(separator: ": ") }
}
