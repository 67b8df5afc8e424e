// LoginToken.swift - FotoWeb's signed, short-lived proof made from the site's encryption secret (guide, method 3). A
// public SDK shows its format (reference, login token: format). A token is made for each login and used at once. User
// names that could add a field to it, and an empty secret, are refused.

internal import Crypto
internal import DamCore
internal import FoundationEssentials

struct LoginToken {
  /// How names and secrets become bytes. `legacy` is what a public SDK did until 2024: it encoded UTF-8 twice
  /// (reference, login token: format).
  package enum Encoding: String, CaseIterable, Sendable {
    case utf8 = "utf-8"
    case legacy
  }

  /// In seconds: the token is valid from so long before now, for a server whose clock is a little behind.
  static let allowance: Int64 = 60

  let user: String
  /// Seconds since 1970 UTC.
  let start: Int64
  let end: Int64
  var isForWidgets = false
  var encoding = Encoding.utf8

  /// The token as it is sent, not yet percent-encoded.
  func signed(with secret: Secret) -> Secret {
    let isLegacy = encoding == .legacy
    let head = "s=\(LoginToken.text(start));e=\(LoginToken.text(end));w=\(isForWidgets);u="
    let body = Array(head.utf8) + LoginToken.encode(user, isLegacy) + [0x3B]
    let key = isLegacy ? LoginToken.encode(secret.revealText(), true) : secret.reveal()
    let mac = Data(Insecure.MD5.hash(data: body + Array("es=".utf8) + key)).base64EncodedString()
    return Secret(Data(body + Array("m=\(mac);".utf8)).base64EncodedString())
  }

  /// Why a login token cannot carry this user name; nil: it can. No way to escape ";" is known (reference, login token:
  /// format).
  static func objection(to user: String) -> String? {
    user.utf8.contains { $0 == 0x3B || $0 < 0x20 || $0 == 0x7F }
      ? "a login token cannot carry a user name with \";\" or control characters" : nil
  }

  /// `twice`: as that SDK did, takes UTF-8 for Latin-1 and encodes it once more. ASCII is the same either way.
  private static func encode(_ text: String, _ twice: Bool) -> [UInt8] {
    twice ? Array(String(String.UnicodeScalarView(text.utf8.map { Unicode.Scalar($0) })).utf8) : Array(text.utf8)
  }

  /// `YYYY-MM-DD HH:MM:SS` in UTC.
  private static func text(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(
      Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day().dateSeparator(.dash)
        .dateTimeSeparator(.space).time(includingFractionalSeconds: false).timeSeparator(.colon))
  }
}
