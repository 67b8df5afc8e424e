// FormTests.swift - multipart bodies: what can be added, and what no request could ever be.

import Glibc
import Testing

@testable import DamCore
@testable import DamIO

@Suite("Form")
struct FormTests {
  /// A file system that lets files claim any size; none of it is ever there.
  private func claim(_ size: Int64) throws -> String {
    let path = "/dev/shm/damsession-form-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    let file = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    try #require(file >= 0 && ftruncate(file, off_t(size)) == 0)
    close(file)
    return path
  }

  @Test("files that claim more bytes than can be counted are refused, and no trap")
  func endless() throws {
    let path = try claim(.max)
    defer { unlink(path) }
    let refusal = #expect(throws: Failure.self) {
      var form = Form()
      for _ in 0..<4 { form = try form.adding("f", file: path, fileName: nil, contentType: nil) }
    }
    #expect(refusal?.cause == .argument)
    let half = try claim(1 << 62)
    defer { unlink(half) }
    let one = try Form().adding("f", file: half, fileName: nil, contentType: nil)
    #expect(one.description.size == 1 << 62)
    #expect(throws: Failure.self) { try one.adding("f", file: half, fileName: nil, contentType: nil) }
    let small = try one.adding("a", Array("abc".utf8), fileName: nil, contentType: nil)
    #expect(small.description.size == (1 << 62) + 3)
    #expect(one.parts.count == 1, "what was made is left as it is")
  }
}
