// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Authorizations.swift - dam_authorization and dam_session_observe for C: guard, convert, call, convert. The contract
// of each function is in the header.

public import CDam
internal import DamCore
internal import DamIO

/// What a dam_authorization is. One thread at a time, as the header says.
final class AuthorizationHandle: Handle {
  static let word = "authorization"
  let authorization: Authorization
  var process: UInt64? { authorization.process }
  /// What C has borrowed of the request that is to be sent now. Ends, and is wiped, when its response is observed.
  var lent: Lent?
  init(_ authorization: Authorization) { self.authorization = authorization }
}

/// A request as C borrows it: texts with a NUL at their end, in memory that is wiped, since URL and headers hold
/// secrets.
final class Lent {
  let method: Secret
  let url: Secret
  let headers: HeaderList

  init(_ request: WireRequest) {
    method = Secret(request.method)
    url = request.url
    headers = HeaderList(request.headers, request.secretHeaders)
  }
}

/// The address of a text that ends with a NUL. Valid as long as somebody keeps the text.
func address(_ text: Secret) -> UnsafePointer<CChar>? {
  text.withText { unsafe $0 }
}

@_cdecl("dam_session_authorize") @implementation
public func dam_session_authorize(
  _ session: OpaquePointer?, _ request: UnsafePointer<dam_request>?, _ out: UnsafeMutablePointer<OpaquePointer?>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    let out = unsafe try present(out, "out")
    let checked = unsafe try sentElsewhere(request, session.settings)
    unsafe out.pointee = AuthorizationHandle(try Authorization(session, checked)).give()
  }
}

/// A request that the application sends itself. Its body and callbacks stay with the application's client.
func sentElsewhere(
  _ request: UnsafePointer<dam_request>?, _ settings: Settings
) throws(Failure) -> CallerRequest {
  let raw = unsafe try requestStruct(request)
  guard unsafe raw.read == nil, unsafe raw.write == nil, unsafe raw.progress == nil, unsafe raw.form == nil,
    unsafe raw.head == nil, unsafe raw.canceller == nil
  else {
    throw Failure(
      .argument, "request has callbacks, a form or a canceller, which are the application's own business here")
  }
  return (unsafe try parts(raw, settings, copiesBody: false)).0
}

@_cdecl("dam_authorization_get") @implementation
public func dam_authorization_get(
  _ authorization: OpaquePointer?, _ out: UnsafeMutablePointer<dam_authorization_view>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let handle = unsafe try AuthorizationHandle.take(authorization)
    let out = unsafe try present(out, "out")
    unsafe try checkSize(out, out.pointee.size, "out")
    guard let request = handle.authorization.request else {
      throw Failure(.argument, "there is nothing to send any more: the response was observed")
    }
    // Made once: what C has borrowed must stay where it is until the response was observed.
    let lent = handle.lent ?? Lent(request)
    handle.lent = lent
    unsafe out.pointee = dam_authorization_view(
      size: out.pointee.size, replays: handle.authorization.sends > 1 ? 1 : 0,
      generation: handle.authorization.generation, method: address(lent.method), url: address(lent.url),
      headers: lent.headers.first, header_count: lent.headers.count)
  }
}

@_cdecl("dam_authorization_observe") @implementation
public func dam_authorization_observe(
  _ authorization: OpaquePointer?, _ observation: UnsafePointer<dam_observation>?,
  _ result_out: UnsafeMutablePointer<Int32>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let handle = unsafe try AuthorizationHandle.take(authorization)
    let observed = unsafe try observed(observation)
    let result = unsafe try present(result_out, "result_out")
    let next = try handle.authorization.observe(observed)
    handle.lent = nil
    unsafe result.pointee = code(of: next)
  }
}

/// The response that the application's client received. All of it is copied: nothing is borrowed after the call.
func observed(_ observation: UnsafePointer<dam_observation>?) throws(Failure) -> WireResponse {
  guard let given = unsafe observation else { throw Failure(.argument, "observation is NULL") }
  unsafe try checkSize(given, given.pointee.size, "observation")
  let raw = unsafe given.pointee
  guard unsafe (100...599).contains(raw.http_status) else {
    throw Failure(.argument, "observation->http_status is \(unsafe raw.http_status), which is no HTTP status")
  }
  guard unsafe raw.reserved == 0, unsafe (0...1).contains(raw.is_whole),
    unsafe (0...WireResponse.inspected).contains(raw.body_size)
  else {
    throw Failure(
      .argument, "observation->is_whole is 0 or 1, reserved 0, and body_size at most \(WireResponse.inspected)")
  }
  guard unsafe raw.body != nil || raw.body_size == 0 else {
    throw Failure(.argument, "observation->body is NULL but body_size is not 0")
  }
  let headers = unsafe try receivedHeaders(raw.headers, raw.header_count, "observation")
  let body = unsafe UnsafeRawBufferPointer(start: raw.body, count: raw.body_size)
  let beginning = unsafe [UInt8](body.prefix(WireResponse.inspected))
  return WireResponse(
    status: unsafe raw.http_status, headers: headers, beginning: beginning,
    isWhole: unsafe raw.is_whole == 1 && beginning.count == body.count)
}

@_cdecl("dam_session_observe") @implementation
public func dam_session_observe(
  _ session: OpaquePointer?, _ ticket: UnsafePointer<CChar>?, _ observation: UnsafePointer<dam_observation>?,
  _ result_out: UnsafeMutablePointer<Int32>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    let ticket = try (unsafe try optionalText(ticket, "ticket")).map { (text) throws(Failure) in
      try session.settings.ticket(text)
    }
    let observed = unsafe try observed(observation)
    let result = unsafe try present(result_out, "result_out")
    unsafe result.pointee = code(of: try session.observe(observed, ticket))
  }
}

/// The dam_observe_result for it.
func code(of next: Authorization.Next) -> Int32 {
  Int32(bitPattern: (next == .deliver ? DAM_OBSERVE_DELIVER : DAM_OBSERVE_REPLAY).rawValue)
}

@_cdecl("dam_authorization_free") @implementation
public func dam_authorization_free(_ authorization: OpaquePointer?) { unsafe AuthorizationHandle.free(authorization) }
