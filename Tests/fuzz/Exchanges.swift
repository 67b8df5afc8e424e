// Exchanges.swift - responses, one or many, given to the engine in every situation in which a response can come.
//
// head      one response for everything: Sink and HeaderBlock, then each system's login, judgement, keepalive and
//           redirect.
// exchange  a line of letters says what happens, the responses follow, with "--" alone on a line between them.

@testable import DamCore
@testable import DamIO

/// `K` and then the response: the first byte chooses the kind of session.
func playHead(_ input: [UInt8]) {
  guard let first = input.first else { return }
  let kind = Kind.chosen(by: first)
  let bytes = Array(input.dropFirst())
  let (sink, _) = Reply.received(bytes)
  checkHeaders(sink.headers)
  let reply = Reply(bytes)
  for goal in goals(kind.settings, reply) {
    let signedIn = Stage(kind, always: reply)
    signedIn.signIn()
    signedIn.run(goal)
  }
  checkCost(Stage(kind, always: reply))
  let signedIn = Stage(kind, always: reply)
  signedIn.signIn()
  checkCost(signedIn)
}

/// What a server says to everything, again and again in one moment, costs one attempt with a password and two tokens.
private func checkCost(_ stage: Stage) {
  for _ in 0..<4 {
    if let goal = request(stage.kind.settings, "GET") { stage.run(goal) }
  }
  check(stage.state.statistics.loginsRefused <= 1, "a password that was not let in is not tried again at once")
  check(stage.tokens <= 2, "a device token that does not work is not replaced for ever")
}

private func checkHeaders(_ headers: HeaderBlock) {
  for name in ["set-cookie", "location", "content-type", "retry-after", "date", "etag", "content-range"] {
    for value in headers.values(name) { check(!value.contains(0x0A), "a header's value is one line") }
    check(headers.without(name).values(name).isEmpty, "what was left out is gone")
  }
}

private func goals(_ settings: Settings, _ reply: Reply) -> [CallGoal] {
  var goals: [CallGoal] = [.ensure(again: false, saved: true), .keepalive, .logout]
  goals += [request(settings, "POST")].compactMap { $0 }
  if case .response(let response) = reply { goals.append(.observe(response, nil)) }
  return goals
}

/// `size`: the body's, which can be given once; nil: no body.
private func request(_ settings: Settings, _ method: String, body size: UInt64? = nil) -> CallGoal? {
  let body = size.map { CallerRequest.Body(isPresent: true, size: $0, canRewind: false) } ?? .none
  let headers = [(name: "X-Mine", value: "mine"), (name: "Accept", value: "*/*")]
  let request = try? CallerRequest(
    method: method, path: "mem/user?page=1", headers: headers, body: body,
    settings: settings)
  return request.map { .request($0) }
}

func playExchange(_ input: [UInt8]) {
  let (line, rest) = input.headAndRest
  guard let first = line.first else { return }
  let stage = Stage(Kind.chosen(by: first), Array(rest).parts(between: "--").map(Reply.init))
  let settings = stage.kind.settings
  for letter in line.dropFirst().prefix(16) {
    switch letter {
    case UInt8(ascii: "s"): stage.signIn()
    case UInt8(ascii: "n"): stage.forget()
    case UInt8(ascii: "d"): stage.storeIsFull.toggle()
    case UInt8(ascii: "l"): stage.isLocked.toggle()
    case UInt8(ascii: "p"): stage.hostKnowsPassword.toggle()
    case UInt8(ascii: "t"): stage.now += 400
    case UInt8(ascii: "z"): stage.now = max(0, stage.now - 100_000)
    case UInt8(ascii: "E"): stage.run(.ensure(again: false, saved: false))
    case UInt8(ascii: "A"): stage.run(.ensure(again: true, saved: true))
    case UInt8(ascii: "K"): stage.run(.keepalive)
    case UInt8(ascii: "L"): stage.run(.logout)
    case UInt8(ascii: "F"): stage.run(.forget)
    case UInt8(ascii: "O"):
      guard case .response(let response) = stage.takeReply() else { continue }
      stage.run(.observe(response, nil))
    case UInt8(ascii: "W"):
      if let goal = request(settings, "GET") { stage.run(goal, isSentElsewhere: true) }
    case UInt8(ascii: "R"): run(request(settings, "GET"), stage)
    case UInt8(ascii: "H"): run(request(settings, "HEAD"), stage)
    case UInt8(ascii: "P"): run(request(settings, "POST", body: 10), stage)
    case UInt8(ascii: "U"): run(request(settings, "PUT", body: 1 << 20), stage)
    default: break
    }
  }
}

private func run(_ goal: CallGoal?, _ stage: Stage) {
  if let goal { stage.run(goal) }
}
