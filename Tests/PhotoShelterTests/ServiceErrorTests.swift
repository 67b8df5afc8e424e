// ServiceErrorTests.swift - PhotoShelter's errors in every shape on record, and nothing else taken for one.

import TestSupport
import Testing

@testable import DamCore
@testable import PhotoShelter

@Suite("ServiceError")
struct ServiceErrorTests {
  private static let envelope = #"{"status":"error","error":{"class":"SessionRequiredErr","message":"Log in."}}"#
  private static let xml =
    "<?xml version=\"1.0\"?>\n<PhotoShelterAPI version=\"3.0\"><status>error</status>"
    + "<error><class>SessionRequiredErr</class><message>Log in.</message></error></PhotoShelterAPI>"

  @Test(
    "an error is read from each of its shapes",
    arguments: [
      (400, envelope, "SessionRequiredErr", "SessionRequiredErr: Log in."),
      (200, envelope, "SessionRequiredErr", "SessionRequiredErr: Log in."),
      (401, "\r\n \t" + envelope, "SessionRequiredErr", "SessionRequiredErr: Log in."),
      (400, #"{"errors":[{"title":"No such gallery"}]}"#, "", "No such gallery"),
      (400, #"{"status":"error","error":{}}"#, "", ""), (400, #"{"status":"error","error":null}"#, "", ""),
      (400, #"{"status":"error","error":{"class":7,"message":null}}"#, "7", "7"),
      (200, xml, "SessionRequiredErr", "SessionRequiredErr: Log in."),
      (400, "<x><status>error</status><class>A", "", ""),
    ] as [(Int32, String, String, String)])
  func shapes(status: Int32, body: String, name: String, words: String) throws {
    let error = try #require(ServiceError(WireResponse(status, [], body)))
    #expect(error.name == name)
    #expect(error.words == words)
  }

  @Test(
    "content is no error, whatever words are in it",
    arguments: [
      (200, ""), (400, ""), (400, "   "), (200, #"{"status":"ok","data":{"errors":3}}"#),
      (200, #"{"status":"ok","error":{"class":"A"}}"#), (400, #"{"status":"ok"}"#), (400, "{"),
      (400, #"{"errors":[]}"#), (400, #"{"errors":["x"]}"#), (400, #"{"errors":{"title":"x"}}"#), (400, #"["error"]"#),
      (400, "<html><body>error</body></html>"), (200, "<a><status>ok</status></a>"), (500, "status: error"),
      (200, #""error""#),
    ] as [(Int32, String)])
  func content(status: Int32, body: String) { #expect(ServiceError(WireResponse(status, [], body)) == nil) }

  @Test("the beginning of something long is no error: errors are short")
  func unfinished() { #expect(ServiceError(WireResponse(400, [], Self.envelope, isWhole: false)) == nil) }

  @Test(
    "what an error is about is in its class",
    arguments: [
      ("ApiKeyInvalidException", "key"), ("APIKeyRequiredErr", "key"), ("HTTPSRequiredPermErr", "https"),
      ("TwoFactorRequiredErr", "factor"), ("SecondFactorErr", "factor"), ("Auth2FAErr", "factor"),
      ("AuthInvalidPasswordErr", ""), ("SessionRequiredErr", ""), ("", ""),
    ])
  func subjects(name: String, subject: String) {
    let error = ServiceError(class: name, message: "")
    #expect(error.isAboutAPIKey == (subject == "key"))
    #expect(error.isAboutHTTPS == (subject == "https"))
    #expect(error.isAboutSecondFactor == (subject == "factor"))
  }

  @Test(
    "nothing of the server's words ends a line, turns their direction or hides",
    arguments: [
      "\u{85}", "\u{9B}", "\u{202E}", "\u{2066}", "\u{200B}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{E000}", "\u{AD}",
    ])
  func invisible(mark: String) {
    #expect(ServiceError(class: "A\(mark)", message: "x\(mark)y zürich 東京").words == "A: xy zürich 東京")
  }

  @Test("the server's words are cleaned before they enter a message")
  func cleaning() {
    let error = ServiceError(class: "A\u{1B}[31m", message: "line\r\nline" + String(repeating: "x", count: 5000))
    #expect(error.words.hasPrefix("A[31m: linelinexxx"))
    #expect(error.words.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
  }
}
