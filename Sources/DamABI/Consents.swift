// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Consents.swift - what a person consents to, for C: asked for, taken up, and handed to another machine. The contract
// of each function is in the header.

public import CDam
internal import DamCore
internal import DamIO

@_cdecl("dam_consent_begin") @implementation
public func dam_consent_begin(
  _ session: OpaquePointer?, _ url_out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    let out = unsafe try present(url_out, "url_out")
    unsafe out.pointee = unsafe try cString(try session.beginConsent().utf8)
  }
}

@_cdecl("dam_consent_finish") @implementation
public func dam_consent_finish(
  _ session: OpaquePointer?, _ redirected_url: UnsafePointer<CChar>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    try session.finishConsent(unsafe try text(redirected_url, "redirected_url"))
  }
}

@_cdecl("dam_consent_begin_device") @implementation
public func dam_consent_begin_device(
  _ session: OpaquePointer?, _ url_out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ code_out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    let out = unsafe try DeviceOutputs(url_out, code_out)
    try out.write(try session.beginDeviceConsent())
  }
}

/// Where a page and a code go: both or neither.
@safe struct DeviceOutputs {
  private let url: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let code: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  init(
    _ url_out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
    _ code_out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  ) throws(Failure) {
    unsafe url = unsafe try present(url_out, "url_out")
    unsafe code = unsafe try present(code_out, "code_out")
  }

  func clear() { unsafe (url.pointee, code.pointee) = (nil, nil) }

  func write(_ question: DeviceQuestion) throws(Failure) {
    let page = unsafe try cString(question.url.utf8)
    do throws(Failure) {
      unsafe code.pointee = unsafe try cString(question.userCode.utf8)
    } catch {
      unsafe dam_string_free(page)
      throw error
    }
    unsafe url.pointee = unsafe page
  }
}

@_cdecl("dam_consent_poll") @implementation
public func dam_consent_poll(_ session: OpaquePointer?, _ err: UnsafeMutablePointer<dam_error>?) -> dam_status {
  unsafe export(err) { () throws(Failure) in try (unsafe try SessionHandle.take(session)).session.pollConsent() }
}

@_cdecl("dam_consent_export") @implementation
public func dam_consent_export(
  _ session: OpaquePointer?, _ passphrase: UnsafePointer<CChar>?, _ take: dam_sealed_callback?,
  _ user_data: UnsafeMutableRawPointer?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    let phrase = unsafe try phrase(passphrase)
    guard let take = unsafe take else { throw Failure(.argument, "take is NULL") }
    try session.handOver(phrase: phrase) { sealed in
      let status = unsafe lend(sealed.revealText()) { line in ForkGate.outside { unsafe take(user_data, line) } }
      return status == 0 ? nil : Failure(.callback, "the session was not taken (\(status)), and stays here")
    }
  }
}

@_cdecl("dam_consent_import") @implementation
public func dam_consent_import(
  _ session: OpaquePointer?, _ sealed: UnsafePointer<CChar>?, _ passphrase: UnsafePointer<CChar>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    try session.takeOver(Secret(unsafe try text(sealed, "sealed")), phrase: unsafe try phrase(passphrase))
  }
}

/// One that is shorter would be guessed by whoever finds the text.
private func phrase(_ passphrase: UnsafePointer<CChar>?) throws(Failure) -> Secret {
  let text = unsafe try text(passphrase, "passphrase")
  guard (8...16_384).contains(text.utf8.count) else {
    throw Failure(.argument, "passphrase has \(text.utf8.count) bytes; choose one of 8 or more")
  }
  return Secret(text)
}
