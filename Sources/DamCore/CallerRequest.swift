// CallerRequest.swift - a request as the application asks for it, checked before anything else happens. A request that
// passes here reaches the session's own origin and nothing else: its URL is put together from checked parts, so that no
// two parsers can read it differently. Other origins, headers that would carry the session's secrets, and line ends are
// refused.

package struct CallerRequest: Sendable {
  package let method: String
  /// Begins with "/"; may still hold "{image}".
  package let target: String
  package private(set) var headers: [(name: String, value: String)]
  package let body: Body
  package let image: ImageHandle?
  /// Sending it twice may do twice what it does, whatever its method says (see `WireRequest.isIdempotent`).
  package let isSentOnce: Bool

  /// What is known of the application's body; the driver has the bytes.
  package struct Body: Sendable {
    package var isPresent: Bool
    /// nil: unknown until it ends.
    package var size: UInt64?
    /// Whether it can be given once more.
    package var canRewind: Bool
    /// Whether the body brings its own Content-Type.
    package var isForm = false

    package static let none = Body(isPresent: false, size: nil, canRewind: true)

    package init(isPresent: Bool, size: UInt64?, canRewind: Bool) {
      self.isPresent = isPresent
      self.size = size
      self.canRewind = canRewind
    }
  }

  static let imagePlaceholder = "{image}"
  /// The response to CONNECT is a tunnel and has no end; that to TRACE repeats the request, secrets included.
  private static let noRequests = ["CONNECT", "TRACE"]
  private static let ownedByTransport = ["host", "content-length", "transfer-encoding", "connection", "content-type"]

  /// A request before anything of it is checked.
  package struct Fields {
    package var method = "GET"
    package var path: String
    package var headers: [(name: String, value: String)] = []
    package var contentType: String?
    package var body = Body.none
    package var image: String?
    package var isSentOnce = false

    package init(path: String) { self.path = path }
  }

  package init(_ fields: Fields, _ settings: Settings) throws(Failure) {
    let (method, body) = (fields.method, fields.body)
    guard !method.isEmpty, method.utf8.count <= 32, ASCII.all(method, ASCII.isToken) else {
      throw Failure(.argument, "the method is not one: letters such as GET or POST")
    }
    guard !CallerRequest.noRequests.contains(method.uppercased()) else {
      throw Failure(.argument, "\(method) is no request to the API: it is for proxies, and for looking at them")
    }
    self.method = method
    let target = try CallerRequest.target(fields.path, settings)
    let system = settings.system
    let path = RequestPath(target)
    if let objection = system.objection(to: path) { throw Failure(.argument, objection) }
    isSentOnce = fields.isSentOnce || system.writes(to: path)
    self.target = target
    self.body = body
    var checked: [(name: String, value: String)] = []
    for (name, value) in fields.headers {
      try CallerRequest.check(name, value, system.reservedHeaders)
      checked.append((name, value))
    }
    if let type = fields.contentType { try CallerRequest.check("content_type", type, []) }
    if body.isPresent, !body.isForm {
      checked.append(("Content-Type", fields.contentType ?? "application/x-www-form-urlencoded"))
    }
    headers = checked
    image = try fields.image.map { (text) throws(Failure) in try ImageHandle(text: text) }
    guard (image != nil) == CallerRequest.hasPlaceholder(target) else {
      throw Failure(.argument, "an image handle and \"{image}\" in the path go together")
    }
  }

  /// As it goes to the session's server. `binding`: what the image ID of a handle must be bound to.
  func wire(with binding: Secret?, home: Origin) throws(Failure) -> WireRequest {
    var target = target
    if let image {
      try image.require(binding)
      let id = String(decoding: ASCII.percentEncoded(image.id.utf8), as: UTF8.self)
      target = target.replacing(CallerRequest.imagePlaceholder, with: id)
    }
    var wire = WireRequest(method: method, origin: home, target: target)
    wire.headers = headers
    wire.body = body.isPresent ? .caller : .none
    wire.isSentOnce = isSentOnce
    return wire
  }

  /// The same request with headers of the library's own.
  package func adding(_ more: [(name: String, value: String)]) -> CallerRequest {
    var copy = self
    copy.headers += more
    return copy
  }

  private static func target(_ path: String, _ settings: Settings) throws(Failure) -> String {
    let bytes = path.utf8
    guard ASCII.all(path, { ASCII.isVisible($0) && $0 != 0x23 && $0 != 0x5C }) else {
      throw Failure(.argument, "the path holds a space, a #, a \\ or a character that must be percent-encoded")
    }
    guard bytes.count <= 65_536 else { throw Failure(.argument, "the path is longer than 65536 bytes") }
    if hasDots(path) { throw Failure(.argument, "the path holds . or .. between slashes; write it without") }
    if bytes.starts(with: "//".utf8) { throw Failure(.argument, "the path begins with //, which names another host") }
    if bytes.first == 0x2F { return path }
    let scheme = bytes.prefix { $0 != 0x3A && $0 != 0x2F && $0 != 0x3F }
    guard bytes[scheme.endIndex...].starts(with: "://".utf8) else { return settings.site.apiPath + path }
    guard let (origin, rest) = Origin.split(path) else { throw Failure(.argument, "the URL is malformed") }
    guard origin == settings.site.origin else {
      // Servers behind a proxy give plain URLs of what https serves as well (public record, file lists).
      let isPlain = scheme.elementsEqual("http".utf8) { ASCII.lower($0) == $1 }
      if isPlain, Origin.split("https" + path[scheme.endIndex...])?.0 == settings.site.origin {
        throw Failure(.insecure, "the URL is of plain http, which hides no secret; the same URL with https:// works")
      }
      throw Failure(
        .insecure, "the URL is of another origin; this session's secrets belong to \(settings.site.origin.text)")
    }
    return rest.hasPrefix("/") ? String(rest) : "/" + rest
  }

  /// Whether a part of the path is "." or "..", however it is spelled.
  private static func hasDots(_ path: String) -> Bool {
    if ASCII.all(path, { $0 != 0x2E && $0 != 0x25 }) { return false }
    let parts = RequestPath(path)
    return parts.contains(".") || parts.contains("..")
  }

  private static func hasPlaceholder(_ target: String) -> Bool {
    // Looked for byte by byte first: a search by characters costs more than the rest of a small request.
    !ASCII.all(target) { $0 != 0x7B } && target.contains(imagePlaceholder)
  }

  private static func check(_ name: String, _ value: String, _ reserved: [String]) throws(Failure) {
    guard !name.isEmpty, name.utf8.count <= 256, ASCII.all(name, ASCII.isToken) else {
      throw Failure(.argument, "a header's name is not one: letters, digits and -")
    }
    guard ASCII.all(value, { ASCII.isPrintable($0) || $0 == 0x09 }) else {
      throw Failure(.argument, "the header \(name) holds a line end or another control character")
    }
    if reserved.contains(name.lowercased()) {
      throw Failure(.argument, "the header \(name) is set by the session itself")
    }
    if ownedByTransport.contains(name.lowercased()) {
      throw Failure(.argument, "the header \(name) is set by the library; use the request's own fields")
    }
  }
}
