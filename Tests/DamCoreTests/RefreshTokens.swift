// RefreshTokens.swift - what the model's server knows of refresh tokens: each is good for one renewal. The access token
// and the refresh token of one answer have the same number, and so has the session that the access token stands for.

struct RefreshTokens {
  enum Manner: Sendable {
    /// A token that comes a second time ends the whole family (glewlwyd).
    case strict
    /// The same, and a renewal ends older access tokens, too (league/oauth2-server).
    case endsAccess
    /// The old token is good until an access token that it brought was used (Synapse).
    case forgiving
  }

  let manner: Manner
  /// A person would have to consent again.
  private(set) var isOver = false
  private var count = 1
  private var spent: Set<Int> = []
  /// The access token that was used last.
  var used = 0

  init(_ manner: Manner) { self.manner = manner }

  static func number(_ token: String) -> Int? { Int(token.dropFirst()) }

  /// nil: the token is no good any more.
  mutating func renew(_ token: Int) -> Int? {
    guard !isOver, (0..<count).contains(token) else { return nil }
    // Later tokens all come of this one.
    let isForgiven = manner == .forgiving && used <= token && !spent.contains { $0 > token }
    if spent.contains(token), !isForgiven {
      isOver = true
      return nil
    }
    spent.insert(token)
    count += 1
    return count - 1
  }

  /// Whether it is good for a renewal.
  func isGood(_ token: Int) -> Bool {
    var copy = self
    return copy.renew(token) != nil
  }
}
