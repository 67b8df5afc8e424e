// Redirect.swift - where a redirect leads, and what may go there. libcurl's own redirects stay off, because they carry
// custom secret headers to other origins. Here the same origin keeps the secret, another one gets a bare GET or HEAD,
// and https never becomes http. A malformed location is refused, not guessed at.

internal import FoundationEssentials

enum Redirect {
  /// Not a redirect that can be followed: the response is delivered as it is.
  case none
  case follow(WireRequest)
  /// A redirect that must not be followed.
  case refused(Failure)

  private static let statuses: [Int32] = [301, 302, 303, 307, 308]

  /// Headers that say nothing about who asks. All others are dropped when a request goes to another origin.
  private static let travelling = [
    "accept", "accept-encoding", "accept-language", "cache-control", "if-match", "if-modified-since", "if-none-match",
    "if-range", "if-unmodified-since", "range",
  ]

  /// What must not appear in the URL of another origin than the session's own.
  struct Guarded {
    let home: Origin
    /// Names of parameters under which somebody may travel, in small letters.
    let names: Set<String>
    let secrets: [Secret]
  }

  /// What to send after `response` to `request`. `guarded`: most responses lead nowhere, and nobody asks.
  static func judge(
    _ response: WireResponse, to request: WireRequest, _ guarded: @autoclosure () -> Guarded
  ) -> Redirect {
    guard statuses.contains(response.status), let location = response.headers.first("location") else { return .none }
    guard let (origin, target) = resolve(String(decoding: location, as: UTF8.self), request) else {
      return .refused(
        Failure(
          .protocolViolation, "the server redirects to a location that makes no sense", httpStatus: response.status)
      )
    }
    let method = method(after: response.status, request.method)
    let isOwn = origin == request.origin
    if request.origin.isSecure, !origin.isSecure {
      return .refused(
        Failure(
          .insecure, "the server redirects from https to http, which is not followed", httpStatus: response.status))
    }
    guard isOwn || method == "GET" || method == "HEAD" else { return .none }
    // Both as the server wrote it and as it would be sent: the first has a fragment, the second may be spelled
    // differently.
    let spelled = [String(decoding: location, as: UTF8.self), origin.text + target]
    let guarded = guarded()
    if !(isOwn && origin == guarded.home),
      let objection = Disguise.objection(to: spelled, guarded.secrets, names: guarded.names)
    {
      return .refused(
        Failure(.insecure, "the server redirects to another origin \(objection)", httpStatus: response.status))
    }
    var next = WireRequest(method: method, origin: origin, target: target)
    next.headers = isOwn ? request.headers : request.headers.filter { travelling.contains($0.name.lowercased()) }
    next.body = method == request.method ? request.body : .none
    next.isSentOnce = method == request.method && request.isSentOnce
    if case .none = next.body { next.headers.removeAll { $0.name.lowercased() == "content-type" } }
    return .follow(next)
  }

  /// As browsers do: 303 and, by custom, 301 and 302 turn a POST into a GET (RFC 9110, 15.4).
  private static func method(after status: Int32, _ method: String) -> String {
    if method == "HEAD" || method == "GET" { return method }
    return status == 303 || (method == "POST" && status < 303) ? "GET" : method
  }

  private static func resolve(_ location: String, _ request: WireRequest) -> (Origin, String)? {
    guard let base = URL(string: request.origin.text + request.target),
      let url = URL(string: location, relativeTo: base)?.absoluteURL,
      let (origin, rest) = Origin.split(String(url.absoluteString.prefix { $0 != "#" }))
    else { return nil }
    let target = rest.hasPrefix("/") ? String(rest) : "/" + rest
    return target.utf8.allSatisfy(ASCII.isVisible) && target.utf8.count <= 65_536 ? (origin, target) : nil
  }
}
