// Cookies.swift - Set-Cookie lines, one a line of the input, and the dates in them, against the C library's calendar.

import Glibc

@testable import DamCore

func playCookie(_ input: [UInt8]) {
  let lines = input.split(separator: 0x0A, omittingEmptySubsequences: false)
  for line in lines {
    checkDate(line)
    if let semicolon = line.lastIndex(of: 0x3D) { checkDate(line[(semicolon + 1)...]) }
  }
  let half = lines.count / 2
  let sets = [lines[..<half], lines[half...], lines[...]].map {
    HeaderBlock(Array($0.map { "Set-Cookie: ".utf8 + $0 }.joined(separator: [0x0A])))
  }
  var held = CookieSet()
  for (stamp, headers) in [(3, sets[0]), (2, sets[1]), (2, sets[2]), (4, sets[2])] as [(UInt64, HeaderBlock)] {
    let before = held
    _ = held.adopt(headers, stamp: stamp, now: 1_000_000)
    checkCookies(held)
    var again = held
    let adoption = again.adopt(headers, stamp: stamp, now: 1_000_000)
    check(adoption.adopted == 0 && again == held, "what was adopted is not adopted once more")
    checkJoin(before, held)
  }
}

private func checkCookies(_ set: CookieSet) {
  check(Set(set.all.map(\.name)).count == set.all.count, "a cookie is held once")
  for (name, value) in set.live {
    check(!name.isEmpty && name.utf8.allSatisfy(ASCII.isToken), "a cookie's name is a token")
    check(!value.isEmpty && isPrintable(value.reveal()), "an adopted cookie is visible ASCII")
  }
  let pairs = set.header?.revealText().components(between: "; ") ?? []
  check(pairs == set.live.map { $0.name + "=" + $0.value.revealText() }, "the header holds these cookies and no others")
}

private func checkJoin(_ one: CookieSet, _ other: CookieSet) {
  let both = one.joined(other)
  check(both.meaning == other.joined(one).meaning, "it does not matter who joins whom")
  check(both.joined(one).meaning == both.meaning && both.joined(both) == both, "joining twice is joining once")
}

extension CookieSet {
  /// The order in which cookies came to be known does not count.
  var meaning: [Cookie] { all.sorted { $0.name < $1.name } }
}

extension String {
  func components(between mark: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let found = rest.firstRange(of: mark) {
      parts.append(String(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    return parts + [String(rest)]
  }
}

/// What is read as a date is one: the C library writes it back, and it is read as the same.
private func checkDate(_ bytes: ArraySlice<UInt8>) {
  guard let seconds = HTTPDate.seconds(bytes) else { return }
  var clock = time_t(seconds)
  var fields = tm()
  gmtime_r(&clock, &fields)
  var room = [CChar](repeating: 0, count: 64)
  let length = strftime(&room, room.count, "%a, %d %b %Y %H:%M:%S GMT", &fields)
  let text = room.prefix(length).map { UInt8(bitPattern: $0) }
  check(
    HTTPDate.seconds(text[...]) == seconds, "a date is what the calendar says: \(String(decoding: text, as: UTF8.self))"
  )
}
