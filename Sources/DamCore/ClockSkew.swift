// ClockSkew.swift - the server's clock minus ours, from its `Date`; as far apart as a record may say.

extension WireResponse {
  package func clockSkew(at now: Int64) -> Int64? {
    headers.first("date").flatMap(HTTPDate.seconds).map { RecordBounds.skew($0 - now) }
  }
}
