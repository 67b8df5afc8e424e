// Response.swift - a response for the application: copied out of the transfer, which may go on to others.

package import DamCore

/// A response for the application.
package struct Response: Sendable {
  package let status: Int32
  package let headers: HeaderBlock
  package let body: Buffer
  package let generation: UInt64
  package let replays: UInt32

  init(_ sink: Sink, generation: UInt64, replays: UInt32) {
    self.init(sink, body: sink.body, generation: generation, replays: replays)
  }

  /// The response as far as it is known before its body comes.
  init(headOf sink: Sink, generation: UInt64, replays: UInt32) {
    self.init(sink, body: Buffer(), generation: generation, replays: replays)
  }

  private init(_ sink: Sink, body: Buffer, generation: UInt64, replays: UInt32) {
    status = sink.status
    // Cookies are the session's own business.
    headers = sink.headers.without("set-cookie")
    self.body = body
    self.generation = generation
    self.replays = replays
  }
}
