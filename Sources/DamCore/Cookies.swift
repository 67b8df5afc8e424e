// Cookies.swift - the rotated cookies of one session, and the order rule.
//
// Within a response, Set-Cookie lines count strictly in order: a server may delete a cookie and set the live one of the
// same name right after (reference, cookies on the wire). Between responses, the order of sending decides, not that of
// arrival: each cookie keeps the stamp of the request whose response brought it, and a response to an earlier-sent
// request never replaces it. The set belongs to the session's one origin. Unlike a browser's jar it does not look at
// Domain and Path, and treats every cookie as Secure.

/// One `Set-Cookie` line: a value, or the deletion of one.
struct SetCookie: Equatable {
  var name: String
  /// nil: the line deletes the cookie.
  var value: Secret?
  /// Its value could not be sent back: it is too long, or has bytes that no header may hold.
  var isUnusable = false

  /// Reads one header value; nil when it has no usable name. `now` is in seconds since 1970.
  init?(_ line: ArraySlice<UInt8>, now: Int64) {
    var rest = line
    guard let (name, value) = SetCookie.part(&rest), let value else { return nil }
    guard !name.isEmpty, name.count <= SetCookie.longestName, name.allSatisfy(ASCII.isToken) else { return nil }
    self.name = String(decoding: name, as: UTF8.self)
    if SetCookie.isExpired(rest, now: now) || value.isEmpty { return }
    isUnusable = !HeaderValue.isSound(value)
    if !isUnusable { self.value = Secret(value) }
  }

  static let longestName = 256

  /// Takes the next part off the front: a name, and what is behind its "=", if it has one. nil: there is none left.
  private static func part(
    _ rest: inout ArraySlice<UInt8>
  ) -> (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>?)? {
    guard !rest.isEmpty else { return nil }
    let part = rest[..<(rest.firstIndex(of: 0x3B) ?? rest.endIndex)]
    rest = rest[part.endIndex...].dropFirst()
    guard let equals = part.firstIndex(of: 0x3D) else { return (ASCII.trimmed(part), nil) }
    return (ASCII.trimmed(part[..<equals]), ASCII.trimmed(part[equals...].dropFirst()))
  }

  /// Max-Age wins over Expires (RFC 6265, 5.3); a date that cannot be read does not delete.
  private static func isExpired(_ attributes: ArraySlice<UInt8>, now: Int64) -> Bool {
    var (rest, expired) = (attributes, false)
    while let (name, value) = part(&rest) {
      guard let value else { continue }
      if ASCII.equalIgnoringCase(name, "max-age".utf8), let seconds = Int64(String(decoding: value, as: UTF8.self)) {
        return seconds <= 0
      }
      if ASCII.equalIgnoringCase(name, "expires".utf8), let date = HTTPDate.seconds(value) { expired = date <= now }
    }
    return expired
  }
}

/// A cookie with the stamp of the request whose response brought it. A nil value is a deletion that is remembered.
package struct Cookie: Equatable, Sendable {
  package var name: String
  package var value: Secret?
  package var stamp: UInt64

  package init(name: String, value: Secret?, stamp: UInt64) {
    self.name = name
    self.value = value
    self.stamp = stamp
  }
}

/// The cookies of one session secret, with the deletions.
package struct CookieSet: Equatable, Sendable {
  package private(set) var all: [Cookie] = []

  /// A server that sets more than this is not setting session cookies. Those of `System.cookieNames` do not count.
  static let most = 16

  package init() {}
  init(_ cookies: [Cookie]) { all = cookies }

  /// What came of the Set-Cookie lines of one response.
  package struct Adoption: Equatable, Sendable {
    /// How many changed the set, and how many the order rule dropped.
    package var adopted: UInt64 = 0
    package var late: UInt64 = 0
    /// The name of a cookie that the session needs and that was set to a value which cannot be kept.
    package var lost: String?
  }

  /// Takes the Set-Cookie lines of the response to the request that was sent with `stamp`. `own`: see
  /// `System.cookieNames`.
  package mutating func adopt(_ headers: HeaderBlock, stamp: UInt64, now: Int64, own: [String] = []) -> Adoption {
    var outcome: [SetCookie] = []
    // Only the last line of each name counts; what went before it in the same response is over.
    for line in headers.values("set-cookie") {
      guard let cookie = SetCookie(line, now: now) else { continue }
      let isOwn = own.contains(cookie.name)
      guard isOwn || outcome.count < CookieSet.most || outcome.contains(where: { $0.name == cookie.name }) else {
        continue
      }
      outcome.removeAll { $0.name == cookie.name }
      outcome.append(cookie)
    }
    var adoption = Adoption()
    for cookie in outcome {
      let isOwn = own.contains(cookie.name)
      if cookie.isUnusable {
        if isOwn { adoption.lost = cookie.name }
        continue
      }
      guard isOwn || all.contains(where: { $0.name == cookie.name }) || all.count < CookieSet.most else { continue }
      switch place(Cookie(name: cookie.name, value: cookie.value, stamp: stamp)) {
      case .placed: adoption.adopted += 1
      case .late: adoption.late += 1
      case .same: break
      }
    }
    return adoption
  }

  /// What two holders of the same session secret know together: of each name the cookie with the later stamp.
  func joined(_ other: CookieSet) -> CookieSet {
    var both = self
    for cookie in other.all { _ = both.place(cookie) }
    return both
  }

  /// What became of a cookie: it changed the set, it was there already, or it came too late.
  private enum Placing {
    case placed
    case same
    case late
  }

  private mutating func place(_ cookie: Cookie) -> Placing {
    guard let index = all.firstIndex(where: { $0.name == cookie.name }) else {
      // A deletion is remembered too: the response to an earlier-sent request may yet bring the cookie.
      all.append(cookie)
      return cookie.value == nil ? .same : .placed
    }
    let held = all[index]
    if held.value == cookie.value {
      all[index].stamp = max(held.stamp, cookie.stamp)
      return .same
    }
    guard cookie.stamp > held.stamp || (cookie.stamp == held.stamp && CookieSet.outranks(cookie, held)) else {
      return .late
    }
    all[index] = cookie
    return .placed
  }

  /// Two values with one stamp cannot both be right, and nobody can tell which is: all processes pick the same one.
  private static func outranks(_ one: Cookie, _ other: Cookie) -> Bool {
    guard let left = one.value, let right = other.value else { return one.value != nil }
    return left.reveal().lexicographicallyPrecedes(right.reveal())
  }

  /// Names and values of the live cookies.
  package var live: [(name: String, value: Secret)] {
    all.compactMap { cookie in cookie.value.map { (cookie.name, $0) } }
  }

  package func value(_ name: String) -> Secret? { all.first { $0.name == name }?.value }

  /// The largest stamp, which says how new this set is.
  package var stamp: UInt64 { all.map(\.stamp).max() ?? 0 }

  /// The value of the `Cookie` request header; nil when there is nothing to send.
  package var header: Secret? {
    let pairs = live
    guard !pairs.isEmpty else { return nil }
    var bytes: [UInt8] = []
    for (name, value) in pairs {
      if !bytes.isEmpty { bytes += "; ".utf8 }
      bytes += Array(name.utf8) + [0x3D] + value.reveal()
    }
    return Secret(bytes)
  }
}
