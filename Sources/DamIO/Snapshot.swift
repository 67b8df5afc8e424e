// Snapshot.swift - all that is known of a session at one moment, for dam_session_get_state and the ledger.

package import DamCore

package struct Snapshot: Sendable {
  package let record: SessionRecord
  package let account: AccountRecord
  /// Whether the record is in a store that outlives the process.
  package let isStored: Bool
  /// See `Store.place`.
  package let place: String
}
