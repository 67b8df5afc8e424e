// FairLockTests.swift - one at a time, in the order they came, and nobody lost between the threads.

import Dispatch
import Synchronization
import Testing

@testable import DamIO

@Suite("FairLock", .timeLimit(.minutes(5)))
struct FairLockTests {
  @Test("a free lock is taken at once, a taken one is not, and a turn that is gone frees it")
  func taking() throws {
    let lock = FairLock()
    let holding = try #require(Holding(lock))
    #expect(!lock.isFree)
    holding.release()
    let turn = lock.take(timeout: 0)
    #expect(!lock.isFree)
    _ = consume turn
    #expect(lock.isFree)
  }

  @Test("waiters get the lock in the order they came")
  func order() throws {
    let lock = FairLock()
    let served = Mutex<[Int]>([])
    let holding = try #require(Holding(lock))
    let waiters = (0..<5).map { number in
      let waiter = Waiter {
        guard let turn = lock.take(timeout: 60_000_000) else { return }
        served.withLock { $0.append(number) }
        _ = consume turn
      }
      waiter.isAsleep()
      return waiter
    }
    holding.release()
    for waiter in waiters { waiter.join() }
    #expect(served.withLock { $0 } == [0, 1, 2, 3, 4])
    #expect(lock.isFree)
  }

  @Test("nobody overtakes a waiter: the lock is handed over, not thrown into the crowd")
  func handOver() throws {
    let lock = FairLock()
    let (taken, finish) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let holding = try #require(Holding(lock))
    let waiter = Waiter {
      guard let turn = lock.take(timeout: 60_000_000) else {
        Issue.record("not taken")
        return
      }
      taken.signal()
      finish.wait()
      _ = consume turn
    }
    waiter.isAsleep()
    holding.release()
    // Whether the waiter has woken up yet or not: it is the waiter's.
    #expect(!lock.isFree)
    taken.wait()
    finish.signal()
    waiter.join()
    #expect(lock.isFree)
  }

  @Test("a wait that runs out leaves the queue; those behind are served")
  func timeout() throws {
    let lock = FairLock()
    func isTaken(within timeout: UInt64) -> Bool {
      if let turn = lock.take(timeout: timeout) {
        _ = consume turn
        return true
      }
      return false
    }
    let holding = try #require(Holding(lock))
    #expect(!isTaken(within: 0))
    #expect(!isTaken(within: 2000))
    let patient = Waiter {
      if let turn = lock.take(timeout: 60_000_000) { _ = consume turn } else { Issue.record("not taken") }
    }
    patient.isAsleep()
    #expect(!isTaken(within: 2000))
    holding.release()
    patient.join()
    #expect(lock.isFree)
  }

  @Test("many threads, impatient and patient: never two at once, and the lock is free at the end")
  func crowd() {
    let lock = FairLock()
    let inside = Atomic(0)
    let served = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for round in 0..<300 {
        // Time-outs so short that they often meet a hand-over half-way.
        guard let turn = lock.take(timeout: (thread + round) % 3 == 0 ? 50 : 30_000_000) else { continue }
        #expect(inside.add(1, ordering: .sequentiallyConsistent).oldValue == 0)
        inside.subtract(1, ordering: .sequentiallyConsistent)
        served.add(1, ordering: .relaxed)
        _ = consume turn
      }
    }
    #expect(served.load(ordering: .relaxed) >= 8 * 200)
    #expect(lock.isFree)
  }
}
