// CallOptions.swift - what the application wants of a call besides its goal.

internal import DamCore

package struct CallOptions {
  /// At most one of body and form.
  package var body: OutgoingBody?
  package var form: Form?
  /// Where the body of a 2xx response goes. Without it, and for all other responses: memory.
  package var destination: Destination?
  /// Whether it takes larger pieces than come, as far as more bytes are there.
  package var gathers = false
  /// Called with the response that is delivered, before any of its body; false to stop.
  package var onHead: ((Response) -> Bool)?
  /// Called after that, if the body goes to `destination`.
  var onStream: ((Int32, HeaderBlock) -> Void)?
  /// Whether to take the bytes as the server stores them, without compression on the way.
  var asIs = false
  /// Takes a session that is sealed for another machine; nil: it has it now.
  var onSealed: ((Secret) -> Failure?)?
  package var progress: Progress?
  /// Whether `progress` is only there to be called now and then: not at the beginning, nor at the end.
  package var isHeartbeat = false
  package var cancellation = Cancellation()
  /// Whether somebody may set `cancellation` without telling an event loop, which then has to look at it.
  package var isWatched = false
  /// Milliseconds for each HTTP exchange; 0: as the option "timeout" says.
  package var timeout: UInt32 = 0

  package init() {}
}
