// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Requests.swift - dam_request, dam_response and image handles for C: guard, convert, call, convert.

public import CDam
internal import DamCore
internal import DamIO

/// What a dam_response is.
final class ResponseHandle: Handle {
  static let word = "response"
  let response: Response
  init(_ response: Response) { self.response = response }
}

@_cdecl("dam_session_request") @implementation
public func dam_session_request(
  _ session: OpaquePointer?, _ request: UnsafePointer<dam_request>?,
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    guard let request = unsafe request else { throw Failure(.argument, "request is NULL") }
    unsafe try checkSize(request, request.pointee.size, "request")
    let out = unsafe try present(out, "out")
    let raw = unsafe request.pointee
    var options = CallOptions()
    unsafe options.timeout = raw.timeout
    if let body = unsafe raw.body {
      options.body = unsafe OutgoingBody(UnsafeRawBufferPointer(start: body, count: Int(clamping: raw.body_size)))
    }
    let checked = unsafe try hostRequest(raw, options.body?.description ?? .none, session.settings)
    unsafe out.pointee = ResponseHandle(try session.request(checked, options)).give()
  }
}

private func hostRequest(
  _ raw: dam_request, _ body: HostRequest.Body, _ settings: Settings
) throws(Failure) -> HostRequest {
  guard unsafe raw.body != nil || raw.body_size == 0 else {
    throw Failure(.argument, "request->body is NULL but body_size is not 0")
  }
  guard unsafe raw.reserved == 0 else { throw Failure(.argument, "request->reserved must be 0") }
  guard unsafe raw.body_size <= UInt64(Int.max) else { throw Failure(.argument, "request->body_size is too large") }
  return unsafe try HostRequest(
    method: try optionalText(raw.method, "request->method") ?? "GET", path: try text(raw.path, "request->path"),
    headers: try headers(raw), contentType: try optionalText(raw.content_type, "request->content_type"),
    body: body, image: try optionalText(raw.image, "request->image"),
    settings: settings)
}

private func headers(_ raw: dam_request) throws(Failure) -> [(name: String, value: String)] {
  guard unsafe raw.header_count > 0 else { return [] }
  guard let first = unsafe raw.headers else {
    throw Failure(.argument, "request->headers is NULL but header_count is not 0")
  }
  guard unsafe raw.header_count <= 1000 else { throw Failure(.argument, "request->header_count is over 1000") }
  let given = unsafe UnsafeBufferPointer(start: first, count: Int(raw.header_count))
  return unsafe try given.map { (header) throws(Failure) in
    unsafe (try text(header.name, "a header's name"), try text(header.value, "a header's value"))
  }
}

@_cdecl("dam_response_read") @implementation
public func dam_response_read(
  _ response: OpaquePointer?, _ out: UnsafeMutablePointer<dam_response_view>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let response = (unsafe try ResponseHandle.take(response)).response
    let out = unsafe try present(out, "out")
    unsafe try checkSize(out, out.pointee.size, "out")
    unsafe out.pointee = dam_response_view(
      size: out.pointee.size, http_status: response.status, body: response.body.address,
      body_size: UInt64(response.body.count), headers: response.headers.address.assumingMemoryBound(to: CChar.self),
      headers_size: UInt64(response.headers.count), generation: response.generation, replays: response.replays,
      reserved: 0)
  }
}

@_cdecl("dam_response_free") @implementation
public func dam_response_free(_ response: OpaquePointer?) { unsafe ResponseHandle.free(response) }

@_cdecl("dam_image_bind") @implementation
public func dam_image_bind(
  _ session: OpaquePointer?, _ image_id: UnsafePointer<CChar>?, _ generation: UInt64,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    let id = unsafe try text(image_id, "image_id")
    let out = unsafe try present(out, "out")
    let handle = try session.settings.bind(image: id, generation: generation, session.current())
    unsafe out.pointee = try cString(handle.text.utf8)
  }
}

@_cdecl("dam_image_resolve") @implementation
public func dam_image_resolve(
  _ session: OpaquePointer?, _ handle: UnsafePointer<CChar>?,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    let text = unsafe try text(handle, "handle")
    let out = unsafe try present(out, "out")
    unsafe out.pointee = try cString(try session.settings.resolve(image: text, session.current()).utf8)
  }
}
