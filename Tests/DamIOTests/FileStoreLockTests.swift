// FileStoreLockTests.swift - locks among processes, each played by a store of its own: the kernel's locks go with the
// open file, so two stores of one process keep each other out as two processes do.

import Dispatch
import Glibc
import Synchronization
import Testing

@testable import DamCore
@testable import DamIO

/// One after another: a process has few watches, and one test takes all of them.
@Suite("FileStore: locks", .serialized, .timeLimit(.minutes(5)))
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

  // MARK: The line

  private func line(_ store: FileStore) throws -> any StoreLine { try #require(store.line("key")) }

  private func isReadable(_ descriptor: Int32) -> Bool {
    var watch = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&watch, 1, 0) == 1
  }

  @Test("who waits is told when the lock is let go of, and not before, nor by a save")
  func bell() throws {
    let held = try #require(taken(one.lock("key", wait: 0)))
    let line = try line(other)
    #expect(isBusy(line.look(stays: true)))
    let bell = line.rest().descriptor
    #expect(bell >= 0 && !isReadable(bell))
    _ = one.save("key", Sample.record(1, cookie: "c").encoded(revision: 1), revision: 1, replacing: 0, isDurable: false)
    #expect(isBusy(other.lock("key", wait: 0)) && !isReadable(bell))
    held.unlock()
    #expect(isReadable(bell))
    try #require(taken(line.look(stays: true))).unlock()
  }

  @Test("the lock goes round in the order in which they came, and nobody passes those in line")
  func order() throws {
    let held = try #require(taken(one.lock("key", wait: 0)))
    let order = Mutex<[Int]>([])
    let waiters = (0..<6).map { number in
      // On a busy machine a turn may take so long that everybody may try.
      let store = FileStore(scratch.file("state"), silence: 60_000_000)
      let waiter = Waiter {
        guard case .held(let handle, hadToWait: true) = store.lock("key", wait: 60_000_000) else { return }
        order.withLock { $0.append(number) }
        handle.unlock()
      }
      waiter.isAsleep()
      return waiter
    }
    held.unlock()
    for waiter in waiters { waiter.join() }
    #expect(order.withLock { $0 } == Array(0..<6))
  }

  @Test("a free lock is left to those in line; who leaves the line makes room for the next")
  func places() throws {
    let held = try #require(taken(one.lock("key", wait: 0)))
    let (third, fourth) = (FileStore(scratch.file("state")), FileStore(scratch.file("state")))
    var first: (any StoreLine)? = try line(other)
    let second = try line(third)
    #expect(isBusy(try #require(first).look(stays: true)) && isBusy(second.look(stays: true)))
    held.unlock()
    #expect(isBusy(fourth.lock("key", wait: 0)) && isBusy(second.look(stays: true)))
    first = nil
    try #require(taken(second.look(stays: true))).unlock()
    try #require(taken(fourth.lock("key", wait: 0))).unlock()
    #expect(first == nil)
  }

  @Test("who was stopped in line does not hold up those behind, and a holder that died tells nobody")
  func stopped() throws {
    let stopped = try line(one)
    do {
      let held = taken(other.lock("key", wait: 0))
      #expect(isBusy(stopped.look(stays: true)))
      // As if it were killed: its descriptor is closed, and nothing said.
      _ = held
    }
    try #require(taken(FileStore(scratch.file("state")).lock("key", wait: 60_000_000))).unlock()
    try #require(taken(stopped.look(stays: true))).unlock()
  }

  @Test("where nothing can be watched, who waits looks again and again")
  func watchless() throws {
    let held = try #require(taken(one.lock("key", wait: 0)))
    let path = scratch.file("state/key.lock")
    var all: [LockWatch] = []
    while let watch = LockWatch(path) { all.append(watch) }
    let line = try line(other)
    #expect(isBusy(line.look(stays: true)) && line.rest().descriptor == -1)
    let hasGot = Mutex(false)
    let third = FileStore(scratch.file("state"))
    let waiter = Waiter { if case .held = third.lock("key", wait: 60_000_000) { hasGot.withLock { $0 = true } } }
    waiter.isAsleep()
    held.unlock()
    try #require(taken(line.look(stays: true))).unlock()
    waiter.join()
    #expect(hasGot.withLock { $0 })
    all = []
    // They are kept, and serve whatever comes next.
    #expect(LockWatch(scratch.path) != nil && LockWatch(scratch.file("nothing")) == nil)
  }
}
