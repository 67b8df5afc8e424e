// Consented.swift - what tests of consent and renewal build on: the answers of servers and people, and what was sent.

import TestSupport
import Testing

@testable import DamCore

extension Sample {
  static let entropy = [UInt8](0..<64)

  /// The parameters of a URL, decoded.
  static func query(_ url: String) -> [String: String] {
    let pairs = url.drop { $0 != "?" }.dropFirst().split(separator: "&").map { pair in
      pair.split(separator: "=", maxSplits: 1).map { ASCII.percentDecoded($0) }
    }
    return Dictionary(pairs.compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil }, uniquingKeysWith: { $1 })
  }

  /// Where the server sends the browser of a person who consents.
  static func answer(to url: String) -> String {
    "http://localhost:9876/callback?code=c%20o%2Bd%26e&state=\(query(url)["state"] ?? "")#_"
  }
}

extension WireResponse {
  static func tokens(_ access: String, _ refresh: String?, life: Int? = 3600) -> WireResponse {
    var members = ["access_token": JSONValue.string(access), "token_type": .string("Bearer")]
    members["refresh_token"] = refresh.map { .string($0) }
    members["expires_in"] = life.map { .integer(Int64($0)) }
    return WireResponse(200, [], String(decoding: JSONValue.object(members).encoded(), as: UTF8.self))
  }
}

extension WireRequest {
  /// What is in its form, decoded.
  var fields: [String: String] { Sample.query("?" + (form ?? "")) }

  var bearer: String? { secretHeader("Authorization").map { String($0.dropFirst("Bearer ".count)) } }
}

extension Play {
  /// At FotoWare, after a person's consent: with the access token A1 and the refresh token R1.
  static func consented(_ changes: [String: String?] = [:], life: Int = 3600) throws -> Play {
    let play = Play(try Sample.fotoWare(changes))
    play.response(.tokens("A1", "R1", life: life))
    let url = try play.consentURL()
    #expect(play.run(.consent(.finish(redirected: Sample.answer(to: url)))).summary == "ready 1")
    play.clear()
    return play
  }

  func consentURL() throws -> String {
    guard case .consentBegun(let url) = run(.consent(.begin(entropy: Sample.entropy.shuffled()))) else {
      throw Failure(.internalError, "nobody was asked: \(actions)")
    }
    return url
  }
}
