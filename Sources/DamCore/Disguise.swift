// Disguise.swift - whether a URL for a stranger, or words for a log, hold what proves somebody, however it is spelled.
// Servers put what they were sent into redirects: escaped once or twice, as base64, as a parameter of another URL. So
// a location is decoded in every way until nothing new comes of it, and each reading is searched; and names under
// which proofs travel are refused whatever their values are. What cannot be unfolded to its end is refused as well.

enum Disguise {
  /// What proves a user or a program by custom, whatever the system. In small letters.
  static let customaryNames: Set<String> = [
    "auth_token", "api_key", "apikey", "username", "password", "passwd", "pwd", "email", "access_token",
    "refresh_token",
    "client_secret",
  ]

  /// Shorter ones are in every text by chance; they count where they are all of a parameter's value.
  private static let shortest = 4
  private static let mostBytes = 1 << 20

  /// Why a stranger must not see these spellings of one URL; nil: no reason.
  static func objection(to spelled: [String], _ secrets: [Secret], names: Set<String>) -> String? {
    guard let escapes = unescaped(spelled.map { Array($0.utf8) }), let readings = readings(escapes) else {
      return "in a URL that cannot be decoded to its end"
    }
    let parameters = escapes.flatMap(parameters)
    for name in parameters.map(\.name) {
      let words = name.split { $0 == 0x5B || $0 == 0x5D }.map { String(decoding: $0, as: UTF8.self) }
      if let word = words.first(where: names.contains) { return "with the parameter \"\(word)\", which is for secrets" }
    }
    for secret in secrets.filter({ !$0.isEmpty }).flatMap(spellings) {
      let isHeld =
        secret.count < shortest
        ? parameters.contains { isAll(secret, of: $0.value) } : readings.contains { ASCII.contains($0, secret) }
      if isHeld { return "with a secret in the URL" }
    }
    return nil
  }

  /// Whether one of these secrets can be read out of a sentence. Capitals count there: a secret may be a common word.
  static func isHeld(_ secrets: [Secret], by sentence: String) -> Bool {
    let text = Array(sentence.utf8)
    guard let readings = closure([text], { [ASCII.percentDecoded($0), spaced($0)] + decoded($0) }) else { return true }
    return secrets.contains { secret in readings.contains { ASCII.contains($0, secret.reveal()) } }
  }

  private static func spaced(_ text: [UInt8]) -> [UInt8] { text.map { $0 == 0x2B ? 0x20 : $0 } }

  /// Letters of one case, and one byte for what a form writes as a plus; UTF-16 loses its zeros.
  private static func folded(_ text: some Sequence<UInt8>) -> [UInt8] {
    text.compactMap { $0 == 0 ? nil : $0 == 0x2B ? 0x20 : ASCII.lower($0) }
  }

  /// In UTF-8, and in the one-byte characters of old servers.
  private static func spellings(_ secret: Secret) -> [[UInt8]] {
    let scalars = secret.revealText().unicodeScalars
    let narrow = scalars.allSatisfy { $0.value < 0x100 } ? scalars.map { UInt8(truncatingIfNeeded: $0.value) } : []
    return [folded(secret.reveal())] + (narrow.isEmpty ? [] : [folded(narrow)])
  }

  /// The texts, and what is left of them with every round of escapes undone; nil: there is no end to it.
  private static func unescaped(_ texts: [[UInt8]]) -> Set<[UInt8]>? {
    closure(Set(texts)) { [ASCII.percentDecoded($0)] }
  }

  /// Everything that can be read out of these texts, folded; nil: there is no end to it.
  private static func readings(_ texts: Set<[UInt8]>) -> [[UInt8]]? {
    closure(texts) { [ASCII.percentDecoded($0)] + decoded($0) }?.map(folded)
  }

  private static func closure(_ texts: Set<[UInt8]>, _ step: ([UInt8]) -> [[UInt8]]) -> Set<[UInt8]>? {
    var seen = texts
    var open = Array(texts)
    var bytes = 0
    while let text = open.popLast() {
      for next in step(text) where !next.isEmpty && seen.insert(next).inserted {
        bytes = bytes.plus(next.count)
        guard bytes <= mostBytes else { return nil }
        open.append(next)
      }
    }
    return seen
  }

  /// What is in runs that may be base64 or hex and could hold a secret, wherever in them it begins.
  private static func decoded(_ text: [UInt8]) -> [[UInt8]] {
    let base64 = text.split { base64Value($0) == nil }.filter { $0.count >= 6 }
    let hex = text.split { !ASCII.isHex($0) }.filter { $0.count >= 8 }
    let newline: [UInt8] = [0x0A]
    return (0..<4).map { skipped in
      Array(base64.map { base64Decoded($0.dropFirst(skipped)) }.joined(separator: newline))
    }
      + (0..<2).map { skipped in Array(hex.map { ASCII.hexDecoded($0.dropFirst(skipped)) }.joined(separator: newline)) }
  }

  /// Names and values behind the first "?", "#" or ";", folded.
  private static func parameters(_ text: [UInt8]) -> [(name: [UInt8], value: [UInt8])] {
    let parts = text.split { [0x3F, 0x23, 0x26, 0x3B].contains($0) }.dropFirst()
    return parts.compactMap { part in
      let name = part.prefix { $0 != 0x3D }
      return name.count < part.count ? (folded(name), Array(part.dropFirst(name.count).dropFirst())) : nil
    }
  }

  /// Whether the value is the secret, or a user and it, plain or encoded.
  private static func isAll(_ secret: [UInt8], of value: [UInt8]) -> Bool {
    let plain = value.prefix { $0 != 0x3D }
    return [value, base64Decoded(plain), ASCII.hexDecoded(plain)].map(folded).contains {
      $0 == secret || $0.suffix(secret.count.plus(1)) == [0x3A] + secret
    }
  }

  /// Of either alphabet; a group that is not whole gives what it holds.
  private static func base64Decoded(_ run: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var held: UInt32 = 0
    var count: UInt32 = 0
    for value in run.compactMap(base64Value) {
      held = held << 6 | UInt32(value)
      count = count.plus(6)
      guard count >= 8 else { continue }
      count = count.minus(8)
      bytes.append(UInt8(truncatingIfNeeded: held >> count))
    }
    return bytes
  }

  private static func base64Value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x41...0x5A: byte &- 0x41
    case 0x61...0x7A: byte &- 0x61 &+ 26
    case 0x30...0x39: byte &- 0x30 &+ 52
    case 0x2B, 0x2D: 62
    case 0x2F, 0x5F: 63
    default: nil
    }
  }
}
