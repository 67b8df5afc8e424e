// Response.swift - a response for the application. It holds all that the application may ask for, since the transfer
// and its handle go on to other requests.

package import DamCore

/// A response for the application.
package struct Response: Sendable {
  package let status: Int32
  package let headers: HeaderBlock
  package let body: Buffer
  package let provenance: Provenance

  init(_ sink: Sink, _ provenance: Provenance) { self.init(sink, body: sink.body, provenance) }

  /// The response without a body, for a head callback.
  init(headOf sink: Sink, _ provenance: Provenance) { self.init(sink, body: Buffer(), provenance) }

  private init(_ sink: Sink, body: Buffer, _ provenance: Provenance) {
    status = sink.status
    // Cookies are the session's own business.
    headers = sink.headers.without("set-cookie")
    self.body = body
    self.provenance = provenance
  }
}
