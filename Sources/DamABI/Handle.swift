// Handle.swift - the only file that retains and releases what C holds. A missing release is a leak in the host; a double
// one is a crash it gets blamed for. Each opaque type of the header has one Swift class, named here once. It refuses NULL.

internal import DamCore
internal import DamIO

/// A class that C holds through an opaque pointer.
protocol Handle: AnyObject {
  /// The header's word for it.
  static var word: String { get }
}

extension Handle {
  /// Gives the host a handle of its own.
  func give() -> OpaquePointer { unsafe OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  /// Lends the handle for the length of a call.
  func lend() -> OpaquePointer { unsafe OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

  /// Looks behind a handle without taking it.
  static func take(_ pointer: OpaquePointer?) throws(Failure) -> Self {
    guard let pointer = unsafe pointer else { throw Failure(.argument, "\(word) is NULL") }
    return unsafe Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }

  /// Takes a handle back; NULL is fine.
  static func free(_ pointer: OpaquePointer?) {
    guard let pointer = unsafe pointer else { return }
    Gate.inside { unsafe Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).release() }
  }
}
