// HTTPDateTests.swift - dates as servers write them, hyphens and all.

import TestSupport
import Testing

@testable import DamCore

@Suite("HTTPDate")
struct HTTPDateTests {
  private func seconds(_ text: String) -> Int64? { HTTPDate.seconds(Array(text.utf8)[...]) }

  @Test(
    "dates with hyphens and with spaces are read alike",
    arguments: [
      ("Thu, 01-Jan-1970 00:00:01 GMT", 1), ("Thu, 01 Jan 1970 00:00:01 GMT", 1), ("thu, 01-jan-1970 00:00:01 gmt", 1),
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("06 Nov 1994 08:49:37 GMT", 784_111_777),
      ("Sunday, 06-Nov-1994 08:49:37 GMT", 784_111_777), ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
      ("Wed, 31 Dec 1969 23:59:59 GMT", -1), ("Mon, 01 Jan 1601 00:00:00 GMT", -11_644_473_600),
      ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799), ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
    ] as [(String, Int64)])
  func reads(text: String, expected: Int64) { #expect(seconds(text) == expected) }

  @Test(
    "what is no such date is refused",
    arguments: [
      "", " ", "0", "Thu", "Thu,", "1994-11-06T08:49:37Z", "Sun Nov  6 08:49:37 1994", "Thu, 01 Jan 1970",
      "Thu, 00 Jan 1970 00:00:00 GMT", "Thu, 32 Jan 1970 00:00:00 GMT", "Thu, 01 Foo 1970 00:00:00 GMT",
      "Thu, 01 Jan 1600 00:00:00 GMT", "Thu, 01 Jan 10000 00:00:00 GMT", "Thu, 01 Jan 1970 24:00:00 GMT",
      "Thu, 01 Jan 1970 00:60:00 GMT", "Thu, 01 Jan 1970 00:00:61 GMT", "Thu, 01 Jan 1970 00:00 GMT",
      "Thu, 01 Jan 1970 00:00:00:00 GMT", "Thu, 01 Jan 1970 a:b:c GMT", "Thu, 01 Jan 1970 :: GMT",
      "Thu, 99999999999999999999 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 99999999999999999999 00:00:00 GMT",
    ])
  func refuses(text: String) { #expect(seconds(text) == nil) }

  @Test("every month from 1970 to 2400 begins where the one before ended")
  func calendar() {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    var expected: Int64 = 0
    for year in 1970...2400 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for (month, days) in zip(months, [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
        #expect(seconds("01 \(month) \(year) 00:00:00 GMT") == expected, "\(month) \(year)")
        expected += Int64(days) * 86_400
        #expect(seconds("\(days) \(month) \(year) 23:59:59 GMT") == expected - 1, "\(month) \(year)")
      }
    }
  }
}
