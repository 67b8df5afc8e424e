// Disguise.swift - whether a URL for another origin, or words for a log, hold a secret, however it is spelled. Servers
// put what they were sent into redirects: escaped once or twice, as base64, as a parameter of another URL. So a
// location is decoded in every way until nothing new comes of it, and each reading is searched. Parameters with names
// under which secrets travel are refused whatever their values are, and so is what cannot be decoded to its end.

enum Disguise {
  /// Parameters that by custom hold what proves a user or a program, in any system. In lower case.
  static let customaryNames: Set<String> = [
    "auth_token", "api_key", "apikey", "username", "password", "passwd", "pwd", "email", "access_token",
    "refresh_token",
    "client_secret",
  ]

  /// Shorter secrets are in every text by chance: they count only where they are all of a parameter's value.
  private static let shortest = 4
  /// How much the readings of one text may amount to; a text that makes more is refused.
  private static let mostBytes = 1 << 20

  /// Why these spellings of one URL must not be sent to another origin, as the end of a sentence; nil: they may.
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

  /// Whether one of these secrets can be read out of a sentence. Upper and lower case differ here, since a secret may
  /// be a common word.
  static func isHeld(_ secrets: [Secret], by sentence: String) -> Bool {
    let text = Array(sentence.utf8)
    guard let readings = closure([text], { [ASCII.percentDecoded($0), spaced($0)] + decoded($0) }) else { return true }
    return secrets.contains { secret in readings.contains { ASCII.contains($0, secret.reveal()) } }
  }

  private static func spaced(_ text: [UInt8]) -> [UInt8] { text.map { $0 == 0x2B ? 0x20 : $0 } }

  /// For comparison: in lower case, with a blank for "+" as forms write it, and without the zeros of UTF-16.
  private static func folded(_ text: some Sequence<UInt8>) -> [UInt8] {
    text.compactMap { $0 == 0 ? nil : $0 == 0x2B ? 0x20 : ASCII.lower($0) }
  }

  /// The secret in UTF-8, and in Latin-1 as old servers write it, folded.
  private static func spellings(_ secret: Secret) -> [[UInt8]] {
    let scalars = secret.revealText().unicodeScalars
    let narrow = scalars.allSatisfy { $0.value < 0x100 } ? scalars.map { UInt8(truncatingIfNeeded: $0.value) } : []
    return [folded(secret.reveal())] + (narrow.isEmpty ? [] : [folded(narrow)])
  }

  /// The texts, and what each becomes when its percent-escapes are decoded again and again; nil: more than `mostBytes`.
  private static func unescaped(_ texts: [[UInt8]]) -> Set<[UInt8]>? {
    closure(Set(texts)) { [ASCII.percentDecoded($0)] }
  }

  /// Everything that these texts decode to, folded; nil: more than `mostBytes`.
  private static func readings(_ texts: Set<[UInt8]>) -> [[UInt8]]? {
    closure(texts) { [ASCII.percentDecoded($0)] + decoded($0) }?.map(folded)
  }

  /// Applies `step` to the texts and to all that comes of it, until nothing new does.
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

  /// Decodes the parts that may be base64 or hex and are long enough for a secret. Where the encoding begins is not
  /// known: every alignment is tried.
  private static func decoded(_ text: [UInt8]) -> [[UInt8]] {
    let base64 = text.split { base64Value($0) == nil }.filter { $0.count >= 6 }
    let hex = text.split { !ASCII.isHex($0) }.filter { $0.count >= 8 }
    let newline: [UInt8] = [0x0A]
    return (0..<4).map { skipped in
      Array(base64.map { base64Decoded($0.dropFirst(skipped)) }.joined(separator: newline))
    }
      + (0..<2).map { skipped in Array(hex.map { ASCII.hexDecoded($0.dropFirst(skipped)) }.joined(separator: newline)) }
  }

  /// The parameters behind the first "?", "#" or ";" of a URL; names are folded.
  private static func parameters(_ text: [UInt8]) -> [(name: [UInt8], value: [UInt8])] {
    let parts = text.split { [0x3F, 0x23, 0x26, 0x3B].contains($0) }.dropFirst()
    return parts.compactMap { part in
      let name = part.prefix { $0 != 0x3D }
      return name.count < part.count ? (folded(name), Array(part.dropFirst(name.count).dropFirst())) : nil
    }
  }

  /// Whether the value is the secret, or USER:SECRET; plain, in base64 or in hex.
  private static func isAll(_ secret: [UInt8], of value: [UInt8]) -> Bool {
    let plain = value.prefix { $0 != 0x3D }
    return [value, base64Decoded(plain), ASCII.hexDecoded(plain)].map(folded).contains {
      $0 == secret || $0.suffix(secret.count.plus(1)) == [0x3A] + secret
    }
  }

  /// Decodes either alphabet of base64; of an incomplete last group what it holds.
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
