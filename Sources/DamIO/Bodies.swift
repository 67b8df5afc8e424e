// Bodies.swift - where a request's body comes from and where a response's body goes: memory, or functions of the
// application.

internal import CCurl
package import DamCore

/// The body of a request. Used by one transfer at a time, on its thread.
@safe package final class OutgoingBody {
  package let description: CallerRequest.Body
  /// Fills the room with the next bytes and says how many; 0 at the end, nil: none yet, negative: stop.
  private let read: (UnsafeMutableRawBufferPointer) -> Int?
  /// Makes the first byte the next one again; nil: the body can be given once.
  private let rewind: (() -> Bool)?
  /// Whether the first byte may have been given.
  private(set) var hasBegun = false
  /// How much of the announced size is still to come; nil: none was announced.
  private var rest: UInt64?
  /// Whether the body ended the transfer: it stopped, or gave another number of bytes than it had announced.
  private(set) var hasFailed = false
  /// Whether somebody will resume the transfer: an event loop does, a blocking caller does not.
  var canPause = false

  /// `size` nil: unknown until the body ends. `rewind` nil: it can be given once.
  package init(size: UInt64?, read: @escaping (UnsafeMutableRawBufferPointer) -> Int?, rewind: (() -> Bool)?) {
    description = CallerRequest.Body(isPresent: true, size: size, canRewind: rewind != nil)
    unsafe self.read = read
    self.rewind = rewind
  }

  /// Bytes in memory that stay valid while the body is used.
  package convenience init(_ bytes: UnsafeRawBufferPointer) {
    unsafe self.init(size: bytes.count, canRewind: true) { room, offset in unsafe bytes.give(room, &offset) }
  }

  /// Bytes that the body owns.
  package convenience init(_ bytes: [UInt8]) {
    unsafe self.init(size: bytes.count, canRewind: true) { room, offset in
      unsafe bytes.withUnsafeBytes { unsafe $0.give(room, &offset) }
    }
  }

  /// A login form. It can be given once, since a login that was sent is never sent again.
  convenience init(_ secret: Secret) {
    unsafe self.init(size: secret.count, canRewind: false) { room, offset in
      secret.withBytes { unsafe $0.give(room, &offset) }
    }
  }

  private convenience init(
    size: Int, canRewind: Bool, _ give: @escaping (UnsafeMutableRawBufferPointer, inout Int) -> Int
  ) {
    var offset = 0
    let rewind = {
      offset = 0
      return true
    }
    unsafe self.init(
      size: UInt64(clamping: size), read: { room in unsafe give(room, &offset) }, rewind: canRewind ? rewind : nil)
  }

  /// Makes the first byte the next one. False when that cannot be done.
  func begin() -> Bool {
    hasFailed = false
    rest = description.size
    guard hasBegun else {
      hasBegun = true
      return true
    }
    return rewind?() ?? false
  }

  /// libcurl asks for more: returns how many bytes there are, 0 at the end, or libcurl's codes for "stop" and "pause".
  func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
    // Never more than was announced: the server would take the surplus for another request (request smuggling).
    let room = unsafe UnsafeMutableRawBufferPointer(rebasing: room.prefix(Int(clamping: rest ?? .max)))
    if unsafe room.isEmpty { return 0 }
    let count = unsafe read(room)
    if count == nil, canPause { return Int(CURL_READFUNC_PAUSE) }
    let endsEarly = count == 0 && rest != nil
    if let count, (0...room.count).contains(count), !endsEarly {
      rest = rest.map { $0.minus(UInt64(clamping: count)) }
      return count
    }
    hasFailed = true
    return Int(CURL_READFUNC_ABORT)
  }
}

extension UnsafeRawBufferPointer {
  /// Fills the room with what follows `offset`, as far as there is any.
  func give(_ room: UnsafeMutableRawBufferPointer, _ offset: inout Int) -> Int {
    let part = unsafe dropFirst(offset).prefix(room.count)
    unsafe room.copyBytes(from: part)
    unsafe offset = offset.plus(part.count)
    return unsafe part.count
  }
}

/// Where the body of a delivered response goes.
@safe package enum Destination {
  /// Kept, up to so many bytes.
  case memory(limit: Int64)
  /// Given to a function piece by piece, on the thread that runs the transfer.
  case stream((UnsafeRawBufferPointer) -> Flow)
}

/// What the application says when it is given bytes.
package enum Flow: Sendable {
  case goOn
  /// Not now: give the same bytes again when the transfer is resumed. Only in an event loop.
  case pause
  case stop
}

/// Bytes received so far and in all, and sent so far and in all; -1 or 0 where a total is unknown. False to stop the
/// transfer.
package typealias Progress = (_ down: Int64, _ downTotal: Int64, _ up: Int64, _ upTotal: Int64) -> Bool
