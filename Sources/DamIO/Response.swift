// Response.swift - a response for the application. It holds all that the application may ask for, since the transfer
// and its handle go on to other requests.

package import DamCore

/// A response for the application.
package struct Response: Sendable {
  package let status: Int32
  package let headers: HeaderBlock
  package let body: Buffer
  /// The generation of the secret that the request carried.
  package let generation: UInt64
  /// How often the request was sent again with a newer secret.
  package let replays: UInt32

  init(_ sink: Sink, generation: UInt64, replays: UInt32) {
    self.init(sink, body: sink.body, generation: generation, replays: replays)
  }

  /// The response without a body, for a head callback.
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
