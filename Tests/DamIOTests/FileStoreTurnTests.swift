// FileStoreTurnTests.swift - records that take turns in two files: what a writer leaves behind, and what a reader
// finds.

import Dispatch
import Foundation
import Glibc
import Synchronization
import Testing

@testable import DamCore
@testable import DamIO

extension FileStoreTests {
  @Test("records that need not survive a loss of power take turns in two files")
  func exchange() {
    let inodes = (UInt64(1)...5).map { generation in
      _ = save(generation, replacing: generation - 1)
      return scratch.inode("state/damsession/key.record")
    }
    #expect(inodes[0] == inodes[2] && inodes[2] == inodes[4] && inodes[1] == inodes[3] && inodes[0] != inodes[1])
    #expect(scratch.mode("state/damsession/key.tmp") == S_IFREG | 0o600)
    #expect(found(store.load("key", unless: nil)) == bytes(5, revision: 5))
  }

  @Test("a writer that was killed before the exchange has changed nothing", arguments: [0, 1, 50, 150, 10_000])
  func killed(written: Int) throws {
    for generation: UInt64 in 1...2 { _ = save(generation, replacing: generation - 1) }
    // It wrote so many bytes of the next record over the older one, and did not come to cutting that off.
    let spare = open(scratch.file("state/damsession/key.tmp"), O_WRONLY)
    let next = [UInt8](bytes(3, revision: 3).prefix(written))
    #expect(write(spare, next, next.count) == next.count)
    close(spare)
    #expect(found(store.load("key", unless: nil)) == bytes(2, revision: 2))
    guard case .saved = save(4, replacing: 2) else {
      Issue.record("not saved")
      return
    }
    #expect(found(store.load("key", unless: nil)) == bytes(4, revision: 3))
  }

  @Test("a shorter record leaves nothing of a longer one")
  func shorter() {
    for (revision, length) in [(1, 10), (2, 10), (3, 9000), (4, 9000), (5, 20), (6, 10), (7, 5000)] {
      let cookie = String(repeating: "x", count: length)
      let bytes = Sample.record(1, cookie: cookie).encoded(revision: UInt64(revision))
      _ = store.save(
        "key", bytes, revision: UInt64(revision), replacing: UInt64(revision - 1), isDurable: false)
      #expect(found(store.load("key", unless: nil)) == bytes)
    }
  }

  @Test("a durable save, as a logout is, and a removal leave nothing of older records", arguments: [false, true])
  func nothingOld(isRemoved: Bool) throws {
    for generation: UInt64 in 1...3 { _ = save(generation, replacing: generation - 1) }
    #expect(scratch.read("state/damsession/key.tmp")?.contains("c2") == true)
    if isRemoved { #expect(try store.remove("key").get()) } else { _ = save(4, replacing: 3, isDurable: true) }
    let left = try FileManager.default.contentsOfDirectory(atPath: store.place).sorted()
    #expect(left == (isRemoved ? ["key.lock"] : ["key.lock", "key.record"]))
  }

  @Test("a reader that is overtaken by two saves reads again: no mixture of two records is ever found")
  func overtaken() {
    // So long that a read takes several steps, between which there is time for saves.
    let documents = Array("abc".utf8).map { [UInt8](repeating: $0, count: 1_000_000) }
    @Sendable func record(_ revision: UInt64) -> [UInt8] {
      let document = documents[Int(revision % 3)]
      let line = Array("damsession-record 1 \(revision) \(document.count) ".utf8)
      return line + Hash.sha256(line[...], document[...]) + [0x0A] + document
    }
    let isDone = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      let store = FileStore(scratch.file("state/damsession"))
      guard thread == 0 else {
        while isDone.load(ordering: .acquiring) == 0 {
          if let bytes = found(store.load("key", unless: nil)), !RecordHeader.isWhole(bytes) {
            Issue.record("a mixture")
            return
          }
        }
        return
      }
      for revision: UInt64 in 1...1000 {
        _ = store.save("key", record(revision), revision: revision, replacing: revision - 1, isDurable: false)
      }
      isDone.store(1, ordering: .releasing)
    }
  }
}
