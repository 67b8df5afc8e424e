// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Requests.swift - dam_request and dam_response for C: guard, convert, call, convert.

public import CDam
internal import DamCore
internal import DamIO
internal import Glibc

/// What a dam_response is.
final class ResponseHandle: Handle {
  static let word = "response"
  let response: Response
  /// What C borrows. Made at the first look: most programs look at headers seldom, but then more than once.
  private(set) lazy var borrowed = Borrowed(response)
  init(_ response: Response) { self.response = response }
}

/// What C borrows of a response, in C's form.
final class Borrowed {
  let headers: HeaderList
  private let url: TextBlock?

  init(_ response: Response) {
    headers = HeaderList(response.headers)
    url = response.provenance.redirectedURL.map { text in
      let block = TextBlock(room: text.utf8.count + 1)
      unsafe Array(text.utf8).withUnsafeBytes { unsafe block.append($0) }
      block.close()
      return block
    }
  }

  /// NULL: no redirect was followed.
  var redirectedURL: UnsafePointer<CChar>? { unsafe UnsafePointer(url?.start) }
}

@_cdecl("dam_session_request") @implementation
public func dam_session_request(
  _ session: OpaquePointer?, _ request: UnsafePointer<dam_request>?,
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    let raw = unsafe try requestStruct(request)
    let out = unsafe try present(out, "out")
    let (checked, options) = unsafe try parts(raw, session.settings, copiesBody: false)
    unsafe out.pointee = ResponseHandle(try session.request(checked, options)).give()
  }
}

func requestStruct(_ request: UnsafePointer<dam_request>?) throws(Failure) -> dam_request {
  guard let request = unsafe request else { throw Failure(.argument, "request is NULL") }
  unsafe try checkSize(request, request.pointee.size, "request")
  return unsafe request.pointee
}

/// A request in the library's terms. `copiesBody`: the call returns before the body is sent.
func parts(
  _ raw: dam_request, _ settings: Settings, copiesBody: Bool
) throws(Failure) -> (CallerRequest, CallOptions) {
  let options = unsafe try callOptions(raw, copiesBody: copiesBody)
  let body = options.form?.description ?? options.body?.description ?? .none
  return (unsafe try callerRequest(raw, body, settings), options)
}

/// The parts of a request that are not its head. The application vouches for its functions until the request is over.
private func callOptions(_ raw: dam_request, copiesBody: Bool) throws(Failure) -> CallOptions {
  guard unsafe [raw.body != nil, raw.read != nil, raw.form != nil].count(where: { $0 }) <= 1 else {
    throw Failure(.argument, "request has more than one of body, read and form")
  }
  guard unsafe raw.read != nil || raw.rewind == nil else {
    throw Failure(.argument, "request->rewind is nothing without request->read")
  }
  var options = CallOptions()
  unsafe options.timeout = raw.timeout_ms
  unsafe options.gathers = raw.flags & DAM_REQUEST_GATHER.rawValue != 0
  unsafe options.isHeartbeat = raw.flags & DAM_REQUEST_HEARTBEAT.rawValue != 0
  if let body = unsafe raw.body {
    let bytes = unsafe UnsafeRawBufferPointer(start: body, count: Int(clamping: raw.body_size))
    options.body = unsafe copiesBody ? OutgoingBody([UInt8](bytes)) : OutgoingBody(bytes)
  }
  options.body = unsafe reader(raw) ?? options.body
  options.form = unsafe raw.form == nil ? nil : (unsafe try FormHandle.take(raw.form)).form
  unsafe setCallbacks(raw, &options)
  if unsafe raw.canceller != nil {
    options.cancellation = (unsafe try Canceller.take(raw.canceller)).cancellation
    options.isWatched = true
  }
  return options
}

/// Who hears of the response and of the progress.
private func setCallbacks(_ raw: dam_request, _ options: inout CallOptions) {
  if let write = unsafe raw.write {
    options.destination = unsafe .stream { bytes in
      switch ForkGate.outside({ unsafe write(raw.user_data, bytes.baseAddress, bytes.count) }) {
      case 0: .goOn
      case DAM_WRITE_PAUSE: .pause
      default: .stop
      }
    }
  }
  if let head = unsafe raw.head {
    options.onHead = { response in
      let borrowed = Borrowed(response)
      return withExtendedLifetime(borrowed) {
        var view = unsafe view(of: response, borrowed, size: ownSize(dam_response_view.self))
        return ForkGate.outside { unsafe head(raw.user_data, &view) } == 0
      }
    }
  }
  if let progress = unsafe raw.progress {
    options.progress = { down, downTotal, up, upTotal in
      ForkGate.outside {
        unsafe progress(raw.user_data, down, downTotal > 0 ? downTotal : -1, up, upTotal > 0 ? upTotal : -1)
      } == 0
    }
  }
}

private func reader(_ raw: dam_request) -> OutgoingBody? {
  guard let read = unsafe raw.read else { return nil }
  let user = unsafe raw.user_data
  let size = unsafe raw.body_size == DAM_SIZE_UNKNOWN ? nil : raw.body_size
  let rewind = unsafe raw.rewind.map { rewind in { ForkGate.outside { unsafe rewind(user) } == 0 } }
  return unsafe OutgoingBody(
    size: size,
    read: { room in
      let count = ForkGate.outside { unsafe read(user, room.baseAddress, room.count) }
      return count == DAM_READ_PAUSE ? nil : Int(clamping: count)
    },
    rewind: rewind)
}

private func callerRequest(
  _ raw: dam_request, _ body: CallerRequest.Body, _ settings: Settings
) throws(Failure) -> CallerRequest {
  guard unsafe raw.body != nil || raw.read != nil || raw.body_size == 0 else {
    throw Failure(.argument, "request->body is NULL but body_size is not 0")
  }
  let known = DAM_REQUEST_ONCE.rawValue | DAM_REQUEST_HEARTBEAT.rawValue | DAM_REQUEST_GATHER.rawValue
  guard unsafe raw.flags & ~known == 0, unsafe raw.reserved == 0 else {
    throw Failure(.argument, "request->flags holds a flag that this version does not know, or reserved is not 0")
  }
  guard unsafe raw.body_size <= UInt64(Int.max) || (raw.read != nil && raw.body_size == DAM_SIZE_UNKNOWN) else {
    throw Failure(.argument, "request->body_size is too large")
  }
  let method = unsafe try optionalText(raw.method, "request->method")
  var fields = CallerRequest.Fields(path: unsafe try text(raw.path, "request->path"))
  fields.method = method ?? (body.isPresent ? "POST" : "GET")
  unsafe fields.headers = try headers(raw.headers, raw.header_count, "request") { (header) throws(Failure) in
    unsafe (try text(header.name, "a header's name"), try text(header.value, "a header's value"))
  }
  unsafe fields.contentType = try optionalText(raw.content_type, "request->content_type")
  fields.body = body
  unsafe fields.image = try optionalText(raw.image, "request->image")
  unsafe fields.isSentOnce = raw.flags & DAM_REQUEST_ONCE.rawValue != 0
  return try CallerRequest(fields, settings)
}

@_cdecl("dam_session_download") @implementation
public func dam_session_download(
  _ session: OpaquePointer?, _ request: UnsafePointer<dam_request>?, _ path: UnsafePointer<CChar>?, _ flags: UInt32,
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    let download = unsafe try download(request, path, flags, session.settings)
    let out = unsafe try present(out, "out")
    unsafe out.pointee = ResponseHandle(try download.run(session)).give()
  }
}

/// A download as the application wants it.
func download(
  _ request: UnsafePointer<dam_request>?, _ path: UnsafePointer<CChar>?, _ flags: UInt32, _ settings: Settings
) throws(Failure) -> Download {
  let raw = unsafe try requestStruct(request)
  let path = unsafe try text(path, "path")
  guard flags & ~(DAM_DOWNLOAD_CONTINUE.rawValue | DAM_DOWNLOAD_KEEP.rawValue) == 0 else {
    throw Failure(.argument, "flags is \(flags), which is no dam_download_flags")
  }
  guard unsafe raw.write == nil else { throw Failure(.argument, "request->write must be NULL: the file is written") }
  guard unsafe raw.method == nil || strcmp(raw.method, "GET") == 0 else {
    throw Failure(.argument, "request->method must be GET")
  }
  guard unsafe raw.body == nil, unsafe raw.read == nil, unsafe raw.form == nil else {
    throw Failure(.argument, "a download has no body")
  }
  let (checked, options) = unsafe try parts(raw, settings, copiesBody: true)
  var ways: Download.Ways = []
  if flags & DAM_DOWNLOAD_CONTINUE.rawValue != 0 { ways.insert(.goOn) }
  if flags & DAM_DOWNLOAD_KEEP.rawValue != 0 { ways.insert(.keep) }
  return try Download(path, ways, checked, options)
}

@_cdecl("dam_response_get") @implementation
public func dam_response_get(
  _ response: OpaquePointer?, _ out: UnsafeMutablePointer<dam_response_view>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let handle = unsafe try ResponseHandle.take(response)
    let out = unsafe try present(out, "out")
    let size = unsafe out.pointee.size
    unsafe try checkSize(out, size, "out", first: 56)  // redirected_url came later
    unsafe fill(out, size, with: view(of: handle.response, handle.borrowed, size: size))
  }
}

@_cdecl("dam_response_header") @implementation
public func dam_response_header(_ response: OpaquePointer?, _ name: UnsafePointer<CChar>?) -> UnsafePointer<CChar>? {
  unsafe ForkGate.inside {
    guard let name = unsafe name, let handle = unsafe try? ResponseHandle.take(response) else { return nil }
    return unsafe handle.borrowed.headers.value(name)
  }
}

/// Borrows what is in a response.
private func view(of response: Response, _ borrowed: Borrowed, size: UInt32) -> dam_response_view {
  let (headers, provenance) = (borrowed.headers, response.provenance)
  return unsafe dam_response_view(
    size: size, http_status: response.status, body: response.body.address, body_size: response.body.count,
    headers: headers.first, header_count: headers.count, generation: provenance.generation,
    replays: provenance.replays, reserved: 0, redirected_url: borrowed.redirectedURL)
}

@_cdecl("dam_response_free") @implementation
public func dam_response_free(_ response: OpaquePointer?) { unsafe ResponseHandle.free(response) }
