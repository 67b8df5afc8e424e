// FlightTests.swift - one at a time among threads, in the order they came.

import Dispatch
import Synchronization
import Testing

@testable import DamIO

@Suite("Flight", .timeLimit(.minutes(1)))
struct FlightTests {
  @Test("a free flight is taken at once, a taken one is not, a released one is again")
  func taking() {
    let flight = Flight()
    #expect(flight.tryTake())
    #expect(!flight.tryTake())
    flight.release()
    #expect(flight.take(timeout: 0))
    #expect(!flight.tryTake())
  }

  @Test("waiters get the flight in the order they came")
  func order() {
    let flight = Flight()
    let served = Mutex<[Int]>([])
    #expect(flight.tryTake())
    let waiters = (0..<5).map { number in
      let waiter = Waiter {
        guard flight.take(timeout: 60_000_000) else { return }
        served.withLock { $0.append(number) }
        flight.release()
      }
      waiter.isAsleep()
      return waiter
    }
    flight.release()
    for waiter in waiters { waiter.join() }
    #expect(served.withLock { $0 } == [0, 1, 2, 3, 4])
    #expect(flight.tryTake())
  }

  @Test("nobody overtakes a waiter: the flight is handed over, not thrown into the crowd")
  func handOver() {
    let flight = Flight()
    let (taken, finish) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    #expect(flight.tryTake())
    let waiter = Waiter {
      #expect(flight.take(timeout: 60_000_000))
      taken.signal()
      finish.wait()
      flight.release()
    }
    waiter.isAsleep()
    flight.release()
    // Whether the waiter has woken up yet or not: it is the waiter's.
    #expect(!flight.tryTake())
    taken.wait()
    finish.signal()
    waiter.join()
    #expect(flight.tryTake())
  }

  @Test("a wait that runs out leaves the queue; those behind are served")
  func timeout() {
    let flight = Flight()
    #expect(flight.tryTake())
    #expect(!flight.take(timeout: 0))
    #expect(!flight.take(timeout: 2000))
    let patient = Waiter {
      #expect(flight.take(timeout: 60_000_000))
      flight.release()
    }
    patient.isAsleep()
    #expect(!flight.take(timeout: 2000))
    flight.release()
    patient.join()
    #expect(flight.tryTake())
  }

  @Test("many threads, impatient and patient: never two at once, and the flight is free at the end")
  func crowd() {
    let flight = Flight()
    let inside = Atomic(0)
    let served = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for round in 0..<300 {
        // Time-outs so short that they often meet a hand-over half-way.
        guard flight.take(timeout: (thread + round) % 3 == 0 ? 50 : 30_000_000) else { continue }
        #expect(inside.add(1, ordering: .sequentiallyConsistent).oldValue == 0)
        inside.subtract(1, ordering: .sequentiallyConsistent)
        served.add(1, ordering: .relaxed)
        flight.release()
      }
    }
    #expect(served.load(ordering: .relaxed) >= 8 * 200)
    #expect(flight.tryTake())
  }
}
