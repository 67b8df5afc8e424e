// HTTPDate.swift - the dates of HTTP as seconds since 1970 UTC (RFC 9110, 5.6.7). Some servers write cookie dates with
// hyphens (reference, cookies on the wire: "01-Jan-1970"), which no parser of the standard library reads, so this one
// takes both forms. Anything else is no date.

package enum HTTPDate {
  /// "Thu, 01-Jan-1970 00:00:01 GMT" or "Sun, 06 Nov 1994 08:49:37 GMT"; nil when it is neither.
  package static func seconds(_ bytes: ArraySlice<UInt8>) -> Int64? {
    var rest = bytes
    guard var day = word(&rest) else { return nil }
    if day.allSatisfy(ASCII.isLetter) {
      guard let next = word(&rest) else { return nil }
      day = next
    }
    guard let number = ASCII.number(day), let month = word(&rest).flatMap(monthNumber),
      let year = word(&rest).flatMap({ ASCII.number($0) }), let clock = word(&rest),
      (1...31).contains(number), (1601...9999).contains(year), let time = secondsOfDay(clock)
    else { return nil }
    return days(year: year, month: month, day: number) * 86_400 + time
  }

  /// Takes the next word. Commas and hyphens separate words as blanks do.
  private static func word(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    ASCII.word(&rest) { $0 == 0x20 || $0 == 0x2D || $0 == 0x2C }
  }

  /// "08:49:37". The last second of a day may be a leap second.
  private static func secondsOfDay(_ clock: ArraySlice<UInt8>) -> Int64? {
    let hour = clock.prefix { $0 != 0x3A }
    let minute = clock[hour.endIndex...].dropFirst().prefix { $0 != 0x3A }
    let second = clock[minute.endIndex...].dropFirst()
    guard let hours = ASCII.number(hour), let minutes = ASCII.number(minute), let seconds = ASCII.number(second),
      hours < 24, minutes < 60, seconds < 61
    else { return nil }
    return hours * 3600 + minutes * 60 + seconds
  }

  /// Three letters in the place of each name's number, without a String for any of them.
  private static let months = Array("janfebmaraprmayjunjulaugsepoctnovdec".utf8)

  private static func monthNumber(_ name: ArraySlice<UInt8>) -> Int64? {
    guard name.count == 3 else { return nil }
    for number in 0..<12 {
      let letters = months[number * 3..<number * 3 + 3]
      if zip(letters, name).allSatisfy({ $0 == ASCII.lower($1) }) { return Int64(number) + 1 }
    }
    return nil
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
