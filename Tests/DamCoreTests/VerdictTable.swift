// VerdictTable.swift - reads the tables of Tests/verdicts, whose printed form says what the words mean. A row that is
// not understood whole is a mistake, not something to skip.

import FoundationEssentials
import TestSupport

@testable import DamCore

struct VerdictRow: Sendable, CustomStringConvertible {
  enum Stage: String, CaseIterable {
    case login, organization, proof
    case loginAgain = "login again"
    case request, upload, redirect, confirmation, everything, probe, keepalive, observe, logout
  }

  let name: String
  let system: String
  let authentications: [String]
  let stage: Stage
  let isOnce: Bool
  let options: [String: String]
  let status: Int32
  let headers: [String]
  let body: String
  // What it comes to.
  let outcome: String
  let httpStatus: Int32
  let session: String
  let remembered: String
  let logins: Int
  let confirmations: Int
  let tokens: Int
  let cookies: String
  let logout: String
  let retryAfter: Int32?

  var description: String { "\(system): \(stage): \(name)" }

  /// The last cookie that the response sets.
  var cookie: (name: String, value: String)? {
    let lines = headers.filter { $0.hasPrefix("Set-Cookie: ") }
    let pair = lines.last?.dropFirst("Set-Cookie: ".count).prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
    return pair.flatMap { $0.count == 2 ? (String($0[0]), String($0[1])) : nil }
  }
}

struct VerdictTable {
  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var rows: [VerdictRow] = []

  init() throws {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
    // What FotoWare's responses come to stands in its own tests, and in those of renewal and consent.
    for name in knownSystems.names where name != "fotoware" {
      let path = "\(folder)/verdicts/\(name).json"
      guard let json = JSONValue.parse([UInt8](try Data(contentsOf: URL(filePath: path)))) else {
        throw Mistake(description: "\(path) is not JSON")
      }
      var file = Members(json, path)
      let system = try file.text("system")
      let bodies = try file.texts("bodies")
      rows += try file.array("rows").map { try VerdictTable.row($0, system, bodies) }
      try file.end()
    }
  }

  private static func row(_ json: JSONValue, _ system: String, _ bodies: [String: String]) throws -> VerdictRow {
    var row = Members(json, system)
    let name = try row.text("name")
    var response = Members(row.take("response"), "\(system): \(name): response")
    var expect = Members(row.take("expect"), "\(system): \(name): expect")
    guard let stage = VerdictRow.Stage(rawValue: try row.text("stage")) else {
      throw Mistake(description: "\(system): \(name): stage")
    }
    let body = try response.text("body", or: "")
    let named = body.hasPrefix("@") ? bodies[String(body.dropFirst())] : body
    guard let named else { throw Mistake(description: "\(system): \(name): there is no body \(body)") }
    let result = VerdictRow(
      name: name, system: system, authentications: try row.words("authentications"), stage: stage,
      isOnce: try row.text("times", of: ["once", "always"]) == "once", options: try row.texts("options"),
      status: try response.number("status") ?? 0, headers: try response.words("headers"), body: named,
      outcome: try expect.text("status"), httpStatus: try expect.number("http_status") ?? -1,
      session: try expect.text("session", of: ["none", "opened", "kept", "replaced", "gone"]),
      remembered: try expect.text("remembered", or: "nothing"), logins: Int(try expect.number("logins") ?? 0),
      confirmations: Int(try expect.number("confirmations") ?? 0), tokens: Int(try expect.number("tokens") ?? 0),
      cookies: try expect.text("cookies", or: ""), logout: try expect.text("logout", or: ""),
      retryAfter: try expect.number("retry_after"))
    _ = try row.text("source")
    for members in [row, response, expect] { try members.end() }
    return result
  }
}

/// The members of a JSON object; each must be asked for.
private struct Members {
  private var left: [String: JSONValue]
  private let place: String

  init(_ json: JSONValue?, _ place: String) {
    if case .object(let members)? = json { left = members } else { left = ["not an object": .null] }
    self.place = place
  }

  private func mistake(_ name: String) -> VerdictTable.Mistake {
    VerdictTable.Mistake(description: "\(place): \(name)")
  }

  mutating func take(_ name: String) -> JSONValue? { left.removeValue(forKey: name) }

  mutating func text(_ name: String, or other: String? = nil, of choices: [String] = []) throws -> String {
    switch take(name) {
    case .string(let text)? where choices.isEmpty || choices.contains(text): return text
    case nil where other != nil: return other ?? ""
    default: throw mistake(name)
    }
  }

  mutating func number(_ name: String) throws -> Int32? {
    switch take(name) {
    case .integer(let number)?: return Int32(exactly: number)
    case nil: return nil
    default: throw mistake(name)
    }
  }

  mutating func array(_ name: String) throws -> [JSONValue] {
    guard let array = take(name)?.array else { throw mistake(name) }
    return array
  }

  /// Absent counts as none.
  mutating func words(_ name: String) throws -> [String] {
    guard left[name] != nil else { return [] }
    return try array(name).map { word in
      guard case .string(let text) = word else { throw mistake(name) }
      return text
    }
  }

  mutating func texts(_ name: String) throws -> [String: String] {
    guard let value = take(name) else { return [:] }
    guard case .object(let members) = value else { throw mistake(name) }
    return members.compactMapValues(\.text)
  }

  func end() throws {
    guard left.isEmpty else { throw mistake("nobody knows " + left.keys.sorted().joined(separator: ", ")) }
  }
}
