// CallStoreDownTests.swift - calls that need a store which is out of order: what is scarce or single-use is not asked
// for, since nobody knows who else is at work; an ordinary login goes on in memory, unless "store-down" says stop.

import TestSupport
import Testing

@testable import DamCore

@Suite("Call: a store out of order")
struct CallStoreDownTests {
  /// What may fail of it, each alone: saving works.
  static let faults = ["session's lock", "account's lock", "session", "account"]

  private func damage(_ play: Play, _ fault: String) {
    switch fault {
    case "session's lock": play.sessionLocking = .unavailable("gone")
    case "account's lock": play.accountLocking = .unavailable("gone")
    case "session": play.session = .unavailable("gone")
    default: play.account = .unavailable("gone")
    }
  }

  private func mend(_ play: Play) {
    (play.sessionLocking, play.accountLocking, play.session, play.account) = (.held, .held, .absent, .absent)
  }

  @Test("no device token is asked for, until the store is mended", arguments: faults)
  func scarce(fault: String) throws {
    let play = Play(try Sample.fotoWeb())
    damage(play, fault)
    let outcome = try play.request("Search")
    #expect(outcome.summary == "store")
    #expect(outcome.failure?.message.contains("out of order (gone), so no device token was asked for") == true)
    #expect(play.sent.isEmpty)
    mend(play)
    play.response(WireResponse(200, ["Set-Cookie: FWSession=t1"]), WireResponse(200))
    #expect(try play.request("Search").summary == "delivered 1")
  }

  @Test(
    "no refresh token is spent; a renewal ahead of time can wait", arguments: ["session's lock", "session"])
  func singleUse(fault: String) throws {
    let play = try Play.consented()
    damage(play, fault)
    play.now += 3560  // ahead of time
    play.response(.ok())
    #expect(try play.request("me").summary == "delivered 1")
    play.now += 60
    play.clear()
    let outcome = try play.request("me")
    #expect(outcome.summary == "store")
    #expect(outcome.failure?.message.contains("no refresh token was spent") == true)
    #expect(play.sent.isEmpty)
  }

  @Test("an ordinary login goes on in memory, or stops if that was asked for", arguments: faults)
  func ordinary(fault: String) throws {
    for (storeDown, expected) in [("memory", "delivered 1"), ("stop", "store")] {
      let play = Play(try Sample.photoShelter(["store-down": storeDown]))
      damage(play, fault)
      play.response(.cookie("c1"), .ok())
      #expect(try play.request().summary == expected)
      #expect(play.sent.count == (storeDown == "stop" ? 0 : 2))
    }
  }
}
