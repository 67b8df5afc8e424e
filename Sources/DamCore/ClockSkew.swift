// ClockSkew.swift - how many seconds the server's clock is ahead of ours, by its `Date` header; bounded as in a record.

extension WireResponse {
  package func clockSkew(at now: Int64) -> Int64? {
    headers.first("date").flatMap(HTTPDate.seconds).map { RecordBounds.skew($0 - now) }
  }
}
