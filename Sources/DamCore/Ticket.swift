// Ticket.swift - which secret the headers held that a host took for a request of its own, and when it took them: what the
// order rule and the verdict need when the answer is observed later, perhaps by another process. It refuses to hold secrets.

public struct Ticket: Sendable, Equatable {
  let sent: Freshness
  /// The place of the request among those of its session.
  let stamp: UInt64

  init(sent: Freshness, stamp: UInt64) {
    self.sent = sent
    self.stamp = stamp
  }

  /// "1.GENERATION.STAMP.STAMP", in decimal.
  public init(text: String) throws(Failure) {
    let words = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = words.compactMap { UInt64($0) }
    guard text.utf8.count <= 128, words.count == 4, numbers.count == 4, numbers[0] == Ticket.version else {
      throw Ticket.foreign
    }
    sent = Freshness(generation: numbers[1], stamp: numbers[2])
    stamp = numbers[3]
    guard self.text == text else { throw Ticket.foreign }
  }

  public var text: String { "\(Ticket.version).\(sent.generation).\(sent.stamp).\(stamp)" }

  private static let version: UInt64 = 1
  private static let foreign = Failure(.argument, "ticket is not one that this library gave")
}

extension Settings {
  /// For headers that are about to be used.
  public func ticket(_ record: SessionRecord, _ state: inout SessionState, _ moment: Moment) -> Ticket {
    Ticket(sent: Systems.make(self).freshness(record), stamp: state.nextStamp(moment))
  }
}
