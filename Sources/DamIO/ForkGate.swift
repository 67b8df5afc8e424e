// ForkGate.swift - inside and outside of the library, for the sake of fork(). A fork copies one thread and every lock:
// a child whose parent had another thread in the middle of a TLS handshake could never make one of its own. So every
// call of the application goes through the gate, and fork() waits until nobody is inside. A thread that sleeps, or
// calls the application back, steps outside for that long: so nobody waits inside, and fork() is never held up for
// long. What a child must not touch carries the number of the process it belongs to.

internal import CLinux

package enum ForkGate {
  /// A call of the application: everything the library does happens in here. Nests.
  package static func inside<Result, Problem: Error>(_ body: () throws(Problem) -> Result) throws(Problem) -> Result {
    dam_gate_enter()
    defer { dam_gate_leave() }
    return try body()
  }

  /// Calling the application, which meanwhile handles its signals as it likes.
  package static func outside<Result, Problem: Error>(_ body: () throws(Problem) -> Result) throws(Problem) -> Result {
    let step = dam_gate_step_out(1)
    defer { dam_gate_step_in(step) }
    return try body()
  }

  /// Sleeping.
  static func asleep<Result>(_ body: () -> Result) -> Result {
    let step = dam_gate_step_out(0)
    defer { dam_gate_step_in(step) }
    return body()
  }
}

/// This process, as opposed to those that it was forked from.
package enum Process {
  /// Greater in every child than in its parent; see CLinux.h.
  package static var number: UInt64 { dam_process_number() }
}
