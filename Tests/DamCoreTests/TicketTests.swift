// TicketTests.swift - the text of a ticket: what goes out comes back, and nothing else is taken.

import TestSupport
import Testing

@testable import DamCore

@Suite("Ticket")
struct TicketTests {
  @Test(
    "a ticket comes back from its text",
    arguments: [(0, 0, 0), (1, 0, 1), (3, 1_700_000_000_000_000, 1_700_000_000_000_001), (.max, .max, .max)]
      as [(UInt64, UInt64, UInt64)])
  func roundTrip(generation: UInt64, sent: UInt64, stamp: UInt64) throws {
    let ticket = Ticket(sent: Freshness(generation: generation, stamp: sent), stamp: stamp)
    let settings = try Sample.photoShelter()
    let text = settings.text(of: ticket)
    #expect(try settings.ticket(text) == ticket)
    #expect(text == settings.identity.sessionKey.prefix(12) + ".\(generation).\(sent).\(stamp)")
    #expect(text.utf8.count <= 128)
    let other = try Sample.photoShelter(["user": "somebody@else.example"])
    #expect(#expect(throws: Failure.self) { try other.ticket(text) }?.cause == .argument)
  }

  @Test(
    "what is no ticket is refused as an argument",
    arguments: [
      "", ".", "...", "1", "1.1.1.1", "1.+1.1.1", "1.1.1.01", "1.1.1", "1.1.1.1.1", "1..1.1", ".1.1.1", "1.1.1.",
      "1.-1.1.1",
      "1.a.1.1", "1.1.1.1 ", " 1.1.1.1", "1.1.1.1\n", "1.1.1.0x1", "1.1.1.1e3", "1,1,1,1", "1.\u{0661}.1.1",
      "1.18446744073709551616.1.1", "1.1.1.18446744073709551616", "1.1.1." + String(repeating: "0", count: 200) + "1",
    ])
  func refused(text: String) throws {
    let settings = try Sample.photoShelter()
    #expect(#expect(throws: Failure.self) { try settings.ticket(text) }?.cause == .argument)
    // Damaged in the numbers alone.
    let marked = settings.identity.sessionKey.prefix(12) + text.dropFirst()
    guard text != "1.1.1.1" else { return }
    #expect(#expect(throws: Failure.self) { try settings.ticket(String(marked)) }?.cause == .argument)
  }

  @Test("a ticket holds the secret's freshness and a place of its own, and no secret")
  func made() throws {
    let settings = try Sample.photoShelter()
    var state = SessionState()
    state.record.generation = 4
    state.record.secret = SessionSecret()
    state.record.secret?.cookies = CookieSet([Cookie("mem", "c1", 77)])
    let moment = Moment(seconds: 1, microseconds: 1_000_000)
    let first = settings.ticket(state.record, &state, moment)
    let second = settings.ticket(state.record, &state, moment)
    #expect(first.sent == Freshness(generation: 4, stamp: 77))
    #expect(first.sent == second.sent)
    #expect(first.stamp == 1_000_000)
    #expect(second.stamp == 1_000_001)
    #expect(!settings.text(of: first).contains("c1"))
  }

  @Test("where cookies do not rotate a ticket says of which login it is, and no more")
  func withoutRotation() throws {
    for settings in [try Sample.photoShelter(["authentication": "token"]), try Sample.fotoWeb()] {
      var state = SessionState()
      state.record.generation = 2
      state.record.secret = SessionSecret()
      state.record.secret?.cookies = CookieSet([Cookie("FWSession", "d1", 77)])
      let ticket = settings.ticket(state.record, &state, Moment(seconds: 1, microseconds: 1_000_000))
      #expect(ticket.sent == Freshness(generation: 2, stamp: 0))
    }
  }
}
