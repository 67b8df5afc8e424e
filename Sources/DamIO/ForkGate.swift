// ForkGate.swift - inside and outside of the library, for the sake of fork(). A fork copies one thread and every lock:
// a child of a process in which another thread was in the middle of a TLS handshake could never make one of its own.
// So every call of the application goes through the gate, fork() waits until nobody is inside, and whoever sleeps or
// calls the application back steps outside for that long. Nobody waits inside. What a child must not touch carries the
// number of the process it belongs to.

internal import CLinux

package enum ForkGate {
  /// A call of the application: everything the library does.
  package static func inside<Result, Problem: Error>(_ body: () throws(Problem) -> Result) throws(Problem) -> Result {
    dam_gate_enter()
    defer { dam_gate_leave() }
    return try body()
  }

  /// Sleeping, or calling the application, whose signals are its own meanwhile.
  package static func outside<Result, Problem: Error>(_ body: () throws(Problem) -> Result) throws(Problem) -> Result {
    let step = dam_gate_step_out()
    defer { dam_gate_step_in(step) }
    return try body()
  }
}

/// This process, as opposed to those that it was forked from.
package enum Process {
  package static var number: UInt64 { dam_process_number() }
}
