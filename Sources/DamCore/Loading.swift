// Loading.swift - what came of reading a record from the store.

package enum Loading<Record: Sendable>: Sendable {
  /// The store has no such record.
  case absent
  /// The record is the one that was read last.
  case unchanged
  indirect case record(Record)
  /// Written by a newer damsession in a format that this one must not touch.
  case newer
  /// The store cannot be read now, for this reason; the call goes on in memory.
  case unavailable(String)
  /// There is a record that somebody else may have written or read. The reason, and what to do.
  case refused(String)
}
