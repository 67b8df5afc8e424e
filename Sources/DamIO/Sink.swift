// Sink.swift - what arrives of one response: headers, then the beginning of the body until somebody has judged it,
// then the rest wherever it shall go. Nothing reaches the application before the verdict, so that a login page never
// ends up in a file. Headers have an end, and only the head of the final response is taken for one.

internal import DamCore

final class Sink {
  enum Reading {
    /// Collecting the part of the body that may carry a verdict.
    case inspecting
    /// The beginning is full and more has come: the transfer pauses until it is judged.
    case full
    case delivering(Destination)
  }

  /// What the next header line belongs to.
  private enum Part {
    case statusLine
    /// An informational response (1xx): none of it counts.
    case interim
    case head
    /// The head is over: trailers, of which nobody can say who wrote them.
    case trailers
  }

  /// 0 until the final response has come.
  private(set) var status: Int32 = 0
  private(set) var headers = HeaderBlock()
  /// The beginning of the body; all of it where it is delivered to memory.
  private(set) var body = Buffer()
  private(set) var reading = Reading.inspecting
  private var part = Part.statusLine
  private var headerSize = 0
  private var length: [UInt8]?
  private var isCoded = false
  private let isLogin: Bool
  /// Whether somebody will ever say "go on".
  var canPause = false
  /// Bytes that the application did not want yet.
  private var heldBack: Buffer?
  /// Hears that the transfer pauses until it is judged.
  var onFull: (() -> Void)?
  /// Why the transfer was stopped from here.
  private(set) var failure: Failure?

  /// Less than libcurl's own limit of 300 KiB by more than its longest line, so that there is one limit with one
  /// status.
  private static let longestHeaders = 192 << 10

  enum Taking {
    case taken
    case pause
    case stop
  }

  /// `isLogin`: the response is judged as a whole.
  init(isLogin: Bool = false) { self.isLogin = isLogin }

  var isHeadComplete: Bool { part == .trailers }

  func takeHeader(_ line: UnsafeRawBufferPointer) -> Taking {
    headerSize = headerSize.plus(line.count)
    guard headerSize <= Sink.longestHeaders else {
      return stop(Failure(.tooLarge, "the response's headers are larger than 192 KiB", httpStatus: status))
    }
    // As libcurl sees the end of a head.
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

  /// What libcurl lets pass and nobody can make sense of: two lengths (RFC 9112, 6.3: an unrecoverable error), and
  /// codings inside of each other, which nobody asked for and which unpack to any size before anybody can judge them.
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
    // Who was not asked to change the protocol does not speak it.
    guard code != 101 else {
      return stop(Failure(.protocolViolation, "the server changes to another protocol, unasked (HTTP 101)"))
    }
    part = code < 200 ? .interim : .head
    if part == .head { status = code }
    return .taken
  }

  /// "HTTP/1.1 200 OK": three digits after the first blank, and nothing that goes on with them.
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
      onFull?()
      return .pause
    case .delivering(let destination):
      return unsafe deliver(bytes, to: destination)
    }
  }

  private var inspected: Int { isLogin ? WireResponse.longestLogin : WireResponse.inspected }

  /// The application does not want the response.
  func refuse(_ reason: Failure) { failure = reason }

  /// The response was judged: what has come goes to its destination, and so does the rest.
  func deliver(to destination: Destination) -> Taking {
    reading = .delivering(destination)
    if failure != nil { return .stop }
    switch destination {
    case .memory(let limit):
      return isWithin(limit, 0) ? .taken : .stop
    case .stream:
      heldBack = body.count > 0 ? body : nil
      body = Buffer()
      return flush()
    }
  }

  /// Offers once more what the application did not want yet.
  func flush() -> Taking {
    guard let waiting = heldBack, case .delivering(.stream(let take)) = reading else { return .taken }
    let taking = unsafe judge(take(waiting.bytes))
    if case .pause = taking {} else { heldBack = nil }
    return taking
  }

  var hasHeldBack: Bool { heldBack != nil && failure == nil }

  private func deliver(_ bytes: UnsafeRawBufferPointer, to destination: Destination) -> Taking {
    switch destination {
    case .memory(let limit):
      guard isWithin(limit, bytes.count) else { return .stop }
      unsafe body.append(bytes)
      return .taken
    case .stream(let take):
      return unsafe judge(take(bytes))
    }
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

  /// What the verdict is made of.
  func response(isWhole: Bool) -> WireResponse {
    WireResponse(status: status, headers: headers, beginning: body.prefix(inspected), isWhole: isWhole)
  }
}
