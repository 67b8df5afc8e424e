// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Forms.swift - dam_form and dam_canceller for C: guard, convert, call, convert. The contract of each function is in
// the header.

public import CDam
internal import DamCore
internal import DamIO

/// What a dam_form is. One thread at a time.
final class FormHandle: Handle {
  static let word = "form"
  /// Never changed, only exchanged: requests under way keep the one that they were given.
  var form = Form()
}

/// What a dam_canceller is. Any thread.
final class Canceller: Handle {
  static let word = "canceller"
  let cancellation = Cancellation()
}

@_cdecl("dam_canceller_new") @implementation
public func dam_canceller_new(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let out = unsafe try present(out, "out")
    unsafe out.pointee = Canceller().give()
  }
}

@_cdecl("dam_canceller_cancel") @implementation
public func dam_canceller_cancel(_ canceller: OpaquePointer?, _ err: UnsafeMutablePointer<dam_error>?) -> dam_status {
  unsafe export(err) { () throws(Failure) in (unsafe try Canceller.take(canceller)).cancellation.set() }
}

@_cdecl("dam_canceller_free") @implementation
public func dam_canceller_free(_ canceller: OpaquePointer?) { unsafe Canceller.free(canceller) }

@_cdecl("dam_form_new") @implementation
public func dam_form_new(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let out = unsafe try present(out, "out")
    unsafe out.pointee = FormHandle().give()
  }
}

@_cdecl("dam_form_free") @implementation
public func dam_form_free(_ form: OpaquePointer?) { unsafe FormHandle.free(form) }

@_cdecl("dam_form_add") @implementation
public func dam_form_add(
  _ form: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ data: UnsafeRawPointer?, _ size: Int,
  _ file_name: UnsafePointer<CChar>?, _ content_type: UnsafePointer<CChar>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let handle = unsafe try FormHandle.take(form)
    let name = unsafe try text(name, "name")
    guard unsafe data != nil || size == 0 else { throw Failure(.argument, "data is NULL but size is not 0") }
    guard (0...Int(Int32.max)).contains(size) else {
      throw Failure(.argument, "size is over 2 GiB; add large things as files")
    }
    let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: data, count: size))
    handle.form = try handle.form.adding(
      name, bytes, fileName: unsafe try optionalText(file_name, "file_name"),
      contentType: unsafe try optionalText(content_type, "content_type"))
  }
}

@_cdecl("dam_form_add_file") @implementation
public func dam_form_add_file(
  _ form: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ path: UnsafePointer<CChar>?,
  _ file_name: UnsafePointer<CChar>?, _ content_type: UnsafePointer<CChar>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let handle = unsafe try FormHandle.take(form)
    handle.form = unsafe try handle.form.adding(
      try text(name, "name"), file: try text(path, "path"), fileName: try optionalText(file_name, "file_name"),
      contentType: try optionalText(content_type, "content_type"))
  }
}
