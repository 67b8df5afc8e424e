// Ticket.swift - which secret the headers held that an application took for a request of its own, and when it took
// them. The order rule and the verdict need both when the response is observed later, perhaps in another process.

package struct Ticket: Sendable, Equatable {
  /// How new the secret in the headers was.
  let sent: Freshness
  /// The stamp of the request, by which the order rule places its cookies.
  let stamp: UInt64
}

extension Settings {
  /// A ticket for headers that are taken from `record` now.
  package func ticket(_ record: SessionRecord, _ state: inout SessionState, _ moment: Moment) -> Ticket {
    Ticket(sent: system.freshness(record), stamp: state.nextStamp(moment))
  }

  /// "SESSION.GENERATION.STAMP.STAMP". SESSION is the beginning of the session's key, so that a ticket of another
  /// session is noticed; the stamps are the secret's and the request's.
  package func text(of ticket: Ticket) -> String {
    "\(identity.sessionKey.prefix(12)).\(ticket.sent.generation).\(ticket.sent.stamp).\(ticket.stamp)"
  }

  package func ticket(_ text: String) throws(Failure) -> Ticket {
    let words = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = words.dropFirst().compactMap { UInt64($0) }
    guard text.utf8.count <= 128, words.count == 4, numbers.count == 3 else {
      throw Failure(.argument, "ticket is not one that this library gave")
    }
    let ticket = Ticket(sent: Freshness(generation: numbers[0], stamp: numbers[1]), stamp: numbers[2])
    guard self.text(of: ticket) == text else {
      throw Failure(.argument, "ticket is not one of this session: take one with its headers")
    }
    return ticket
  }
}
