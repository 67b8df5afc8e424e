// Addresses.swift - URLs: what the library takes for an address, libcurl must read as the same one, since libcurl goes
// there. The first letter says what the rest is (o: an origin, p: a request's path, r: a redirect's Location), the
// second byte chooses the kind of session.

import CCurl
import FoundationEssentials

@testable import DamCore

func playURL(_ input: [UInt8]) {
  guard let letter = input.first, let choice = input.dropFirst().first else { return }
  let kind = Kind.chosen(by: choice)
  let text = String(decoding: input.dropFirst(2), as: UTF8.self)
  switch letter {
  case UInt8(ascii: "o"): playOrigin(text)
  case UInt8(ascii: "p"): playPath(text, kind.settings)
  case UInt8(ascii: "r"): playRedirect(input.dropFirst(2), kind)
  default: break
  }
}

private func playOrigin(_ text: String) {
  guard let (origin, rest) = Origin.split(text) else { return }
  check(Origin(origin.text) == origin, "an origin is read back as it was")
  // What follows an origin is checked by those who take it.
  let whole = origin.text + (rest.isEmpty ? "/" : "")
  checkSame(whole, origin, target: "/")
  if isPrintable(text.utf8), !text.contains("\\") { checkSame(text, origin, target: nil) }
}

private func playPath(_ path: String, _ settings: Settings) {
  let request: CallerRequest
  do {
    request = try CallerRequest(
      method: "GET", path: path, settings: settings)
  } catch {
    check([.argument, .insecure].contains(error.cause), "a bad path is the caller's mistake")
    return checkMessage(error.message)
  }
  check(request.target.hasPrefix("/") && isPrintable(request.target.utf8), "a target is visible ASCII")
  checkSame(settings.site.origin.text + request.target, settings.site.origin, target: request.target)
}

/// The Location may name secrets in many spellings, which chance would never find.
private func playRedirect(_ location: ArraySlice<UInt8>, _ kind: Kind) {
  let line = location.prefix { $0 != 0x0A && $0 != 0x0D }
  var text = String(decoding: line, as: UTF8.self)
  for (mark, spelling) in spellings(of: kind) { text = text.replacing(mark, with: spelling) }
  for status in ["302", "307"] {
    let response = Array("HTTP/1.1 \(status) Found\r\nLocation: \(text)\r\n\r\n".utf8)
    let stage = Stage(kind, [Reply(response)], always: Reply(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)))
    stage.onForeign = { wire in checkSame(wire.url.revealText(), wire.origin, target: wire.target) }
    stage.signIn()
    let headers = [(name: "X-Mine", value: "mine"), (name: "Authorization", value: "mine")]
    let request = try? CallerRequest(
      method: "GET", path: "mem/user?page=1", headers: headers,
      settings: kind.settings)
    if let request { stage.run(.request(request)) }
  }
}

private func spellings(of kind: Kind) -> [(String, String)] {
  let settings = kind.settings
  let known = settings.secrets.map { $0.revealText() }
  let secrets = known + [Canary.token, Canary.cookie]
  var pairs: [(String, String)] = []
  for (number, secret) in secrets.enumerated() {
    let encoded = String(decoding: ASCII.percentEncoded(secret.utf8), as: UTF8.self)
    let base64 = Data(secret.utf8).base64EncodedString()
    let twice = String(decoding: ASCII.percentEncoded(encoded.utf8), as: UTF8.self)
    pairs += [
      ("{\(number)}", secret), ("{\(number)%}", encoded), ("{\(number)x}", encoded.lowercased()),
      ("{\(number)+}", encoded.replacing("%20", with: "+")), ("{\(number)/}", encoded.replacing("%2F", with: "/")),
      ("{\(number)2}", twice), ("{\(number)b}", base64),
      ("{\(number)u}", base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")),
    ]
  }
  return pairs
}

/// libcurl reads `url` as the same place; `target` nil: whatever the path.
private func checkSame(_ url: String, _ origin: Origin, target: String?) {
  guard let handle = curl_url() else { return check(false, "libcurl has memory") }
  defer { curl_url_cleanup(handle) }
  let code = curl_url_set(handle, CURLUPART_URL, url, UInt32(CURLU_PATH_AS_IS))
  // What libcurl refuses goes nowhere.
  guard code == CURLUE_OK else { return }
  let isSecure = part(handle, CURLUPART_SCHEME) == "https"
  check(isSecure == origin.isSecure, "libcurl reads another scheme in \(url)")
  check(part(handle, CURLUPART_HOST)?.lowercased() == origin.host, "libcurl reads another host in \(url)")
  check(part(handle, CURLUPART_PORT).flatMap { UInt16($0) } == origin.port, "libcurl reads another port in \(url)")
  check(part(handle, CURLUPART_USER) == nil, "libcurl reads a user in \(url)")
  guard let target else { return }
  let path = part(handle, CURLUPART_PATH) ?? ""
  let query = part(handle, CURLUPART_QUERY).map { "?" + $0 } ?? ""
  let isSame = path + query == target || path + query + "?" == target
  check(isSame && part(handle, CURLUPART_FRAGMENT) == nil, "libcurl reads another path in \(url): \(path + query)")
}

private func part(_ handle: OpaquePointer, _ part: CURLUPart) -> String? {
  var text: UnsafeMutablePointer<CChar>?
  guard curl_url_get(handle, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else { return nil }
  defer { curl_free(text) }
  return String(cString: text)
}
