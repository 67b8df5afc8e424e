// Snapshot.swift - all that is known of a session at one moment.

package import DamCore

package struct Snapshot: Sendable {
  package let record: SessionRecord
  package let account: AccountRecord
  package let isStored: Bool
  package let place: String
}
