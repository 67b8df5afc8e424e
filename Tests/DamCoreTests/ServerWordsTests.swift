// ServerWordsTests.swift - what of a server's error is for people, in the shapes that servers use.

import TestSupport
import Testing

@testable import DamCore

@Suite("A server's words")
struct ServerWordsTests {
  @Test(
    "the message of an error, in whatever member it is; a page and other documents have none",
    arguments: [
      (#"{"status":"error","error":{"class":"X","message":"Disk full"}}"#, "application/json", "Disk full"),
      (#"{"error":"busy","error_description":"Come back\nlater"}"#, "application/json", "Come back later"),
      (#"{"errors":[{"id":"X","title":"Disk full"}]}"#, "application/vnd.api+json", "Disk full"),
      (#"{"title":"Down","detail":"Until noon"}"#, "application/problem+json", "Until noon"),
      (#"{"error":"busy"}"#, "", "busy"), ("Disk  full\r\n", "text/plain; charset=utf-8", "Disk full"),
      ("left\u{202E}right", "text/plain", "leftright"), ("<h1>Oops</h1>", "text/html", ""), ("[1]", "", ""),
      ("", "text/plain", ""), (#"{"error":{}}"#, "", ""), ("\u{1}\u{2}", "text/plain", ""),
    ])
  func words(body: String, type: String, words: String) {
    #expect(WireResponse(500, type.isEmpty ? [] : ["Content-Type: \(type)"], body).words == words)
  }

  @Test("a server that fails is quoted, without what it was sent")
  func quoted() throws {
    let play = try loggedIn(["authentication": "token"])
    play.response(WireResponse(500, ["Content-Type: text/plain"], "no room for \(Sample.apiKey)"))
    let failure = try play.request().failure
    #expect(failure?.cause == .server)
    #expect(failure?.message == #"the server failed (HTTP 500); try again later: the server says "no room for ***""#)
  }
}
