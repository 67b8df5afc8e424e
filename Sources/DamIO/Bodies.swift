// Bodies.swift - where a request's body comes from and where an answer's body goes: memory, or functions of the host.
// It refuses to keep more of a stream than the host's function takes at a time.

internal import CCurl
public import DamCore

/// The body of a request. Used by one transfer at a time.
@safe public final class OutgoingBody {
  public let description: HostRequest.Body
  /// Fills the room with the next bytes and says how many; 0 at the end, negative to stop.
  private let read: (UnsafeMutableRawBufferPointer) -> Int
  private let rewind: (() -> Bool)?
  private(set) var hasBegun = false
  private(set) var hasFailed = false

  /// `size` nil: unknown until it ends. `rewind` nil: it can be given once.
  public init(size: UInt64?, read: @escaping (UnsafeMutableRawBufferPointer) -> Int, rewind: (() -> Bool)?) {
    description = HostRequest.Body(isPresent: true, size: size, canRewind: rewind != nil)
    unsafe self.read = read
    self.rewind = rewind
  }

  /// Bytes in memory that stay valid while the body is used.
  public convenience init(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    unsafe self.init(
      size: UInt64(bytes.count),
      read: { room in
        let part = unsafe bytes.dropFirst(offset).prefix(room.count)
        unsafe room.copyBytes(from: part)
        unsafe offset += part.count
        return unsafe part.count
      },
      rewind: {
        offset = 0
        return true
      })
  }

  /// Makes the first byte the next one; false when that cannot be done.
  func begin() -> Bool {
    hasFailed = false
    guard hasBegun else {
      hasBegun = true
      return true
    }
    return rewind?() ?? false
  }

  /// libcurl's wish for more: bytes, 0 at the end, or its word for "stop".
  func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
    let count = unsafe read(room)
    if (0...room.count).contains(count) { return count }
    hasFailed = true
    return Int(CURL_READFUNC_ABORT)
  }
}

/// Where the body of an answer that is delivered goes.
@safe public enum Destination {
  case memory(limit: Int64)
  /// Takes the next bytes; false to stop.
  case stream((UnsafeRawBufferPointer) -> Bool)
}

/// Bytes so far and in all, down and up; -1 where a total is unknown. False to stop the transfer.
public typealias Progress = (_ down: Int64, _ downTotal: Int64, _ up: Int64, _ upTotal: Int64) -> Bool
