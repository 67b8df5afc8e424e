// Reply.swift - what a server says, read from the input as libcurl would hand it on: head line by line, then the body.

@testable import DamCore
@testable import DamIO

enum Reply {
  case response(WireResponse)
  case broken(Failure, head: WireResponse?)

  /// "HTTP/1.1 200 OK\nName: value\n\nbody". With "!" in front, the connection breaks after it; with "!!", before.
  init(_ bytes: [UInt8]) {
    let isCut = bytes.first == 0x21
    let isDeaf = isCut && bytes.dropFirst().first == 0x21
    if isDeaf {
      self = .broken(Failure(.connect, "the server cannot be reached"), head: nil)
      return
    }
    let (sink, isWhole) = Reply.received(Array(bytes.dropFirst(isCut ? 1 : 0)))
    if let failure = sink.failure {
      self = .broken(failure, head: nil)
    } else if isCut || !sink.isHeadComplete {
      self = .broken(
        Failure(.transfer, "the connection broke"), head: sink.isHeadComplete ? sink.response(isWhole: false) : nil)
    } else {
      self = .response(sink.response(isWhole: isWhole))
    }
  }

  static func received(_ bytes: [UInt8]) -> (Sink, isWhole: Bool) {
    let sink = Sink()
    var rest = bytes[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
      let line = Array(rest[..<end])
      rest = rest[end...]
      if case .stop = line.withUnsafeBytes({ sink.takeHeader($0) }) { return (sink, false) }
      // After an interim response comes another head.
      if line == [0x0A] || line == [0x0D, 0x0A], sink.isHeadComplete { break }
    }
    var isWhole = true
    while !rest.isEmpty {
      let piece = Array(rest.prefix(16_384))
      rest = rest.dropFirst(piece.count)
      if case .taken = piece.withUnsafeBytes({ sink.takeBody($0) }) { continue }
      isWhole = false
      break
    }
    return (sink, isWhole)
  }
}
