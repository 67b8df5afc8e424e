// Loading.swift - what a store says of a record when it is asked for it.

package enum Loading<Record: Sendable>: Sendable {
  case absent
  /// What the store holds has been taken before.
  case unchanged
  case record(Record)
  /// Written by a newer damsession.
  case newer
  case unavailable(String)
  /// Somebody else may have written or read it; the reason, and what to do.
  case refused(String)
}
