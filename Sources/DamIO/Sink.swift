// Sink.swift - where libcurl puts one response: headers, then the beginning of the body until it was judged, then the
// rest wherever it shall go. Nothing reaches the application before the verdict, so that a login page never ends up in
// a file. Informational responses and trailers are not taken for the response's head.

internal import DamCore

final class Sink {
  /// What happens to bytes of the body. `inspecting` -> (`full`) -> `delivering`.
  enum Reading {
    /// They are collected: the verdict may depend on them.
    case inspecting
    /// More than a verdict needs has come: the transfer pauses until the response was judged.
    case full
    /// The response was judged: they go to the application.
    case delivering(Destination)
  }

  /// What the next header line belongs to. libcurl gives the lines of every head, status lines too, to the same
  /// callback.
  private enum Part {
    /// The first line of a response.
    case statusLine
    /// An informational response (1xx): none of it counts.
    case interim
    /// The head of the final response.
    case head
    /// The head is over. Trailers are dropped: nobody can say who wrote them.
    case trailers
  }

  /// The status of the final response; 0 until it has come.
  private(set) var status: Int32 = 0
  private(set) var headers = HeaderBlock()
  /// The beginning of the body, or all of it where it is delivered to memory.
  private(set) var body = Buffer()
  private(set) var reading = Reading.inspecting
  private var part = Part.statusLine
  /// The bytes of all header lines so far, 1xx responses and trailers included.
  private var headerSize = 0
  /// The last Content-Length, and whether there was a Content-Encoding: see `objection(to:)`.
  private var length: [UInt8]?
  private var isCoded = false
  private let isLogin: Bool
  /// Whether somebody will resume the transfer: an event loop does, a blocking caller does not.
  var canPause = false
  /// Bytes that the application was not given yet, since they wait for more, or that it could not take. Where it takes
  /// pieces as they come, these are only the beginning of the body: later bytes libcurl holds back itself.
  private var waiting: Buffer?
  /// Whether the application could not take them when it was asked last.
  private var isPaused = false
  /// So many bytes make a piece; 0: pieces are as they come.
  private let piece: Int
  /// Called when `reading` becomes `full`, and when bytes begin to wait.
  var onNews: (() -> Void)?
  /// Why the transfer was stopped by this object, or is to be.
  private(set) var failure: Failure?

  /// libcurl's own limit is 300 KiB. This one is lower by more than libcurl's longest line, so that it always applies
  /// first and there is one status for it.
  private static let longestHeaders = 192 << 10

  /// What libcurl is told.
  enum Taking {
    case taken
    case pause
    case stop
  }

  /// libcurl's pieces are of 16 KiB at most.
  private static let gathered = 128 << 10

  /// `isLogin`: the whole body is needed for the verdict. `gathers`: see `CallOptions`.
  init(isLogin: Bool = false, gathers: Bool = false) {
    self.isLogin = isLogin
    piece = gathers ? Sink.gathered : 0
  }

  var isHeadComplete: Bool { part == .trailers }

  func takeHeader(_ line: UnsafeRawBufferPointer) -> Taking {
    headerSize = headerSize.plus(line.count)
    guard headerSize <= Sink.longestHeaders else {
      return stop(Failure(.tooLarge, "the response's headers are larger than 192 KiB", httpStatus: status))
    }
    // libcurl ends a head at any line that begins with CR or LF; so must this.
    let isEmpty = unsafe line.first == 0x0D || line.first == 0x0A
    switch part {
    case .statusLine: return unsafe takeStatusLine(line)
    case .interim: if isEmpty { part = .statusLine }
    case .head where isEmpty: part = .trailers
    case .head where unsafe line.first == 0x20 || line.first == 0x09:
      guard unsafe headers.fold(line) else {
        return stop(Failure(.protocolViolation, "the response's first header line is folded", httpStatus: status))
      }
    case .head:
      if let reason = unsafe objection(to: line) { return stop(reason) }
      unsafe headers.append(line)
    case .trailers: break
    }
    return .taken
  }

  /// Refuses what libcurl lets pass: two different lengths (an unrecoverable error by RFC 9112, 6.3), and codings
  /// inside of each other, which were not asked for and can unpack to any size before the response can be judged.
  private func objection(to line: UnsafeRawBufferPointer) -> Failure? {
    guard let first = unsafe line.first, first | 0x20 == 0x63 else { return nil }
    if let value = unsafe Sink.value("content-length:", line) {
      defer { length = value }
      guard let length, length != value else { return nil }
      return Failure(.protocolViolation, "the response says two different lengths", httpStatus: status)
    }
    guard let coding = unsafe Sink.value("content-encoding:", line) else { return nil }
    defer { isCoded = true }
    guard isCoded || coding.contains(0x2C) else { return nil }
    return Failure(
      .protocolViolation, "the response is coded more than once, which nobody asked for", httpStatus: status)
  }

  /// The value of a line that begins with this name (in lower case, with its colon), without blanks.
  private static func value(_ name: StaticString, _ line: UnsafeRawBufferPointer) -> [UInt8]? {
    let size = name.utf8CodeUnitCount
    guard line.count > size else { return nil }
    let isIt = name.withUTF8Buffer { unsafe zip($0, line).allSatisfy { $0 == $1 | ($1 > 0x40 ? 0x20 : 0) } }
    return isIt ? unsafe line.dropFirst(size).filter { $0 > 0x20 } : nil
  }

  private func takeStatusLine(_ line: UnsafeRawBufferPointer) -> Taking {
    guard let code = unsafe Sink.status(line) else {
      return stop(Failure(.protocolViolation, "the response does not begin with a status from 100 to 599"))
    }
    // 101 follows a request with `Upgrade` (RFC 9110, 15.2.2), and this library sends none.
    guard code != 101 else {
      return stop(Failure(.protocolViolation, "the server changes to another protocol, unasked (HTTP 101)"))
    }
    part = code < 200 ? .interim : .head
    if part == .head { status = code }
    return .taken
  }

  /// "HTTP/1.1 200 OK": three digits after the first blank, and then a blank or the end.
  private static func status(_ line: UnsafeRawBufferPointer) -> Int32? {
    guard unsafe line.starts(with: "HTTP/".utf8) else { return nil }
    let digits = unsafe line.drop { $0 != 0x20 }.dropFirst().prefix { $0 > 0x20 }
    guard unsafe digits.count == 3, let code = unsafe Int32(String(decoding: digits, as: UTF8.self)) else { return nil }
    return (100..<600).contains(code) ? code : nil
  }

  func takeBody(_ bytes: UnsafeRawBufferPointer) -> Taking {
    switch reading {
    case .inspecting where body.count + bytes.count <= inspected:
      unsafe body.append(bytes)
      return .taken
    case .inspecting where isLogin:
      return stop(Failure(.tooLarge, "the response to the login is larger than 4 MiB", httpStatus: status))
    case .inspecting, .full:
      reading = .full
      onNews?()
      return .pause
    case .delivering(let destination):
      return unsafe deliver(bytes, to: destination)
    }
  }

  /// How many bytes of the body a verdict may need.
  private var inspected: Int { isLogin ? WireResponse.longestLogin : WireResponse.inspected }

  /// The application does not want the response: the transfer ends at the next opportunity.
  func refuse(_ reason: Failure) { failure = reason }

  /// The response was judged and is the application's: what has come of its body goes to the destination, and so will
  /// the rest.
  func deliver(to destination: Destination) -> Taking {
    reading = .delivering(destination)
    if failure != nil { return .stop }
    switch destination {
    case .memory(let limit):
      return isWithin(limit, 0) ? .taken : .stop
    case .stream:
      waiting = body
      body = Buffer()
      return flush()
    }
  }

  /// Offers the application what waits, also what it could not take before.
  func flush() -> Taking {
    guard let waiting, waiting.count > 0, case .delivering(.stream(let take)) = reading else { return .taken }
    let taking = unsafe judge(take(waiting.bytes))
    isPaused = taking == .pause
    if !isPaused { waiting.clear() }
    return taking
  }

  /// The transfer has no more bytes for now, so that nothing waits for more.
  func settle() { if !isPaused, failure == nil { _ = flush() } }

  /// Whether there is something that the application could not take.
  var hasHeldBack: Bool { isPaused && failure == nil }

  private func deliver(_ bytes: UnsafeRawBufferPointer, to destination: Destination) -> Taking {
    switch destination {
    case .memory(let limit):
      guard isWithin(limit, bytes.count) else { return .stop }
      unsafe body.append(bytes)
      return .taken
    case .stream(let take):
      return unsafe piece == 0 ? judge(take(bytes)) : gather(bytes)
    }
  }

  private func gather(_ bytes: UnsafeRawBufferPointer) -> Taking {
    if isPaused { return .pause }
    let waiting = self.waiting ?? Buffer()
    self.waiting = waiting
    if waiting.count.plus(bytes.count) > piece {
      let taking = flush()
      guard taking == .taken else { return taking }
    }
    if waiting.count == 0 { onNews?() }
    unsafe waiting.append(bytes)
    return .taken
  }

  private func isWithin(_ limit: Int64, _ more: Int) -> Bool {
    if Int64(body.count) + Int64(more) <= limit { return true }
    failure = Failure(.tooLarge, "the response is larger than \"response-limit\" allows", httpStatus: status)
    return false
  }

  private func stop(_ reason: Failure) -> Taking {
    failure = reason
    return .stop
  }

  private func judge(_ flow: Flow) -> Taking {
    switch flow {
    case .goOn: return .taken
    case .pause where canPause: return .pause
    case .pause, .stop:
      return stop(Failure(.callback, "the application's write function asked to stop", httpStatus: status))
    }
  }

  /// The response as far as it has come, for a verdict.
  func response(isWhole: Bool) -> WireResponse {
    WireResponse(status: status, headers: headers, beginning: body.prefix(inspected), isWhole: isWhole)
  }
}
