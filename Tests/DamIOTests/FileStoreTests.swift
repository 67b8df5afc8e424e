// FileStoreTests.swift - records as real files: their modes, their replacement, what stands in their way.

import Dispatch
import Foundation
import Glibc
import Synchronization
import Testing

@testable import DamCore
@testable import DamIO

@Suite("FileStore: records")
struct FileStoreTests {
  let scratch: Scratch
  let store: FileStore

  init() throws {
    scratch = try Scratch()
    store = FileStore(scratch.file("state/damsession"))
  }

  func bytes(_ generation: UInt64, revision: UInt64) -> [UInt8] {
    Sample.record(generation, cookie: "c\(generation)").encoded(revision: revision)
  }

  func save(_ generation: UInt64, replacing: UInt64, isDurable: Bool = false) -> StoreSave {
    store.save(
      "key", bytes(generation, revision: replacing + 1), revision: replacing + 1, replacing: replacing,
      isDurable: isDurable)
  }

  func found(_ load: StoreLoad) -> [UInt8]? {
    if case .found(let bytes, _) = load { return bytes }
    return nil
  }

  @Test("files are 0600 and folders 0700, whatever the umask", arguments: [false, true])
  func modes(isDurable: Bool) {
    guard case .saved = save(1, replacing: 0, isDurable: isDurable) else {
      Issue.record("not saved")
      return
    }
    #expect(scratch.mode("state") == S_IFDIR | 0o700)
    #expect(scratch.mode("state/damsession") == S_IFDIR | 0o700)
    #expect(scratch.mode("state/damsession/key.record") == S_IFREG | 0o600)
    #expect(scratch.mode("state/damsession/key.lock") == S_IFREG | 0o600)
    #expect(scratch.mode("state/damsession/key.tmp") == nil)
  }

  @Test("a record is absent, then found, then unchanged until somebody saves")
  func marks() throws {
    guard case .absent = store.load("key", unless: nil) else {
      Issue.record("found before it was saved")
      return
    }
    guard case .saved(let own) = save(1, replacing: 0), case .unchanged = store.load("key", unless: own),
      case .found(let read, let mark) = FileStore(store.place).load("key", unless: nil)
    else {
      Issue.record("not saved, or not found")
      return
    }
    #expect(read == bytes(1, revision: 1))
    #expect(mark == own)
    _ = save(2, replacing: 1)
    #expect(found(store.load("key", unless: own)) == bytes(2, revision: 2))
  }

  @Test("a save over another revision is a conflict that brings what is there, and changes nothing")
  func conflicts() {
    if case .conflict(nil) = save(1, replacing: 7) {} else { Issue.record("replaced what was not there") }
    _ = save(1, replacing: 0)
    for wrong: UInt64 in [0, 2, .max - 1] {
      guard case .conflict(let present?) = save(9, replacing: wrong) else {
        Issue.record("revision \(wrong) was replaced")
        continue
      }
      #expect(present == bytes(1, revision: 1))
    }
    #expect(found(store.load("key", unless: nil)) == bytes(1, revision: 1))
  }

  @Test("what is no record is a conflict too: nothing is overwritten unseen")
  func foreignFile() throws {
    _ = save(1, replacing: 0)
    try scratch.write("state/damsession/key.record", "not a record")
    guard case .conflict(let present?) = save(2, replacing: 1) else {
      Issue.record("overwritten")
      return
    }
    #expect(present == Array("not a record".utf8))
    store.setAside("key", Array("another".utf8))
    #expect(scratch.read("state/damsession/key.record") == "not a record", "it is not the one that was seen")
    store.setAside("key", Array("not a record".utf8))
    #expect(scratch.read("state/damsession/key.damaged") == "not a record")
    if case .saved = save(2, replacing: 0) {} else { Issue.record("the damaged record is still in the way") }
  }

  @Test("a save does not touch the record that a reader has open", arguments: [false, true])
  func replacement(isDurable: Bool) throws {
    for generation: UInt64 in 1...4 {
      let old = open(scratch.file("state/damsession/key.record"), O_RDONLY)
      let before = scratch.read("state/damsession/key.record")
      _ = save(generation, replacing: generation - 1, isDurable: isDurable)
      guard old >= 0 else { continue }
      var room = [UInt8](repeating: 0, count: 4096)
      let count = read(old, &room, room.count)
      close(old)
      #expect(String(decoding: room.prefix(count), as: UTF8.self) == before)
    }
  }

  @Test("what a killed writer left behind is overwritten, whatever it is")
  func leftovers() throws {
    _ = save(1, replacing: 0)
    try scratch.write("state/damsession/key.tmp", String(repeating: "x", count: 100_000))
    chmod(scratch.file("state/damsession/key.tmp"), 0o644)
    _ = save(2, replacing: 1)
    #expect(found(store.load("key", unless: nil)) == bytes(2, revision: 2))
    #expect(scratch.mode("state/damsession/key.record") == S_IFREG | 0o600)
    // A link planted there leads nowhere.
    try scratch.write("victim", "precious")
    symlink(scratch.file("victim"), scratch.file("state/damsession/key.tmp"))
    if case .saved = save(3, replacing: 2) {} else { Issue.record("not saved") }
    #expect(scratch.read("victim") == "precious")
    // Nor does a second name of another file.
    unlink(scratch.file("state/damsession/key.tmp"))
    link(scratch.file("victim"), scratch.file("state/damsession/key.tmp"))
    if case .saved = save(4, replacing: 3) {} else { Issue.record("not saved") }
    #expect(scratch.read("victim") == "precious")
    #expect(found(store.load("key", unless: nil)) == bytes(4, revision: 4))
  }

  @Test("symbolic links in place of a record or a lock are refused")
  func links() throws {
    _ = save(1, replacing: 0)
    try scratch.write("other", "")
    for name in ["key.record", "key.lock"] {
      unlink(scratch.file("state/damsession/\(name)"))
      symlink(scratch.file("other"), scratch.file("state/damsession/\(name)"))
    }
    if case .refused(let reason) = store.load("key", unless: nil) {
      #expect(reason.hasSuffix("/key.record is a symbolic link; remove it"))
    } else {
      Issue.record("a linked record was read")
    }
    if case .failed(let reason) = save(2, replacing: 1) {
      #expect(reason.hasSuffix(": it is a symbolic link"))
    } else {
      Issue.record("saved through a link")
    }
    if case .unavailable = store.lock("key", wait: 0) {} else { Issue.record("a linked lock was taken") }
    #expect(scratch.read("other") == "")
  }

  @Test(
    "a record that others can read or write, with a second name, of another kind or user is not believed",
    arguments: ["640", "604", "620", "602", "644", "666", "hard link", "pipe", "folder", "socket", "foreign"])
  func unbelievable(kind: String) throws {
    _ = save(1, replacing: 0)
    let record = scratch.file("state/damsession/key.record")
    switch kind {
    case "hard link": #expect(link(record, scratch.file("second")) == 0)
    case "pipe": #expect(unlink(record) == 0 && mkfifo(record, 0o600) == 0)
    case "folder": #expect(unlink(record) == 0 && mkdir(record, 0o700) == 0)
    case "socket": #expect(unlink(record) == 0 && mknod(record, S_IFSOCK | 0o600, 0) == 0)
    case "foreign":
      // Only the superuser can give files away.
      guard geteuid() == 0 else { return }
      #expect(chown(record, 4242, 4242) == 0)
    default: #expect(chmod(record, try #require(mode_t(kind, radix: 8))) == 0)
    }
    switch store.load("key", unless: nil) {
    // A socket cannot even be opened.
    case .refused(let reason), .failed(let reason): #expect(kind == "socket" || reason.contains("key.record"))
    default: Issue.record("it was believed")
    }
    if case .failed = save(2, replacing: 1) {} else { Issue.record("it was replaced") }
    #expect(try Stores.list(store.place, nil).isEmpty)
  }

  @Test("a lock that is no plain file of this user is none, and is not waited for")
  func unbelievableLocks() {
    _ = save(1, replacing: 0)
    let lock = scratch.file("state/damsession/key.lock")
    #expect(unlink(lock) == 0 && mkfifo(lock, 0o600) == 0)
    if case .unavailable(let reason) = store.lock("key", wait: 0) {
      #expect(reason.contains("key.lock is a folder, a pipe or a device"))
    } else {
      Issue.record("a pipe was locked")
    }
  }

  @Test("a folder that others can write, or of another user, is no store; neither is one that can be exchanged")
  func unbelievableFolders() throws {
    func objection(_ place: String) -> String? {
      do throws(Failure) {
        _ = try Stores.named(place, nil)
        return nil
      } catch {
        #expect(error.cause == .store)
        return error.message
      }
    }
    _ = save(1, replacing: 0)
    #expect(objection(store.place) == nil)
    #expect(objection(scratch.file("none")) == nil, "what is not there yet is nobody's")
    for (mode, isRefused) in [
      (0o755, false), (0o750, false), (0o720, true), (0o702, true), (0o777, true), (0o1777, true),
    ] as [(mode_t, Bool)] {
      chmod(store.place, mode)
      #expect((objection(store.place)?.contains("chmod 700") ?? false) == isRefused)
    }
    chmod(store.place, 0o700)
    // Below /tmp as it should be, and as it should not.
    chmod(scratch.file("state"), 0o1777)
    #expect(objection(store.place) == nil)
    chmod(scratch.file("state"), 0o777)
    #expect(objection(store.place)?.contains("chmod +t") == true)
    #expect(objection(scratch.file("state/new"))?.contains("chmod +t") == true)
    chmod(scratch.file("state"), 0o700)
    symlink(store.place, scratch.file("link"))
    #expect(objection(scratch.file("link")) == nil, "a link of the user's own leads where it leads")
    guard geteuid() == 0 else { return }
    lchown(scratch.file("link"), 4242, 4242)
    #expect(objection(scratch.file("link"))?.contains("(ID 4242)") == true)
    chown(store.place, 4242, 4242)
    #expect(objection(store.place)?.contains("belongs to another user") == true)
  }

  @Test("a mark is the record's own: the same inode and the same time say nothing")
  func repeatingInodes() throws {
    guard case .saved(let mark) = save(1, replacing: 0) else {
      Issue.record("not saved")
      return
    }
    let path = scratch.file("state/damsession/key.record")
    var before = stat()
    #expect(stat(path, &before) == 0)
    // What a file system without imagination does: another record in the same inode at the same time.
    let fresh = open(path, O_WRONLY | O_TRUNC)
    let next = bytes(2, revision: 2)
    #expect(write(fresh, next, next.count) == next.count)
    #expect(futimens(fresh, [before.st_atim, before.st_mtim]) == 0)
    close(fresh)
    #expect(found(store.load("key", unless: mark)) == next)
  }

  @Test("a save waits for another one, whatever the patience of logins is")
  func patience() throws {
    _ = save(1, replacing: 0)
    let descriptor = open(scratch.file("state/damsession/key.lock"), O_RDWR)
    var range = flock()
    range.l_type = Int16(F_WRLCK)
    range.l_start = 1
    range.l_len = 1
    // F_OFD_SETLK, which Swift does not see.
    #expect(fcntl(descriptor, 37, &range) == 0)
    let store = try #require(
      try Stores.named(scratch.file("state/damsession"), nil) as? FileStore)
    let bytes = bytes(2, revision: 2)
    let isSaved = Mutex(false)
    let saver = Waiter {
      let saving = store.save("key", bytes, revision: 2, replacing: 1, isDurable: false)
      if case .saved = saving { isSaved.withLock { $0 = true } }
    }
    saver.isAsleep()
    close(descriptor)
    saver.join()
    #expect(isSaved.withLock { $0 })
  }

  @Test("where no folder can be made, records are absent, saves fail and locks are unavailable, each with a reason")
  func unwritable() throws {
    try scratch.write("file", "")
    // /proc refuses even the superuser; a file is no folder for anybody.
    for place in ["/proc/damsession", scratch.file("file"), scratch.file("file/deeper")] {
      let store = FileStore(place)
      if case .absent = store.load("key", unless: nil) {} else { Issue.record("\(place): not absent") }
      if case .failed(let reason) = store.save("key", [1], revision: 1, replacing: 0, isDurable: true) {
        #expect(!reason.isEmpty)
      } else {
        Issue.record("\(place): saved")
      }
      if case .unavailable(let reason) = store.lock("key", wait: 0) {
        #expect(!reason.isEmpty)
      } else {
        Issue.record("\(place): locked")
      }
    }
  }

  @Test("a folder that has become read-only still serves its records", .enabled(if: geteuid() != 0))
  func readOnly() {
    _ = save(1, replacing: 0)
    chmod(store.place, 0o500)
    defer { chmod(store.place, 0o700) }
    #expect(found(store.load("key", unless: nil)) == bytes(1, revision: 1))
    if case .failed(let reason) = save(2, replacing: 1) {
      #expect(reason == "permission denied")
    } else {
      Issue.record("saved")
    }
  }

  @Test("keys are listed in order, and removed once; locks stay")
  func listing() throws {
    #expect(try store.list().get().isEmpty)
    for key in ["b", "a"] { _ = store.save(key, bytes(1, revision: 1), revision: 1, replacing: 0, isDurable: false) }
    try scratch.write("state/damsession/c.damaged", "")
    #expect(try store.list().get() == ["a", "b"])
    #expect(try store.remove("a").get())
    #expect(try !store.remove("a").get())
    #expect(try store.list().get() == ["b"])
    #expect(scratch.mode("state/damsession/a.lock") != nil)
  }

  @Test("readers never see half a record, and writers never lose each other's work")
  func concurrency() {
    let isDone = Atomic(0)
    // Each writer has a store of its own, as another process would, and adds one to the generation by compare and swap.
    DispatchQueue.concurrentPerform(iterations: 6) { thread in
      let store = FileStore(scratch.file("state/damsession"))
      guard thread < 3 else {
        while isDone.load(ordering: .acquiring) < 3 {
          guard let bytes = found(store.load("key", unless: nil)) else { continue }
          guard case .value = SessionRecord.decode(bytes) else {
            Issue.record("half a record")
            return
          }
        }
        return
      }
      var (count, revision, generation) = (0, UInt64(0), UInt64(0))
      while count < 60 {
        let next = bytes(generation + 1, revision: revision + 1)
        switch store.save("key", next, revision: revision + 1, replacing: revision, isDurable: false) {
        case .saved:
          (count, revision, generation) = (count + 1, revision + 1, generation + 1)
        case .conflict(let present?):
          guard case .value((let record, let number)) = SessionRecord.decode(present) else {
            Issue.record("half a record")
            count = 60
            continue
          }
          (revision, generation) = (number, record.generation)
        case .conflict(nil), .failed:
          Issue.record("lost")
          count = 60
        }
      }
      isDone.add(1, ordering: .releasing)
    }
    guard case .value((let record, let revision)) = SessionRecord.decode(found(store.load("key", unless: nil)) ?? [])
    else {
      Issue.record("nothing there")
      return
    }
    #expect(record.generation == 180)
    #expect(revision == 180)
  }
}
