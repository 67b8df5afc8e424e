// HTTPDate.swift - the dates of HTTP as seconds since 1970 UTC (RFC 9110, 5.6.7). Some servers write cookie dates with
// hyphens (reference, cookies on the wire: "01-Jan-1970"), which no parser of the standard library reads, so this one
// takes both forms. Anything else is no date.

package enum HTTPDate {
  /// "Thu, 01-Jan-1970 00:00:01 GMT" or "Sun, 06 Nov 1994 08:49:37 GMT"; nil when it is neither.
  package static func seconds(_ bytes: ArraySlice<UInt8>) -> Int64? {
    let words = bytes.split { $0 == 0x20 || $0 == 0x2D || $0 == 0x2C }.map { String(decoding: $0, as: UTF8.self) }
    let fields = words.first.map { $0.utf8.allSatisfy(ASCII.isLetter) } == true ? words.dropFirst() : words[...]
    guard fields.count >= 4 else { return nil }
    let date = Array(fields.prefix(3))
    let clock = fields.dropFirst(3).first.map { $0.split(separator: ":", omittingEmptySubsequences: false) } ?? []
    guard let day = date.first.flatMap({ Int64($0) }), let month = date.dropFirst().first.flatMap(monthNumber),
      let year = date.last.flatMap({ Int64($0) }), clock.count == 3
    else { return nil }
    let time = clock.compactMap { Int64($0) }
    guard time.count == 3, (1...31).contains(day), (1601...9999).contains(year),
      zip(time, [24, 60, 61] as [Int64]).allSatisfy({ 0 <= $0 && $0 < $1 })
    else { return nil }
    return days(year: year, month: month, day: day) * 86_400 + time.reduce(0) { $0 * 60 + $1 }
  }

  private static func monthNumber(_ name: String) -> Int64? {
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    return names.firstIndex(of: name.lowercased()).map { Int64($0) + 1 }
  }

  /// Days since 1970-01-01 in the Gregorian calendar; years count from March so that a leap day comes last.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
