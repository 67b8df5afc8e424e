// Parts.swift - a download that goes on: the note and the file that an earlier time has left, and the responses of a
// server. With "--" on a line between them: the note, the file, the first response, the second. Whatever they say, the
// file that appears is one whole response, or what was there with the rest of the same thing behind it.

import Glibc

@testable import DamCore
@testable import DamIO

func playPart(_ input: [UInt8]) {
  let parts = input.parts(between: "--")
  guard parts.count >= 3 else { return }
  let folder = scratch("part")
  removeAll(in: folder)
  let path = folder + "/thing"
  write(parts[0], to: path + ".part.json")
  write(parts[1], to: path + ".part")
  let settings = Kind.chosen(by: 0).settings
  do throws(Failure) {
    let request = try CallerRequest(
      method: "GET", path: "thing", settings: settings)
    let download = try Download(path, .goOn, request, CallOptions())
    for response in parts.dropFirst(2).prefix(2) {
      let (asked, options) = download.begin()
      let range = checkAsked(asked, parts[1])
      let (sink, isWhole) = Reply.received(response)
      guard let end = download.end(receive(sink, isWhole, options)) else { continue }
      return checkEnd(end, sink, parts, range, contents(of: path))
    }
  } catch {
    checkMessage(error.message)
  }
}

/// What goes out is one header a line, and asks for what is missing.
private func checkAsked(_ request: CallerRequest, _ part: [UInt8]) -> String? {
  for (name, value) in request.headers {
    check(!value.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "the header \(name) is one line")
  }
  guard let range = request.headers.first(where: { $0.name == "Range" }) else { return nil }
  check(range.value == "bytes=\(part.count)-" || range.value == "bytes=0-", "it asks for what is missing")
  let validator = request.headers.first { $0.name == "If-Range" }?.value
  check(validator?.isEmpty == false, "it says which version it has")
  return validator
}

private func receive(_ sink: Sink, _ isWhole: Bool, _ options: CallOptions) -> Result<Response, Failure> {
  let response = Response(sink, Provenance(generation: 1, replays: 0, redirectedURL: nil))
  guard (200..<300).contains(sink.status), case .stream(let take)? = options.destination else {
    return .success(response)
  }
  options.onStream?(sink.status, sink.headers)
  guard case .goOn = take(sink.body.bytes) else { return .failure(Failure(.callback, "stopped")) }
  return isWhole ? .success(response) : .failure(Failure(.transfer, "the connection broke"))
}

private func checkEnd(
  _ end: Result<Response, Failure>, _ sink: Sink, _ parts: [[UInt8]], _ validator: String?, _ file: [UInt8]?
) {
  guard case .success(let response) = end, (200..<300).contains(response.status) else {
    return check(file == nil, "a file appears only when it is whole")
  }
  let body = sink.body.prefix(.max)
  if response.status == 206 {
    check(validator != nil && file == parts[1] + body, "the rest was added to what was there")
    let tag = sink.headers.first("etag").map { String(decoding: $0, as: UTF8.self) }
    check(tag == nil || tag == validator || validator?.hasPrefix("\"") != true, "two versions are never mixed")
  } else {
    check(file == body, "a whole response is the file")
  }
  let lengths = Set(sink.headers.values("content-length").map { String(decoding: $0, as: UTF8.self) })
  if lengths.count == 1, let length = lengths.first.flatMap({ ASCII.number($0.utf8) }) {
    check(length == body.count, "a response that promised another length is not whole")
  }
}
