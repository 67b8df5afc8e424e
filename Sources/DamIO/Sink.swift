// Sink.swift - what arrives of one answer: headers, then the beginning of the body until somebody has judged it, then the
// rest wherever it shall go. Nothing reaches the host before the verdict, so that a login page never ends up in a file. It
// refuses endless headers.

internal import DamCore

final class Sink {
  enum Reading {
    /// Collecting the part of the body that may carry a verdict.
    case inspecting
    /// The beginning is full and more has come: the transfer pauses until it is judged.
    case full
    case delivering(Destination)
  }

  private(set) var status: Int32 = 0
  private(set) var headers = HeaderBlock()
  /// The beginning of the body; all of it where it is delivered to memory.
  private(set) var body = Buffer()
  private(set) var reading = Reading.inspecting
  private(set) var isHeadComplete = false
  /// Whether somebody will ever say "go on".
  var canPause = false
  /// Bytes that the host did not want yet.
  private var heldBack: Buffer?
  /// Hears that the transfer pauses until it is judged.
  var onFull: (() -> Void)?
  /// Why the transfer was stopped from here.
  private(set) var failure: Failure?

  private static let longestHeaders = 1 << 20

  enum Taking {
    case taken
    case pause
    case stop
  }

  func takeHeader(_ line: UnsafeRawBufferPointer) -> Taking {
    if unsafe line.starts(with: "HTTP/".utf8) {
      // A new header block: an interim answer came before it.
      headers = HeaderBlock()
      isHeadComplete = false
      let word = unsafe String(decoding: line.drop { $0 != 0x20 }.dropFirst().prefix(3), as: UTF8.self)
      status = Int32(word) ?? 0
      return .taken
    }
    guard unsafe line.contains(0x3A) else {
      isHeadComplete = status >= 200
      return .taken
    }
    unsafe headers.append(line)
    guard headers.bytes.count > Sink.longestHeaders else { return .taken }
    failure = Failure(.tooLarge, "the answer's headers are larger than 1 MiB", httpStatus: status)
    return .stop
  }

  func takeBody(_ bytes: UnsafeRawBufferPointer) -> Taking {
    switch reading {
    case .inspecting where body.count + bytes.count <= Answer.inspected:
      unsafe body.append(bytes)
      return .taken
    case .inspecting, .full:
      reading = .full
      onFull?()
      return .pause
    case .delivering(let destination):
      return unsafe deliver(bytes, to: destination)
    }
  }

  /// The host does not want the answer.
  func refuse(_ reason: Failure) { failure = reason }

  /// The answer was judged: what has come goes to its destination, and so does the rest.
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

  /// Offers once more what the host did not want yet.
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
    failure = Failure(.tooLarge, "the answer is larger than \"response-limit\" allows", httpStatus: status)
    return false
  }

  private func judge(_ flow: Flow) -> Taking {
    switch flow {
    case .goOn: return .taken
    case .pause where canPause: return .pause
    case .pause, .stop:
      failure = Failure(.callback, "the host's write function asked to stop", httpStatus: status)
      return .stop
    }
  }

  /// What the verdict is made of.
  func answer(isWhole: Bool) -> Answer {
    Answer(status: status, headers: headers, beginning: body.prefix(Answer.inspected), isWhole: isWhole)
  }
}
