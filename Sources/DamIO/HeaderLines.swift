// HeaderLines.swift - the header lines of a request as libcurl wants them: a list that must outlive the transfer. Some
// of them are secrets, so that they are made for each request, and wiped with it. libcurl only reads the list: that its
// lines lie in one block, and its nodes in another, is all the same to it.

internal import CCurl
internal import DamCore

@safe final class HeaderLines {
  private let text: TextBlock
  private let nodes: UnsafeMutableBufferPointer<curl_slist>

  init(_ request: WireRequest, _ source: OutgoingBody?) {
    var (count, size) = (0, 0)
    unsafe HeaderLines.visit(request, source) { name, separator, value in
      count += 1
      size = size.plus(name.utf8.count + separator.utf8CodeUnitCount + 1).plus(value.count)
    }
    let text = TextBlock(room: size)
    let nodes = UnsafeMutableBufferPointer<curl_slist>.allocate(capacity: count)
    var last = 0
    unsafe HeaderLines.visit(request, source) { name, separator, value in
      let next = last + 1 < count ? unsafe nodes.baseAddress.map { unsafe $0 + (last + 1) } : nil
      unsafe nodes.initializeElement(at: last, to: curl_slist(data: text.end, next: next))
      last += 1
      var name = name
      name.withUTF8 { unsafe text.append(UnsafeRawBufferPointer($0)) }
      separator.withUTF8Buffer { unsafe text.append(UnsafeRawBufferPointer($0)) }
      unsafe text.append(value)
      text.close()
    }
    self.text = text
    unsafe self.nodes = nodes
  }

  deinit { unsafe nodes.deallocate() }

  var first: UnsafeMutablePointer<curl_slist>? { unsafe nodes.baseAddress }

  private static func visit(
    _ request: WireRequest, _ source: OutgoingBody?,
    _ line: (_ name: String, _ separator: StaticString, _ value: UnsafeRawBufferPointer) -> Void
  ) {
    let none = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    for (name, value) in request.headers {
      var value = value
      // An empty value is written "Name;", else libcurl takes the line for a removal.
      if value.isEmpty {
        unsafe line(name, ";", none)
      } else {
        value.withUTF8 { unsafe line(name, ": ", UnsafeRawBufferPointer($0)) }
      }
    }
    for (name, value) in request.secretHeaders { value.withBytes { unsafe line(name, ": ", $0) } }
    // libcurl would wait a second for a "100 Continue" that these servers never send.
    unsafe line("Expect:", "", none)
    switch request.body {
    case .none: unsafe line("Content-Type:", "", none)
    case .form: unsafe line("Content-Type: application/x-www-form-urlencoded", "", none)
    case .json: unsafe line("Content-Type: application/json", "", none)
    case .caller: break
    }
    if source != nil, source?.description.size == nil { unsafe line("Transfer-Encoding: chunked", "", none) }
  }
}
