// Bodies.swift - where a request's body comes from and where a response's body goes: memory, or functions of the
// application.

internal import CCurl
package import DamCore

/// The body of a request. Used by one transfer at a time.
@safe package final class OutgoingBody {
  package let description: CallerRequest.Body
  /// Fills the room with the next bytes and says how many; 0 at the end, nil: none yet, negative: stop.
  private let read: (UnsafeMutableRawBufferPointer) -> Int?
  private let rewind: (() -> Bool)?
  private(set) var hasBegun = false
  /// How much of the announced size is still to come; nil: none was announced.
  private var rest: UInt64?
  private(set) var hasFailed = false
  /// Whether somebody will ever say "go on".
  var canPause = false

  /// `size` nil: unknown until it ends. `rewind` nil: it can be given once.
  package init(size: UInt64?, read: @escaping (UnsafeMutableRawBufferPointer) -> Int?, rewind: (() -> Bool)?) {
    description = CallerRequest.Body(isPresent: true, size: size, canRewind: rewind != nil)
    unsafe self.read = read
    self.rewind = rewind
  }

  /// Bytes in memory that stay valid while the body is used.
  package convenience init(_ bytes: UnsafeRawBufferPointer) {
    unsafe self.init(size: bytes.count, canRewind: true) { room, offset in unsafe bytes.give(room, &offset) }
  }

  /// Bytes of its own.
  package convenience init(_ bytes: [UInt8]) {
    unsafe self.init(size: bytes.count, canRewind: true) { room, offset in
      unsafe bytes.withUnsafeBytes { unsafe $0.give(room, &offset) }
    }
  }

  /// A login form: given once, since a login that was sent is never sent again.
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

  /// Makes the first byte the next one; false when that cannot be done.
  func begin() -> Bool {
    hasFailed = false
    rest = description.size
    guard hasBegun else {
      hasBegun = true
      return true
    }
    return rewind?() ?? false
  }

  /// libcurl's wish for more: bytes, 0 at the end, or its word for "stop".
  func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
    // Never more than was announced: the server would take the surplus for another request.
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

/// Where the body of a response that is delivered goes.
@safe package enum Destination {
  case memory(limit: Int64)
  case stream((UnsafeRawBufferPointer) -> Flow)
}

/// What the application says to bytes that it is given.
package enum Flow: Sendable {
  case goOn
  /// Not now; the same bytes again when told. Only in an event loop.
  case pause
  case stop
}

/// Bytes so far and in all, down and up; -1 where a total is unknown. False to stop the transfer.
package typealias Progress = (_ down: Int64, _ downTotal: Int64, _ up: Int64, _ upTotal: Int64) -> Bool
