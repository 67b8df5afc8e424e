// Snapshot.swift - all that is known of a session at one moment.

public import DamCore

public struct Snapshot: Sendable {
  public let record: SessionRecord
  public let account: AccountRecord
  public let isStored: Bool
  public let place: String
}
