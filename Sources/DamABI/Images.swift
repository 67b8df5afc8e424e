// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Images.swift - image handles for C: guard, convert, call, convert. The contract of each function is in the header.

public import CDam
internal import DamCore
internal import DamIO

@_cdecl("dam_session_bind_image") @implementation
public func dam_session_bind_image(
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

@_cdecl("dam_session_resolve_image") @implementation
public func dam_session_resolve_image(
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
