// Handle.swift - the only file that retains and releases what C holds. A missing release is a leak in the application,
// and a double one a crash that the application gets blamed for. Each opaque type of the header has one Swift class.
// NULL is refused, and so is a handle of the process that this one was forked from.

internal import DamCore
internal import DamIO

/// A class that C holds through an opaque pointer.
protocol Handle: AnyObject {
  /// The header's word for the type, for errors.
  static var word: String { get }
  /// The only process that may use it; nil: its children may use it, too.
  var process: UInt64? { get }
}

extension Handle {
  var process: UInt64? { nil }
  private var isForeign: Bool { process.map { $0 != Process.number } ?? false }

  /// Gives the application a handle that it owns, until `free`.
  func give() -> OpaquePointer { unsafe OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  /// Lends a handle for the length of a call. Whoever lends it must keep the object alive until then.
  func lend() -> OpaquePointer { unsafe OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

  /// The object behind a handle. The application goes on owning the handle.
  static func take(_ pointer: OpaquePointer?) throws(Failure) -> Self {
    guard let pointer = unsafe pointer else { throw Failure(.argument, "\(word) is NULL") }
    let handle = unsafe Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
    guard !handle.isForeign else {
      throw Failure(.argument, "\(word) belongs to the process that this one was forked from")
    }
    return handle
  }

  /// Takes a handle back. NULL is fine. One of the parent process is left as it is: to end it could write to
  /// connections that the parent still uses.
  static func free(_ pointer: OpaquePointer?) {
    guard let pointer = unsafe pointer else { return }
    ForkGate.inside {
      let handle = unsafe Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer))
      if unsafe !handle.takeUnretainedValue().isForeign { unsafe handle.release() }
    }
  }
}
