// IdleClock.swift - how long a session may rest before the server ends it: told by an option, or learned by watching.
// The vendors' guides give no number, so two facts are collected: the longest rest that a session survived, and the
// shortest after which it was found dead. Like everything in a record they are joined. A session that dies after a
// short rest teaches nothing: that was a logout or a revocation, not idleness.

package struct IdleClock: Equatable, Sendable {
  /// The longest rest that was survived, and the shortest that was not, in seconds; 0: not observed.
  package var survived: Int64 = 0
  package var died: Int64 = 0

  /// In seconds: a session that ended after a shorter rest did not end for idleness.
  static let shortest: Int64 = 300
  /// How often the time of last use is written where nothing else is, in seconds; so much that time may be out of date.
  static let resolution: Int64 = 60

  package init() {}

  /// The limit in seconds as far as it is known; 0: unknown. A rest that was survived disproves a shorter limit.
  package var learned: Int64 { died > survived ? died : 0 }

  // Less the resolution: the true rest may have been that much shorter.
  mutating func sawSurvival(after rest: Int64) { survived = max(survived, rest.minus(IdleClock.resolution)) }

  mutating func sawDeath(after rest: Int64) {
    guard rest >= IdleClock.shortest else { return }
    died = died == 0 ? rest : min(died, rest)
  }

  func joined(_ other: IdleClock) -> IdleClock {
    var result = self
    result.survived = max(survived, other.survived)
    result.died = died == 0 || other.died == 0 ? max(died, other.died) : min(died, other.died)
    return result
  }
}
