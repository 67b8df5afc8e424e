// CallOptions.swift - what the host wants of a call besides its goal.

internal import DamCore

public struct CallOptions {
  public var body: OutgoingBody?
  public var form: Form?
  /// Where the body of a 2xx answer goes; nil, and for all others: memory.
  public var destination: Destination?
  /// Hears of the answer that is delivered, before any of its body is; false to stop.
  public var onHead: ((Response) -> Bool)?
  /// Hears of the answer whose body goes to `destination`, right after that.
  var onStream: ((Int32, HeaderBlock) -> Void)?
  /// The bytes as the server has them, without compression on the way.
  var asIs = false
  public var progress: Progress?
  public var cancellation = Cancellation()
  /// Somebody else may set `cancellation`, without a word.
  public var isWatched = false
  /// Milliseconds for each HTTP exchange; 0: the option's.
  public var timeout: UInt32 = 0

  public init() {}
}
