// Buffer.swift - bytes for C to borrow: they grow, keep their address once they are complete, and end with a NUL that
// is not counted.

internal import Glibc

@safe package final class Buffer: @unchecked Sendable {
  // One transfer writes, and it ends before anybody else sees the buffer: then it is only read, by any thread.
  private var start: UnsafeMutableRawPointer
  private var capacity: Int
  package private(set) var count = 0

  package init() {
    // Most responses fit, and what is this small malloc(3) has at hand.
    capacity = 960
    unsafe start = .allocate(byteCount: capacity, alignment: 16)
    unsafe start.storeBytes(of: 0, as: UInt8.self)
  }

  deinit { unsafe start.deallocate() }

  /// The first byte; a NUL follows the last one.
  package var address: UnsafeRawPointer { unsafe UnsafeRawPointer(start) }

  /// All of it.
  var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: start, count: count) }

  package func append(_ bytes: UnsafeRawBufferPointer) {
    if count + bytes.count + 1 > capacity { grow(count + bytes.count + 1) }
    if let source = bytes.baseAddress { unsafe memcpy(start + count, source, bytes.count) }
    count += bytes.count
    unsafe start.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
  }

  /// Begins anew, in the same place.
  func clear() {
    count = 0
    unsafe start.storeBytes(of: 0, as: UInt8.self)
  }

  /// A copy of the beginning.
  package func prefix(_ length: Int) -> [UInt8] {
    unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: min(length, count)))
  }

  private func grow(_ needed: Int) {
    let larger = max(needed, capacity * 2)
    let fresh = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    unsafe memcpy(fresh, start, count)
    unsafe start.deallocate()
    unsafe start = fresh
    capacity = larger
  }
}

extension Buffer {
  convenience init(_ bytes: [UInt8]) {
    self.init()
    unsafe bytes.withUnsafeBytes { unsafe append($0) }
  }
}
