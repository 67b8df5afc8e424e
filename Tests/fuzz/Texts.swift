// Texts.swift - short texts that the library gives out and takes back: image handles and tickets.

@testable import DamCore

/// As it is; as the first four parts of a handle that is not damaged; and as an image's ID.
func playImage(_ input: [UInt8]) {
  let text = String(decoding: input, as: UTF8.self)
  for candidate in [text, text + "." + Hash.sha256(Array(text.utf8)).prefix(8)] {
    guard let handle = try? ImageHandle(text: candidate) else { continue }
    checkID(handle.id)
    check((try? ImageHandle(text: handle.text)) == handle, "a handle is read back as it was")
    check((try? handle.require(Secret(Canary.token))) == nil, "a handle of another token is stale")
  }
  let token = Secret(Canary.token)
  guard let handle = try? ImageHandle(id: text, generation: UInt64(input.count) << 50, boundTo: token) else { return }
  checkID(handle.id)
  check(isPrintable(handle.text.utf8), "a handle is printable")
  check((try? ImageHandle(text: handle.text)) == handle, "a handle is read back as it was")
  check((try? handle.require(token)) != nil, "a handle of this token is good")
}

private func checkID(_ id: String) {
  check((1...4096).contains(id.utf8.count), "an ID has 1 to 4096 bytes")
  check(!id.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "an ID has no control characters")
}

/// The first byte chooses the kind of session, whose key is put in front where the rest begins with a dot.
func playTicket(_ input: [UInt8]) {
  guard let first = input.first else { return }
  let settings = Kind.chosen(by: first).settings
  let text = String(decoding: input.dropFirst(), as: UTF8.self)
  for candidate in [text, settings.identity.sessionKey.prefix(12) + text] {
    guard let ticket = try? settings.ticket(String(candidate)) else { continue }
    check(settings.text(of: ticket) == candidate, "a ticket is given back as it was taken")
    check(isPrintable(candidate.utf8), "a ticket is printable")
    observe(Kind.chosen(by: first), ticket)
    for other in Kind.all where other.settings.identity != settings.identity {
      check((try? other.settings.ticket(String(candidate))) == nil, "a ticket of another session is none")
    }
  }
  let numbers = input.reduce(into: 0 as UInt64) { $0 = $0 &* 31 &+ UInt64($1) }
  let ticket = Ticket(sent: Freshness(generation: numbers, stamp: numbers >> 8), stamp: ~numbers)
  check((try? settings.ticket(settings.text(of: ticket))) == ticket, "a ticket is read back as it was")
}

/// Whatever numbers it has: a response with a new cookie that is observed with it does no harm.
private func observe(_ kind: Kind, _ ticket: Ticket) {
  for status in [200, 401] as [Int32] {
    let stage = Stage(kind, always: Reply(Array("HTTP/1.1 200 OK\n\n{}".utf8)))
    stage.signIn()
    let headers = HeaderBlock(Array("Set-Cookie: mem=canaryCOOKIE-2\r\n".utf8))
    stage.run(.observe(WireResponse(status: status, headers: headers, beginning: [], isWhole: true), ticket))
  }
}
