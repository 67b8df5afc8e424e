// Download.swift - a download that appears under its name only when it is whole, and can be continued after an
// interruption.
//
// PATH.part holds what has come so far, PATH.part.json what it is a part of: the request's target, and the validator
// and the size that the server gave. To continue, the rest is asked for with Range and If-Range, so that a file that
// changed comes whole. If a rest of another version comes all the same, it is thrown away and the whole is asked for.
// Whoever drives the call asks `begin` what to send, and tells `end` what came of it. Two versions are never mixed, and
// no error page or login page gets into the file.

package import DamCore

package final class Download {
  package struct Ways: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Continue where an earlier download was interrupted.
    package static let goOn = Ways(rawValue: 1)
    /// Do not replace a file that exists.
    package static let keep = Ways(rawValue: 2)
  }

  private let file: PartialFile
  private let request: CallerRequest
  private let options: CallOptions
  /// Whether what is there may be gone on with; not any more once it has turned out to be of another version.
  private var goesOn: Bool
  /// What an earlier download has left, as it was when `begin` asked for the rest; nil: the whole was asked for.
  private var beginning: PartialFile.Beginning?
  /// Whether the last response shows that nothing can be continued: `begin` asks for the whole then. The application
  /// hears nothing of that response.
  private var startsOver = false

  package init(
    _ path: String, _ ways: Ways, _ request: CallerRequest, _ options: CallOptions
  ) throws(Failure) {
    guard !CallGoal.request(request).asksForRange else {
      throw Failure(.argument, "a download asks for ranges itself; remove the header Range")
    }
    file = try PartialFile(path, keeps: ways.contains(.keep))
    goesOn = ways.contains(.goOn)
    self.request = request
    self.options = options
  }

  /// What to send, and where its response goes.
  func begin() -> (CallerRequest, CallOptions) {
    var asked = request
    beginning = goesOn ? file.resumable(request.target) : nil
    startsOver = false
    if let beginning {
      asked = request.adding([("Range", "bytes=\(beginning.size)-"), ("If-Range", beginning.validator.text)])
    }
    var options = options
    options.asIs = true
    options.onStream = { [self] status, headers in open(status, headers) }
    options.destination = unsafe .stream { [self] bytes in unsafe file.take(bytes) ? .goOn : .stop }
    if let onHead = options.onHead {
      options.onHead = { [self] head in
        startsOver = isStale(head.status, head.headers)
        return startsOver || onHead(head)
      }
    }
    if let progress = options.progress {
      options.progress = { [self] down, downTotal, up, upTotal in
        // Before the response was judged, its bytes may be those of an error.
        guard file.isOpen else { return progress(beginning?.size ?? 0, 0, up, upTotal) }
        let base = file.base
        return progress(down.plus(base), downTotal > 0 ? downTotal.plus(base) : downTotal, up, upTotal)
      }
    }
    return (asked, options)
  }

  /// Whether what is there cannot be continued. 416: all of it was there already, or the file has shrunk. 206: the rest
  /// is of another version, in spite of If-Range.
  private func isStale(_ status: Int32, _ headers: HeaderBlock) -> Bool {
    guard let beginning else { return false }
    if status == 416 { return true }
    guard status == 206, let range = ContentRange(headers), range.start == beginning.size else { return false }
    if let said = range.total, let known = beginning.total, said != known { return true }
    return !beginning.validator.fits(headers, elsewise: range.total != nil && range.total == beginning.total)
  }

  /// What the application hears; nil: `begin` has to be asked once more.
  func end(_ result: Result<Response, Failure>) -> Result<Response, Failure>? {
    if case .success(let response) = result, response.status == 416, beginning != nil { startsOver = true }
    if startsOver {
      goesOn = false
      return nil
    }
    // The application may begin the next download of the same file when it hears of this one's end.
    defer { file.close() }
    switch result {
    case .failure(let failure): return .failure(file.failure ?? failure)
    case .success(let response):
      guard (200..<300).contains(response.status) else { return result }
      return file.finish().map { .failure($0) } ?? result
    }
  }

  /// Downloads on the caller's thread, from beginning to end.
  package func run(_ session: Session) throws(Failure) -> Response {
    while true {
      let (asked, options) = begin()
      let result = Result { () throws(Failure) in try session.request(asked, options) }
      if let end = end(result) { return try end.get() }
    }
  }

  /// The response was judged and its body is about to come: opens the file where that belongs.
  private func open(_ status: Int32, _ headers: HeaderBlock) {
    startsOver = isStale(status, headers)
    if startsOver { return }
    guard status == 206 else {
      return file.open(request.target, Validator(headers), size: headers.length)
    }
    guard let beginning, let range = ContentRange(headers), range.start == beginning.size else {
      return file.fail(
        Failure(
          .protocolViolation, "the server sends another part of the thing than was asked for", httpStatus: status))
    }
    file.open(request.target, after: beginning, upTo: range.end, of: range.total ?? beginning.total ?? range.end)
  }
}
