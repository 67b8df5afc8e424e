// BellTests.swift - places in the line of a flight: one bell for many of them, places that are given up, and no
// descriptor left to sleep on.

import Dispatch
import Foundation
import Glibc
import Synchronization
import Testing

@testable import DamIO

@Suite("Bell", .timeLimit(.minutes(1)))
struct BellTests {
  private func isReadable(_ bell: Bell) -> Bool {
    var watch = pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&watch, 1, 0) == 1
  }

  @Test("a free flight needs no bell, and is taken")
  func free() {
    let flight = Flight()
    func never() -> Bell {
      Issue.record("a bell was made")
      return Bell()
    }
    #expect(flight.queue(never()) == nil)
    #expect(!flight.tryTake())
  }

  @Test("two who wait by one bell hear each their own turn, in the order the turns come")
  func oneBell() throws {
    let bell = Bell()
    let (one, other) = (Flight(), Flight())
    #expect(one.tryTake() && other.tryTake())
    let waiter = try #require(one.queue(bell, tag: 7))
    let second = try #require(other.queue(bell, tag: 9))
    #expect(bell.takeTurns().isEmpty)
    #expect(!isReadable(bell))
    other.release()
    #expect(isReadable(bell))
    #expect(second.hasTurn && !waiter.hasTurn)
    #expect(bell.takeTurns() == [9])
    #expect(!isReadable(bell))
    one.release()
    #expect(waiter.hasTurn)
    #expect(bell.takeTurns() == [7])
    #expect(bell.takeTurns().isEmpty)
    // Handed over, not thrown away.
    #expect(!one.tryTake() && !other.tryTake())
  }

  @Test("turns that come before anybody looks are all there, once")
  func manyTurns() throws {
    let bell = Bell()
    let flights = (0..<50).map { _ in Flight() }
    for flight in flights { #expect(flight.tryTake()) }
    let waiters = flights.enumerated().map { $1.queue(bell, tag: UInt64($0)) }
    DispatchQueue.concurrentPerform(iterations: flights.count) { flights[$0].release() }
    #expect(bell.takeTurns().sorted() == Array(0..<50))
    #expect(waiters.allSatisfy { $0?.hasTurn == true })
    #expect(!isReadable(bell))
  }

  @Test("two in one line have one turn after the other")
  func oneLine() throws {
    let bell = Bell()
    let flight = Flight()
    #expect(flight.tryTake())
    let waiters = [try #require(flight.queue(bell, tag: 1)), try #require(flight.queue(bell, tag: 2))]
    flight.release()
    #expect(bell.takeTurns() == [1])
    #expect(waiters.map(\.hasTurn) == [true, false])
    flight.release()
    #expect(bell.takeTurns() == [2])
    flight.release()
    #expect(flight.tryTake())
  }

  @Test("who leaves is passed over, and hears it when the turn had come all the same")
  func leaving() throws {
    let bell = Bell()
    let flight = Flight()
    #expect(flight.tryTake())
    let first = try #require(flight.queue(bell, tag: 1))
    let second = try #require(flight.queue(bell, tag: 2))
    #expect(!flight.leave(first))
    flight.release()
    #expect(bell.takeTurns() == [2])
    #expect(!first.hasTurn)
    // The turn came before the wish to leave: whoever leaves has the flight and must hand it on.
    #expect(flight.leave(second))
    flight.release()
    #expect(flight.tryTake())
    #expect(bell.takeTurns().isEmpty)
  }

  @Test("without descriptors a bell rings unheard, and whoever waits looks again and again")
  func noDescriptors() async {
    await #expect(processExitsWith: .success) {
      // One who sleeps on what never rings would sleep for ever.
      alarm(50)
      let (flight, line) = (Flight(), Flight())
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
        served.store(flight.take(timeout: 60_000_000), ordering: .releasing)
        done.signal()
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
      precondition(flight.tryTake() && line.tryTake())
      precondition(!flight.take(timeout: 2000), "it was another's")
      let waiter = line.queue(bell, tag: 5)
      line.release()
      precondition(waiter?.hasTurn == true && bell.takeTurns() == [5])
      begin.signal()
      // Until the other thread sleeps in poll() or ppoll(), on x86-64 or arm64.
      var text = [UInt8](repeating: 0, count: 16)
      repeat {
        sched_yield()
        text.withUnsafeMutableBytes { _ = pread(sight, $0.baseAddress, 4, 0) }
      } while !["7", "271", "73"].contains(String(decoding: text.prefix { $0 > 0x20 }, as: UTF8.self))
      flight.release()
      done.wait()
      precondition(served.load(ordering: .acquiring))
      precondition(!flight.tryTake())
      // Whoever looks for leaks at the end needs some.
      precondition(setrlimit(files, &before) == 0)
    }
  }
}
