// Download.swift - a file that appears under its name only when it is whole, and can be gone on with after an interruption.
//
// PATH.part holds what has come so far, PATH.part.json whose it is: the request's target and the validator that the server
// gave. Going on asks for the rest with Range and If-Range, so that a changed thing comes whole. Whoever drives the call
// asks `begin` what to send and tells `end` what came of it. It refuses to mix two versions of a thing, and to let an error
// page or a login page near the file.

public import DamCore
internal import Glibc

public final class Download {
  public struct Ways: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Go on where an earlier download was interrupted.
    public static let goOn = Ways(rawValue: 1)
    /// A file of this name is left alone.
    public static let keep = Ways(rawValue: 2)
  }

  private let file: PartialFile
  private let request: HostRequest
  private let options: CallOptions
  /// What was there already, of the thing as it was then.
  private var offset: Int64 = 0

  public init(
    _ path: String, _ ways: Ways, _ request: HostRequest, _ options: CallOptions
  ) throws(Failure) {
    guard !Exchange.Goal.request(request).asksForRange else {
      throw Failure(.argument, "a download asks for ranges itself; remove the header Range")
    }
    file = try PartialFile(path, keeps: ways.contains(.keep))
    if !ways.contains(.goOn) { file.discard() }
    self.request = request
    self.options = options
  }

  /// What to send, and where its answer goes.
  func begin() -> (HostRequest, CallOptions) {
    var asked = request
    offset = 0
    if let (size, validator) = file.resumable(request.target) {
      offset = size
      asked = request.adding([("Range", "bytes=\(size)-"), ("If-Range", validator)])
    }
    var options = options
    options.asIs = true
    options.onStream = { [self] status, headers in open(status, headers) }
    options.destination = unsafe .stream { [self] bytes in unsafe file.take(bytes) ? .goOn : .stop }
    if let onHead = options.onHead {
      options.onHead = { [self] head in startsOver(head.status) || onHead(head) }
    }
    if let progress = options.progress {
      options.progress = { [self] down, downTotal, up, upTotal in
        // Before the answer is judged nobody knows what its bytes are a part of.
        guard file.isOpen else { return progress(offset, 0, up, upTotal) }
        return progress(down + file.base, downTotal > 0 ? downTotal + file.base : downTotal, up, upTotal)
      }
    }
    return (asked, options)
  }

  /// All of it was there, or it has shrunk: from the beginning, once. The host hears nothing of that.
  private func startsOver(_ status: Int32) -> Bool { status == 416 && offset > 0 }

  /// What the host hears; nil: it must begin once more.
  func end(_ result: Result<Response, Failure>) -> Result<Response, Failure>? {
    switch result {
    case .failure(let failure): return .failure(file.failure ?? failure)
    case .success(let response):
      if startsOver(response.status) {
        file.discard()
        return nil
      }
      guard (200..<300).contains(response.status) else { return result }
      return file.finish().map { .failure($0) } ?? result
    }
  }

  /// Runs it on the caller's thread.
  public func run(_ session: Session) throws(Failure) -> Response {
    while true {
      let (asked, options) = begin()
      let result = Result { () throws(Failure) in try session.request(asked, options) }
      if let end = end(result) { return try end.get() }
    }
  }

  /// The answer was judged and is to be written: what is it a part of?
  private func open(_ status: Int32, _ headers: HeaderBlock) {
    let range = headers.range
    let goesOn = status == 206 && offset > 0 && range?.start == offset
    guard goesOn || status != 206 else {
      file.fail(
        Failure(
          .protocolViolation, "the server sends another part of the thing than was asked for", httpStatus: status))
      return
    }
    let base = goesOn ? offset : 0
    file.open(
      at: base, expecting: range?.total ?? headers.length.map { $0 + base },
      note: goesOn ? nil : .some((request.target, headers.validator)))
  }
}

extension HeaderBlock {
  fileprivate var length: Int64? { first("content-length").flatMap { Int64(String(decoding: $0, as: UTF8.self)) } }

  /// Which part it is: "bytes 100-199/200". The total may be unknown ("*").
  fileprivate var range: (start: Int64, total: Int64?)? {
    guard let value = first("content-range"), value.starts(with: "bytes ".utf8) else { return nil }
    let words = String(decoding: value.dropFirst(6), as: UTF8.self).split(separator: "/")
    guard words.count == 2, let start = Int64(words[0].prefix { $0 != "-" }) else { return nil }
    return (start, Int64(words[1]))
  }

  /// A strong ETag, or the date; a weak ETag does not promise the same bytes (RFC 9110, 13.1.5).
  fileprivate var validator: String? {
    let tag = first("etag").map { String(decoding: $0, as: UTF8.self) }
    if let tag, !tag.hasPrefix("W/") { return tag }
    return first("last-modified").map { String(decoding: $0, as: UTF8.self) }
  }
}
