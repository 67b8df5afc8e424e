// CallObserveTests.swift - responses to requests that were sent elsewhere: their cookies and their order, also when the
// tickets are forged or foreign. Nothing is ever sent for the caller.

import TestSupport
import Testing

@testable import DamCore

extension Play {
  /// Of the headers that somebody takes now.
  func ticket() -> Ticket {
    settings.ticket(state.record, &state, Moment(seconds: now, microseconds: UInt64(now) * 1_000_000))
  }

  func observe(_ response: WireResponse, _ ticket: Ticket?) -> String { run(.observe(response, ticket)).summary }
}

@Suite("Call: observing")
struct CallObserveTests {
  @Test(
    "an ordinary response is delivered, and its cookie is saved, also when it is an error",
    arguments: [(200, "delivered 1"), (404, "delivered 1"), (302, "delivered 1"), (500, "server"), (429, "throttled")],
    ["serialize", "newest"])
  func ordinary(response: (status: Int32, expected: String), rotation: String) throws {
    for hasTicket in [true, false] {
      let play = try loggedIn(["rotation": rotation])
      let ticket = hasTicket ? play.ticket() : nil
      #expect(play.observe(WireResponse(response.status, ["Set-Cookie: mem=c2"]), ticket) == response.expected)
      #expect(play.actions == [rotation == "serialize" ? "lock session" : "load", "save session 1"])
      #expect(play.storedCookie == "mem=c2")
      #expect(play.sent.isEmpty)
    }
  }

  @Test("how long to wait is handed over")
  func throttled() throws {
    let play = try loggedIn()
    let failure = play.run(.observe(WireResponse(503, ["Retry-After: 9"]), play.ticket())).failure
    #expect(failure?.cause == .throttled)
    #expect(failure?.retryAfter == 9)
    #expect(failure?.httpStatus == 503)
    #expect(!play.actions.contains { $0.hasPrefix("wait") })
  }

  @Test("it counts neither as a request of the caller's nor as an exchange")
  func statistics() throws {
    let play = try loggedIn()
    let before = play.state.statistics
    _ = play.observe(.cookie("c2"), play.ticket())
    #expect(play.state.statistics.requests == before.requests)
    #expect(play.state.statistics.exchanges == before.exchanges)
    #expect(play.state.statistics.cookiesAdopted == before.cookiesAdopted + 1)
  }

  @Test("where tokens are used there is nothing to save")
  func tokenMode() throws {
    let play = try loggedIn(["authentication": "token"])
    #expect(play.observe(.cookie("c9"), play.ticket()) == "delivered 1")
    #expect(play.actions == ["load"])
    #expect(play.stored?.secret?.cookies.all.isEmpty == true)
  }

  @Test(
    "the cookie of the later-taken ticket wins, whatever comes back first",
    arguments: [([0, 1, 2], 0), ([2, 1, 0], 2), ([1, 2, 0], 1), ([2, 0, 1], 2)] as [([Int], UInt64)])
  func order(observed: [Int], late: UInt64) throws {
    let play = try loggedIn()
    let tickets = (0..<3).map { _ in play.ticket() }
    for number in observed { #expect(play.observe(.cookie("of\(number)"), tickets[number]) == "delivered 1") }
    #expect(play.storedCookie == "mem=of2")
    #expect(play.state.statistics.cookiesLate == late)
  }

  @Test("a request of our own and one of theirs keep their order too")
  func orderWithOwn() throws {
    let play = try loggedIn()
    let early = play.ticket()
    play.response(.cookie("own"))
    #expect(try play.request().summary == "delivered 1")
    let later = play.ticket()
    #expect(play.observe(.cookie("early"), early) == "delivered 1")
    #expect(play.storedCookie == "mem=own")
    #expect(play.observe(.cookie("later"), later) == "delivered 1")
    #expect(play.storedCookie == "mem=later")
  }

  @Test("a forged stamp is one of this moment: later cookies are not late")
  func forgedStamp() throws {
    let play = try loggedIn()
    let forged = Ticket(sent: Freshness(generation: 1, stamp: .max), stamp: .max)
    #expect(play.observe(.cookie("forged"), forged) == "delivered 1")
    #expect(play.observe(.cookie("observed"), play.ticket()) == "delivered 1")
    #expect(play.storedCookie == "mem=observed")
    play.response(.cookie("own"))
    #expect(try play.request().summary == "delivered 1")
    #expect(play.storedCookie == "mem=own")
    #expect(play.state.statistics.cookiesLate == 0)
    // A forged freshness is the present one: what is refused is the present secret.
    play.response(.cookie("d1"))
    #expect(play.observe(.expired, forged) == "ready 2")
  }

  @Test("a ticket of a session that never was here is refused, and nothing is taken", arguments: [2, .max] as [UInt64])
  func foreign(generation: UInt64) throws {
    let play = try loggedIn()
    for response in [WireResponse.cookie("c9"), .expired, WireResponse(403)] {
      let ticket = Ticket(sent: Freshness(generation: generation, stamp: 0), stamp: 1)
      #expect(play.observe(response, ticket) == "argument")
    }
    #expect(play.sent.isEmpty)
    #expect(play.storedCookie == "mem=c1")
    #expect(
      Play(play.settings).observe(.ok(), Ticket(sent: Freshness(generation: 1, stamp: 0), stamp: 1)) == "argument")
  }

  @Test("what the store knows counts: a ticket of a sibling's newer session is none of a stranger's")
  func siblingTicket() throws {
    let play = try loggedIn()
    let sibling = play.sibling()
    sibling.response(.expired, .cookie("s2"), .ok())
    #expect(try sibling.request().summary == "delivered 2, 1 replay")
    play.session = sibling.session
    #expect(play.observe(.cookie("s3"), sibling.ticket()) == "delivered 2")
    #expect(play.storedCookie == "mem=s3")
  }

  @Test("without a session an ordinary response is nobody's business")
  func noSession() throws {
    let play = Play(try Sample.photoShelter())
    #expect(play.observe(.cookie("c1"), nil) == "delivered 0")
    #expect(play.actions == ["lock session"])
    #expect(play.state.record.secret == nil)
  }
}
