// BufferTests.swift - bytes that C may borrow.

import Testing

@testable import DamIO

@Suite("Buffer")
struct BufferTests {
  private func contents(_ buffer: Buffer) -> [UInt8] {
    [UInt8](UnsafeRawBufferPointer(start: buffer.address, count: buffer.count))
  }

  @Test("bytes are kept as they came, across every growth, with a NUL behind them that does not count")
  func growth() {
    let buffer = Buffer()
    var expected: [UInt8] = []
    #expect(buffer.address.load(as: UInt8.self) == 0)
    for size in [0, 1, 4094, 1, 1, 4096, 0, 100_000, 3] {
      let part = (0..<size).map { UInt8(truncatingIfNeeded: $0 &+ expected.count &+ 1) }
      part.withUnsafeBytes { buffer.append($0) }
      expected += part
      #expect(buffer.count == expected.count)
      #expect(buffer.address.load(fromByteOffset: buffer.count, as: UInt8.self) == 0)
    }
    #expect(contents(buffer) == expected)
  }

  @Test("a prefix is at most what is there")
  func prefix() {
    let buffer = Buffer([1, 2, 3])
    #expect(buffer.prefix(2) == [1, 2])
    #expect(buffer.prefix(99) == [1, 2, 3])
    #expect(buffer.prefix(0).isEmpty)
    #expect(Buffer([]).prefix(9).isEmpty)
  }
}
