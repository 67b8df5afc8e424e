// BellTests.swift - places in the line before a lock: one bell for many of them, places that are given up, and no
// descriptor left to sleep on.

import Dispatch
import Foundation
import Glibc
import Synchronization
import Testing

@testable import DamIO

@Suite("Bell", .timeLimit(.minutes(5)))
struct BellTests {
  private func isReadable(_ bell: Bell) -> Bool {
    var watch = pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&watch, 1, 0) == 1
  }

  @Test("a free lock needs no bell, and is taken")
  func free() {
    let lock = FairLock()
    func never() -> Bell {
      Issue.record("a bell was made")
      return Bell()
    }
    let entry = lock.enter(Ring(never()))
    #expect(!lock.isFree)
    switch consume entry {
    case .turn(let turn): _ = consume turn
    case .line: Issue.record("it was free")
    }
    #expect(lock.isFree)
  }

  @Test("two who wait by one bell hear each their own turn, in the order the turns come")
  func oneBell() throws {
    let bell = Bell()
    let (one, other) = (FairLock(), FairLock())
    let (ones, others) = (try #require(Holding(one)), try #require(Holding(other)))
    let waiter = try #require(one.queue(bell, tag: 7))
    let second = try #require(other.queue(bell, tag: 9))
    #expect(bell.takeTurns().isEmpty)
    #expect(!isReadable(bell))
    others.release()
    #expect(isReadable(bell))
    #expect(second.hasTurn && !waiter.hasTurn)
    #expect(bell.takeTurns() == [9])
    #expect(!isReadable(bell))
    ones.release()
    #expect(waiter.hasTurn)
    #expect(bell.takeTurns() == [7])
    #expect(bell.takeTurns().isEmpty)
    // Handed over, not thrown away.
    #expect(!one.isFree && !other.isFree)
  }

  @Test("turns that come before anybody looks are all there, once")
  func manyTurns() throws {
    let bell = Bell()
    let locks = (0..<50).map { _ in FairLock() }
    let holdings = locks.compactMap { Holding($0) }
    try #require(holdings.count == locks.count)
    let waiters = locks.enumerated().map { $1.queue(bell, tag: UInt64($0)) }
    DispatchQueue.concurrentPerform(iterations: locks.count) { holdings[$0].release() }
    #expect(bell.takeTurns().sorted() == Array(0..<50))
    #expect(waiters.allSatisfy { $0?.hasTurn == true })
    #expect(!isReadable(bell))
  }

  @Test("two in one line have one turn after the other")
  func oneLine() throws {
    let bell = Bell()
    let lock = FairLock()
    let holding = try #require(Holding(lock))
    let waiters = [try #require(lock.queue(bell, tag: 1)), try #require(lock.queue(bell, tag: 2))]
    holding.release()
    #expect(bell.takeTurns() == [1])
    #expect(waiters.map(\.hasTurn) == [true, false])
    try #require(Holding(lock, leaving: waiters[0])).release()
    #expect(bell.takeTurns() == [2])
    try #require(Holding(lock, leaving: waiters[1])).release()
    #expect(lock.isFree)
  }

  @Test("who leaves is passed over, and gets the turn when it had come all the same")
  func leaving() throws {
    let bell = Bell()
    let lock = FairLock()
    let holding = try #require(Holding(lock))
    let first = try #require(lock.queue(bell, tag: 1))
    let second = try #require(lock.queue(bell, tag: 2))
    #expect(Holding(lock, leaving: first) == nil)
    holding.release()
    #expect(bell.takeTurns() == [2])
    #expect(!first.hasTurn)
    // The turn came before the wish to leave: whoever leaves has the lock and hands it on.
    try #require(Holding(lock, leaving: second)).release()
    #expect(lock.isFree)
    #expect(bell.takeTurns().isEmpty)
  }

  @Test("without descriptors a bell rings unheard, and whoever waits looks again and again")
  func noDescriptors() async {
    await #expect(processExitsWith: .success) {
      // One who sleeps on what never rings would sleep for ever.
      alarm(50)
      let (lock, line) = (FairLock(), FairLock())
      let served = Atomic(false)
      let (begin, done, started) = (
        DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
      )
      let folder = Mutex("")
      Thread.detachNewThread {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? "self"
        folder.withLock { $0 = "/proc/" + own }
        started.signal()
        begin.wait()
        if let turn = lock.take(timeout: 60_000_000) {
          served.store(true, ordering: .releasing)
          done.signal()
          begin.wait()
          _ = consume turn
        } else {
          done.signal()
        }
      }
      started.wait()
      let sight = open(folder.withLock { $0 } + "/syscall", O_RDONLY)
      let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
      var before = rlimit()
      precondition(sight >= 0 && getrlimit(files, &before) == 0)
      var limit = rlimit(rlim_cur: 64, rlim_max: before.rlim_max)
      precondition(setrlimit(files, &limit) == 0)
      while open("/dev/null", O_RDONLY) >= 0 {}
      let bell = Bell()
      precondition(bell.descriptor == -1)
      guard let holding = Holding(lock), let first = Holding(line) else { preconditionFailure("both are free") }
      if let turn = lock.take(timeout: 2000) {
        _ = consume turn
        preconditionFailure("it was another's")
      }
      let waiter = line.queue(bell, tag: 5)
      first.release()
      precondition(waiter?.hasTurn == true && bell.takeTurns() == [5])
      begin.signal()
      // Until the other thread sleeps in poll() or ppoll(), on x86-64 or arm64.
      var text = [UInt8](repeating: 0, count: 16)
      repeat {
        sched_yield()
        text.withUnsafeMutableBytes { _ = pread(sight, $0.baseAddress, 4, 0) }
      } while !["7", "271", "73"].contains(String(decoding: text.prefix { $0 > 0x20 }, as: UTF8.self))
      holding.release()
      done.wait()
      precondition(served.load(ordering: .acquiring))
      precondition(!lock.isFree)
      // Whoever looks for leaks at the end needs some.
      precondition(setrlimit(files, &before) == 0)
    }
  }
}
