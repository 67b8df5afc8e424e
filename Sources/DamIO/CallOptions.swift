// CallOptions.swift - what the application wants of a call besides its goal.

internal import DamCore

package struct CallOptions {
  package var body: OutgoingBody?
  package var form: Form?
  /// Where the body of a 2xx response goes; nil, and for all others: memory.
  package var destination: Destination?
  /// Hears of the response that is delivered, before any of its body is; false to stop.
  package var onHead: ((Response) -> Bool)?
  /// Hears of the response whose body goes to `destination`, right after that.
  var onStream: ((Int32, HeaderBlock) -> Void)?
  /// The bytes as the server has them, without compression on the way.
  var asIs = false
  package var progress: Progress?
  package var cancellation = Cancellation()
  /// Somebody else may set `cancellation`, without a word.
  package var isWatched = false
  /// Milliseconds for each HTTP exchange; 0: the option's.
  package var timeout: UInt32 = 0

  package init() {}
}
