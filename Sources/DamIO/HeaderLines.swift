// HeaderLines.swift - the header lines of a request as libcurl wants them: a list that must outlive the transfer. Some
// of them are secrets, so that they are made for each request and freed with it.

internal import CCurl
internal import DamCore

@safe final class HeaderLines {
  private(set) var first: UnsafeMutablePointer<curl_slist>?

  init(_ request: WireRequest, _ source: OutgoingBody?) {
    // Room for one line after the other.
    var line: [UInt8] = []
    line.reserveCapacity(256)
    // An empty value is written "Name;", else libcurl takes the line for a removal.
    for (name, value) in request.headers { add(name, value.isEmpty ? ";" : ": ", value.utf8, &line) }
    for (name, value) in request.secretHeaders { add(name, ": ", value.reveal(), &line) }
    // libcurl would wait a second for a "100 Continue" that these servers never send.
    add("Expect", ":", "".utf8, &line)
    if case .none = request.body { add("Content-Type", ":", "".utf8, &line) }
    if case .secret = request.body { add("Content-Type", ": ", "application/x-www-form-urlencoded".utf8, &line) }
    if source != nil, source?.description.size == nil { add("Transfer-Encoding", ": ", "chunked".utf8, &line) }
  }

  deinit { unsafe curl_slist_free_all(first) }

  private func add(_ name: String, _ separator: String, _ value: some Collection<UInt8>, _ line: inout [UInt8]) {
    line.removeAll(keepingCapacity: true)
    line += name.utf8
    line += separator.utf8
    line += value
    line.append(0)
    unsafe line.withUnsafeBytes { bytes in
      if let longer = unsafe curl_slist_append(first, bytes.baseAddress?.assumingMemoryBound(to: CChar.self)) {
        unsafe first = longer
      }
    }
  }
}
