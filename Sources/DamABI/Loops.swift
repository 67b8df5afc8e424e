// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Loops.swift - dam_loop for C: guard, convert, call, convert. The contract of each function is in the header.

public import CDam
internal import DamCore
internal import DamIO

/// What a dam_loop is. One thread at a time, as the header says.
final class LoopHandle: Handle {
  static let word = "loop"
  let loop: Loop
  var process: UInt64? { loop.process }
  var isDispatching = false
  init(_ loop: Loop) { self.loop = loop }
}

@_cdecl("dam_loop_new") @implementation
public func dam_loop_new(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let out = unsafe try present(out, "out")
    unsafe out.pointee = LoopHandle(try Loop()).give()
  }
}

@_cdecl("dam_loop_free") @implementation
public func dam_loop_free(_ loop: OpaquePointer?) { unsafe LoopHandle.free(loop) }

@_cdecl("dam_loop_fd") @implementation
public func dam_loop_fd(_ loop: OpaquePointer?) -> Int32 {
  ForkGate.inside { (unsafe try? LoopHandle.take(loop))?.loop.descriptor ?? -1 }
}

@_cdecl("dam_loop_count") @implementation
public func dam_loop_count(_ loop: OpaquePointer?) -> UInt32 {
  ForkGate.inside { UInt32(clamping: (unsafe try? LoopHandle.take(loop))?.loop.count ?? 0) }
}

@_cdecl("dam_loop_request") @implementation
public func dam_loop_request(
  _ loop: OpaquePointer?, _ session: OpaquePointer?, _ request: UnsafePointer<dam_request>?, _ done: dam_done_callback?,
  _ user_data: UnsafeMutableRawPointer?, _ id_out: UnsafeMutablePointer<UInt64>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe submit(loop, session, done, user_data, id_out, err) { (session) throws(Failure) in
    let (checked, options) = unsafe try parts(try requestStruct(request), session.settings, copiesBody: true)
    return .request(checked, options)
  }
}

@_cdecl("dam_loop_download") @implementation
public func dam_loop_download(
  _ loop: OpaquePointer?, _ session: OpaquePointer?, _ request: UnsafePointer<dam_request>?,
  _ path: UnsafePointer<CChar>?, _ flags: UInt32, _ done: dam_done_callback?, _ user_data: UnsafeMutableRawPointer?,
  _ id_out: UnsafeMutablePointer<UInt64>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe submit(loop, session, done, user_data, id_out, err) { (session) throws(Failure) in
    .download(unsafe try download(request, path, flags, session.settings))
  }
}

@_cdecl("dam_loop_login") @implementation
public func dam_loop_login(
  _ loop: OpaquePointer?, _ session: OpaquePointer?, _ flags: UInt32, _ done: dam_done_callback?,
  _ user_data: UnsafeMutableRawPointer?, _ id_out: UnsafeMutablePointer<UInt64>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe submit(loop, session, done, user_data, id_out, err) { (_) throws(Failure) in
    .login(again: try isAgain(flags))
  }
}

@_cdecl("dam_loop_keepalive") @implementation
public func dam_loop_keepalive(
  _ loop: OpaquePointer?, _ session: OpaquePointer?, _ done: dam_done_callback?, _ user_data: UnsafeMutableRawPointer?,
  _ id_out: UnsafeMutablePointer<UInt64>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe submit(loop, session, done, user_data, id_out, err) { (_) throws(Failure) in .keepalive }
}

@_cdecl("dam_loop_logout") @implementation
public func dam_loop_logout(
  _ loop: OpaquePointer?, _ session: OpaquePointer?, _ done: dam_done_callback?, _ user_data: UnsafeMutableRawPointer?,
  _ result_out: UnsafeMutablePointer<Int32>?, _ id_out: UnsafeMutablePointer<UInt64>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe submit(loop, session, done, user_data, id_out, err) { (_) throws(Failure) in
    .logout
  } write: { ending in
    if case .loggedOut(let outcome) = ending { unsafe result_out?.pointee = code(of: outcome) }
  }
}

@_cdecl("dam_loop_consent_begin") @implementation
public func dam_loop_consent_begin(
  _ loop: OpaquePointer?, _ session: OpaquePointer?, _ done: dam_done_callback?, _ user_data: UnsafeMutableRawPointer?,
  _ url_out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ id_out: UnsafeMutablePointer<UInt64>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe submit(loop, session, done, user_data, id_out, err) { (_) throws(Failure) in
    unsafe (try present(url_out, "url_out")).pointee = nil
    return .consent(Session.question)
  } write: { (ending) throws(Failure) in
    if case .asked(let url) = ending { unsafe url_out?.pointee = unsafe try cString(url.utf8) }
  }
}

@_cdecl("dam_loop_consent_finish") @implementation
public func dam_loop_consent_finish(
  _ loop: OpaquePointer?, _ session: OpaquePointer?, _ redirected_url: UnsafePointer<CChar>?,
  _ done: dam_done_callback?, _ user_data: UnsafeMutableRawPointer?, _ id_out: UnsafeMutablePointer<UInt64>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe submit(loop, session, done, user_data, id_out, err) { (_) throws(Failure) in
    .consent(.finish(redirected: unsafe try text(redirected_url, "redirected_url")))
  }
}

@_cdecl("dam_loop_consent_begin_device") @implementation
public func dam_loop_consent_begin_device(
  _ loop: OpaquePointer?, _ session: OpaquePointer?, _ done: dam_done_callback?, _ user_data: UnsafeMutableRawPointer?,
  _ url_out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ code_out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ id_out: UnsafeMutablePointer<UInt64>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe submit(loop, session, done, user_data, id_out, err) { (_) throws(Failure) in
    unsafe try DeviceOutputs(url_out, code_out).clear()
    return .consent(.beginDevice)
  } write: { (ending) throws(Failure) in
    if case .deviceAsked(let question) = ending { unsafe try DeviceOutputs(url_out, code_out).write(question) }
  }
}

@_cdecl("dam_loop_consent_poll") @implementation
public func dam_loop_consent_poll(
  _ loop: OpaquePointer?, _ session: OpaquePointer?, _ done: dam_done_callback?, _ user_data: UnsafeMutableRawPointer?,
  _ id_out: UnsafeMutablePointer<UInt64>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe submit(loop, session, done, user_data, id_out, err) { (_) throws(Failure) in .consent(.poll) }
}

@_cdecl("dam_loop_authorize") @implementation
public func dam_loop_authorize(
  _ loop: OpaquePointer?, _ session: OpaquePointer?, _ request: UnsafePointer<dam_request>?,
  _ done: dam_authorized_callback?, _ user_data: UnsafeMutableRawPointer?, _ id_out: UnsafeMutablePointer<UInt64>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let loop = (unsafe try LoopHandle.take(loop)).loop
    let session = (unsafe try SessionHandle.take(session)).session
    guard let done = unsafe done else { throw Failure(.argument, "done is NULL") }
    let checked = unsafe try sentElsewhere(request, session.settings)
    let begun = Authorization(begunElsewhere: session, checked)
    unsafe submit(loop, session, .authorize(begun), id_out) { id, ending, err in
      var authorization: OpaquePointer?
      if case .authorized(let given) = ending { unsafe authorization = AuthorizationHandle(given).give() }
      ForkGate.outside { unsafe done(user_data, id, err.pointee.status, authorization, err) }
    }
  }
}

@_cdecl("dam_loop_observe") @implementation
public func dam_loop_observe(
  _ loop: OpaquePointer?, _ authorization: OpaquePointer?, _ observation: UnsafePointer<dam_observation>?,
  _ done: dam_observed_callback?, _ user_data: UnsafeMutableRawPointer?, _ id_out: UnsafeMutablePointer<UInt64>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let loop = (unsafe try LoopHandle.take(loop)).loop
    let handle = unsafe try AuthorizationHandle.take(authorization)
    guard let done = unsafe done else { throw Failure(.argument, "done is NULL") }
    let response = unsafe try observed(observation)
    let authorization = handle.authorization
    try authorization.expectResponse()
    handle.lent = nil
    unsafe submit(loop, authorization.session, .observe(authorization, response), id_out) { id, ending, err in
      var result = code(of: .deliver)
      if case .observed(let next) = ending { result = code(of: next) }
      ForkGate.outside { unsafe done(user_data, id, err.pointee.status, result, err) }
    }
  }
}

/// What those with a dam_done_callback have in common. `work` says what is to be done with the session; `write` puts
/// what it came to where the application wants it, before that hears of it.
private func submit(
  _ loop: OpaquePointer?, _ session: OpaquePointer?, _ done: dam_done_callback?, _ user: UnsafeMutableRawPointer?,
  _ id_out: UnsafeMutablePointer<UInt64>?, _ err: UnsafeMutablePointer<dam_error>?,
  _ work: (Session) throws(Failure) -> LoopWork, write: @escaping (LoopEnding) throws(Failure) -> Void = { _ in }
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let loop = (unsafe try LoopHandle.take(loop)).loop
    let session = (unsafe try SessionHandle.take(session)).session
    guard let done = unsafe done else { throw Failure(.argument, "done is NULL") }
    unsafe submit(loop, session, try work(session), id_out) { id, ending, err in
      var handle: OpaquePointer?
      if case .responded(let response) = ending { unsafe handle = ResponseHandle(response).give() }
      do throws(Failure) { try ending.map(write) } catch { unsafe fill(&err.pointee, error) }
      ForkGate.outside { unsafe done(user, id, err.pointee.status, handle, err) }
    }
  }
}

/// What all of these have in common. `tell` calls the application; `ending` is nil where it failed.
private func submit(
  _ loop: Loop, _ session: Session, _ work: LoopWork, _ id_out: UnsafeMutablePointer<UInt64>?,
  _ tell: @escaping (UInt64, LoopEnding?, UnsafeMutablePointer<dam_error>) -> Void
) {
  let id = loop.submit(session, work) { id, result in
    var error = dam_error()
    switch result {
    case .success(let ending):
      unsafe fill(&error, nil)
      unsafe tell(id, ending, &error)
    case .failure(let failure):
      unsafe fill(&error, failure)
      unsafe tell(id, nil, &error)
    }
  }
  if let id_out = unsafe id_out { unsafe id_out.pointee = id }
}

@_cdecl("dam_loop_dispatch") @implementation
public func dam_loop_dispatch(_ loop: OpaquePointer?, _ err: UnsafeMutablePointer<dam_error>?) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let handle = unsafe try LoopHandle.take(loop)
    guard !handle.isDispatching else {
      throw Failure(.argument, "dam_loop_dispatch was called in a callback of its own")
    }
    handle.isDispatching = true
    handle.loop.dispatch()
    handle.isDispatching = false
  }
}

@_cdecl("dam_loop_cancel") @implementation
public func dam_loop_cancel(_ loop: OpaquePointer?, _ id: UInt64, _ err: UnsafeMutablePointer<dam_error>?) -> dam_status
{
  unsafe export(err) { () throws(Failure) in
    guard (unsafe try LoopHandle.take(loop)).loop.cancel(id) else { throw isOver }
  }
}

@_cdecl("dam_loop_resume") @implementation
public func dam_loop_resume(_ loop: OpaquePointer?, _ id: UInt64, _ err: UnsafeMutablePointer<dam_error>?) -> dam_status
{
  unsafe export(err) { () throws(Failure) in
    guard (unsafe try LoopHandle.take(loop)).loop.resume(id) else { throw isOver }
  }
}

private let isOver = Failure(.notFound, "no request of this id is under way")
