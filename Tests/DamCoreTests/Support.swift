// Support.swift - what every test of the core builds on: the meaning of cookies, and randomness that can be repeated.

import TestSupport
import Testing

@testable import DamCore

extension CookieSet {
  /// What the set means: the order in which cookies came to be known does not count.
  var meaning: [String: Cookie] { Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) }) }
}

/// SplitMix64: the same seed gives the same test on every machine.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
