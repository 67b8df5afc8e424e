// FileStoreLockTests.swift - locks among processes, each played by a store of its own: the kernel's locks go with the
// open file, so two stores of one process keep each other out as two processes do.

import Dispatch
import Glibc
import Synchronization
import Testing

@testable import DamCore
@testable import DamIO

@Suite("FileStore: locks", .timeLimit(.minutes(5)))
struct FileStoreLockTests {
  let scratch: Scratch
  let one: FileStore
  let other: FileStore

  init() throws {
    scratch = try Scratch()
    (one, other) = (FileStore(scratch.file("state")), FileStore(scratch.file("state")))
  }

  private func taken(_ lock: StoreLock) -> (any StoreLockHandle)? {
    if case .held(let handle, _) = lock { return handle }
    return nil
  }

  private func isBusy(_ lock: StoreLock) -> Bool {
    if case .busy = lock { return true }
    return false
  }

  @Test("a lock keeps everybody out until it is let go")
  func exclusion() throws {
    guard case .held(let held, hadToWait: false) = one.lock("key", wait: 0) else {
      Issue.record("a free lock was not to be had")
      return
    }
    #expect(isBusy(other.lock("key", wait: 0)))
    #expect(isBusy(one.lock("key", wait: 2000)))
    held.unlock()
    try #require(taken(other.lock("key", wait: 0))).unlock()
  }

  @Test("locks of different keys have nothing to do with each other, nor has a lock with a save")
  func independence() throws {
    let held = try #require(taken(one.lock("a", wait: 0)))
    let another = try #require(taken(other.lock("b", wait: 0)))
    let bytes = Sample.record(1, cookie: "c").encoded(revision: 1)
    if case .saved = other.save("a", bytes, revision: 1, replacing: 0, isDurable: false) {
    } else {
      Issue.record("a lock stopped a save")
    }
    another.unlock()
    held.unlock()
  }

  @Test("who waits gets the lock when it is let go")
  func waiting() throws {
    let held = try #require(taken(one.lock("key", wait: 0)))
    let other = other
    let (began, got) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let waiter = Waiter {
      began.signal()
      if case .held(let handle, _) = other.lock("key", wait: 60_000_000) {
        handle.unlock()
        got.signal()
      }
    }
    began.wait()
    held.unlock()
    waiter.join()
    #expect(got.wait(timeout: .now()) == .success)
  }

  @Test("a lock goes with its holder: nobody has to clean up after a process that died")
  func abandoned() {
    // A holder that is gone has closed its descriptor and unlocked nothing.
    do {
      let held = taken(one.lock("key", wait: 0))
      #expect(held != nil)
      #expect(isBusy(other.lock("key", wait: 0)))
      _ = held
    }
    #expect(!isBusy(other.lock("key", wait: 0)))
  }

  @Test("the lock file is made once and stays the same file")
  func lockFile() throws {
    try #require(taken(one.lock("key", wait: 0))).unlock()
    let inode = try #require(scratch.inode("state/key.lock"))
    try #require(taken(other.lock("key", wait: 0))).unlock()
    let bytes = Sample.record(1, cookie: "c").encoded(revision: 1)
    _ = one.save("key", bytes, revision: 1, replacing: 0, isDurable: true)
    #expect(scratch.inode("state/key.lock") == inode)
  }

  @Test("of many, one at a time")
  func crowd() {
    let inside = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 6) { _ in
      let store = FileStore(scratch.file("state"))
      for _ in 0..<20 {
        guard case .held(let handle, _) = store.lock("key", wait: 50_000_000) else {
          Issue.record("not to be had")
          return
        }
        #expect(inside.add(1, ordering: .sequentiallyConsistent).oldValue == 0)
        inside.subtract(1, ordering: .sequentiallyConsistent)
        handle.unlock()
      }
    }
  }
}
