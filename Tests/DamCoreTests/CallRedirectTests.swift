// CallRedirectTests.swift - a request goes on from where the last redirect led: what was done is not done again.

import TestSupport
import Testing

@testable import DamCore

@Suite("Call: redirects")
struct CallRedirectTests {
  private static let post = "request POST /psapi/v3/mem/user"
  private static let target = "request GET /psapi/v3/mem/thing"

  private func requests(_ play: Play) -> [String] { play.actions.filter { $0.hasPrefix("request") } }

  private func redirect(_ location: String, _ status: Int32 = 303, _ more: [String] = []) -> WireResponse {
    WireResponse(status, ["Location: \(location)"] + more)
  }

  @Test("a session that ends behind the redirect of a POST does not repeat the POST")
  func expiry() throws {
    let play = try loggedIn()
    play.response(redirect("/psapi/v3/mem/thing"), .expired, .cookie("d1"), .ok())
    #expect(try play.request(bodySize: 10).summary == "delivered 2, 1 replay")
    #expect(requests(play) == [Self.post, Self.target, Self.target])
    #expect(play.state.statistics.replays == 1)
  }

  @Test("a connection that breaks behind the redirect of a POST does not repeat the POST")
  func broken() throws {
    let play = try loggedIn(["retries": "1"])
    play.replies = [
      .response(redirect("/psapi/v3/mem/thing")), .failure(Failure(.transfer, "broke")), .response(.ok()),
    ]
    #expect(try play.request(bodySize: 10).summary == "delivered 1")
    #expect(requests(play) == [Self.post, Self.target, Self.target])
  }

  @Test("the cookies of redirects are adopted, and the next request carries them")
  func cookies() throws {
    let play = try loggedIn()
    play.response(redirect("/psapi/v3/mem/thing", 302, ["Set-Cookie: mem=c2"]), .cookie("c3"))
    #expect(try play.request().summary == "delivered 1")
    let carried = play.sent.map { $0.secretHeaders.first { $0.name == "Cookie" }?.value.revealText() }
    #expect(carried == ["mem=c1", "mem=c2"])
    #expect(play.storedCookie == "mem=c3")
  }

  @Test("another origin gets no secret, not even one that the server puts into the URL after it rotated")
  func stranger() throws {
    let play = try loggedIn()
    play.response(redirect("https://cdn.example/x", 302), .ok())
    #expect(try play.request().summary == "delivered 1")
    #expect(play.sent.last?.secretHeaders.isEmpty == true)
    #expect(play.sent.last?.secretQuery == nil)
    play.response(redirect("https://cdn.example/?was=longcookie", 302, ["Set-Cookie: mem=longcookie"]))
    #expect(try play.request().summary == "insecure")
    play.response(redirect("https://cdn.example/?was=longcookie", 302, ["Set-Cookie: mem=evenlonger"]))
    #expect(try play.request().summary == "insecure")
  }

  @Test("nor one that it puts into a URL of its own", arguments: ["/y?was=longcookie", "/y?p=other"])
  func strangerItself(location: String) throws {
    let play = try loggedIn()
    play.response(
      redirect("https://cdn.example/x", 302, ["Set-Cookie: mem=longcookie"]), redirect(location, 302), .ok())
    #expect(try play.request().summary == "insecure")
    #expect(play.sent.count == 2)
  }

  @Test("a limit is a limit, also where a new login comes between")
  func limit() throws {
    let play = try loggedIn(["redirects": "2"])
    let again = redirect("/psapi/v3/mem/thing", 302)
    play.response(again, .expired, .cookie("d1"), again, again)
    #expect(try play.request().summary == "protocolViolation")
    play.response(again, again, .ok())
    #expect(try play.request().summary == "delivered 2")
    let none = try loggedIn(["redirects": "0"])
    none.response(again)
    #expect(try none.request().summary == "delivered 1")
  }

  @Test(
    "no log line repeats a secret that a redirect quotes, in whatever spelling",
    arguments: [
      "longcookie", "%6Congcookie", "%256congcookie", "bG9uZ2Nvb2tpZQ==", "6c6f6e67636f6f6b6965", Sample.apiKey,
      "P%26SS+w%c3%b6rd=7%2b%25", "x%3Fauth_token=other", "x;p=other",
    ])
  func logs(quoted: String) throws {
    let play = try loggedIn()
    // The response that brings the cookie, one after it, and the same place once more after a new login.
    let location = "/psapi/v3/mem/\(quoted)/thing"
    play.response(
      redirect(location, 302, ["Set-Cookie: mem=longcookie"]), redirect(location, 302), .expired, .cookie("d1"), .ok())
    #expect(try play.request().summary == "delivered 2, 1 replay")
    #expect(play.sent.last?.target == location)
    #expect(play.lines.count { $0.message.contains(quoted) } == 0, "\(play.lines)")
    #expect(play.lines.count { $0.message.contains("https://archive.example/***") } == 5)
  }

  @Test("a redirect to a harmless place is logged with its path")
  func harmless() throws {
    let play = try loggedIn()
    play.response(redirect("/psapi/v3/mem/thing?page=2", 302), redirect("https://cdn.example/x?y", 302), .ok())
    #expect(try play.request().summary == "delivered 1")
    let messages = play.lines.map(\.message)
    #expect(messages.contains("redirected to https://archive.example/psapi/v3/mem/thing"))
    #expect(messages.contains("GET https://archive.example/psapi/v3/mem/thing with generation 1"))
    #expect(messages.contains("redirected to https://cdn.example/x, which gets no secret"))
  }
}
