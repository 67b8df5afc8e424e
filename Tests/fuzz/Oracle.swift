// Oracle.swift - what must hold whatever the input is, and the secrets that must never be seen where they do not
// belong. A broken promise ends the process, as a trap of the library's own would.

import FoundationEssentials

@testable import DamCore

func check(_ holds: Bool, _ promise: @autoclosure () -> String) {
  if !holds { fatalError("broken promise: " + promise()) }
}

/// What a session proves itself with, and nobody else may learn.
enum Canary {
  static let password = "canary p&ss/wörd=7+%"
  static let apiKey = "canaryKEY45678901"
  static let encryptionSecret = "canary-sésame?9"
  static let token = "canaryTOKEN-7f3a91"
  static let cookie = "canaryCOOKIE-0b55e2"
  static let all = [password, apiKey, encryptionSecret, token, cookie]

  /// The first of `secrets` that is to be read in `text`, as it is or percent-encoded.
  static func seen(in text: String, _ secrets: [String] = all) -> String? {
    secrets.first { secret in
      text.contains(secret) || text.contains(String(decoding: ASCII.percentEncoded(secret.utf8), as: UTF8.self))
    }
  }

  /// The same, for an address that somebody else receives: whatever he may decode.
  static func seenInAnySpelling(of text: String, _ secrets: [String]) -> String? {
    var spellings = [text]
    for _ in 0..<5 {
      let last = spellings[spellings.count - 1]
      let next = ASCII.percentDecoded(last[...])
      spellings += [next, next.replacing("+", with: " ")]
      if next == last { break }
      spellings.append(next)
    }
    for secret in secrets {
      let base64 = Data(secret.utf8).base64EncodedString().prefix { $0 != "=" }.dropLast()
      let forURL = base64.replacing("+", with: "-").replacing("/", with: "_")
      for spelling in spellings {
        if spelling.contains(secret) || spelling.contains(base64) || spelling.contains(forURL) { return secret }
      }
    }
    return nil
  }
}

/// A message for people: one line, not endless, and no secret in it.
func checkMessage(_ message: String, _ secrets: [String] = Canary.all) {
  check(
    message.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a message is one printable line: \(message.debugDescription)"
  )
  if let secret = Canary.seen(in: message, secrets) { check(false, "a message holds the secret \(secret): \(message)") }
}

func isPrintable(_ bytes: some Sequence<UInt8>) -> Bool { bytes.allSatisfy { (0x21...0x7E).contains($0) } }

extension [UInt8] {
  /// The first line, and what comes after it.
  var headAndRest: (line: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
    guard let end = firstIndex(of: 0x0A) else { return (self[...], []) }
    return (self[..<end], self[(end + 1)...])
  }

  /// Its parts between lines of this text alone.
  func parts(between mark: String) -> [[UInt8]] {
    let bytes = Array("\n\(mark)\n".utf8)
    var parts: [[UInt8]] = []
    var start = startIndex
    var at = startIndex
    while at + bytes.count <= endIndex {
      if self[at] == 0x0A, self[at..<at + bytes.count].elementsEqual(bytes) {
        parts.append(Array(self[start..<at]))
        at += bytes.count
        start = at
      } else {
        at += 1
      }
    }
    return parts + [Array(self[start...])]
  }
}
