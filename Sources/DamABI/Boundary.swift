// Boundary.swift - the conventions of the C edge, each in one place: how an export begins and ends, how text comes in
// and goes out, how struct sizes are checked. Every export uses these instead of its own checks, so that none is
// forgotten.

internal import CDam
internal import DamCore
internal import DamIO
internal import Glibc

/// Runs the body of an export: fills `err` on every way out and turns a failure into its status. All of it happens
/// inside the gate: even texts and arrays take locks of Swift's run time, which a fork must not find held.
func export(_ err: UnsafeMutablePointer<dam_error>?, _ body: () throws(Failure) -> Void) -> dam_status {
  ForkGate.inside {
    do throws(Failure) {
      try body()
      unsafe fill(err, nil)
      return DAM_OK
    } catch {
      unsafe fill(err, error)
      return status(of: error.cause)
    }
  }
}

/// Fills a dam_error; `failure` nil: success. NULL is fine.
func fill(_ err: UnsafeMutablePointer<dam_error>?, _ failure: Failure?) {
  guard let err = unsafe err else { return }
  let code = failure.map { status(of: $0.cause) } ?? DAM_OK
  unsafe err.initialize(to: dam_error())
  unsafe err.pointee.status = Int32(bitPattern: code.rawValue)
  unsafe err.pointee.http_status = failure?.httpStatus ?? 0
  unsafe err.pointee.retry_after = failure?.retryAfter ?? -1
  guard let failure else { return }
  unsafe withUnsafeMutableBytes(of: &err.pointee.message) { unsafe put(failure.message, into: $0) }
}

/// Copies text into a fixed array, with a NUL at its end; what does not fit is cut off between characters.
func put(_ text: String, into room: UnsafeMutableRawBufferPointer) {
  var bytes: [UInt8] = []
  for character in text {
    let next = Array(String(character).utf8)
    if bytes.count + next.count + 1 > room.count { break }
    bytes += next
  }
  unsafe room.copyBytes(from: bytes + [0])
}

/// Text that the application gave: not NULL, and valid UTF-8. `name`: of the argument, for the error.
func text(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(Failure) -> String {
  guard let pointer = unsafe pointer else { throw Failure(.argument, "\(name) is NULL") }
  guard let text = unsafe String(validatingCString: pointer) else {
    throw Failure(.argument, "\(name) is not valid UTF-8")
  }
  return text
}

/// What a server sent, as the application received it: bytes up to a NUL, which need not be UTF-8.
func octets(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(Failure) -> [UInt8] {
  guard let pointer = unsafe pointer else { throw Failure(.argument, "\(name) is NULL") }
  return unsafe [UInt8](UnsafeRawBufferPointer(start: pointer, count: strlen(pointer)))
}

/// Text that may be NULL.
func optionalText(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(Failure) -> String? {
  guard let pointer = unsafe pointer else { return nil }
  return unsafe try text(pointer, name)
}

/// A pointer that must be there.
func present<Pointee>(
  _ pointer: UnsafeMutablePointer<Pointee>?, _ name: String
) throws(Failure) -> UnsafeMutablePointer<Pointee> {
  guard let pointer = unsafe pointer else { throw Failure(.argument, "\(name) is NULL") }
  return unsafe pointer
}

/// Checks the `size` at the beginning of a struct of the application. A larger one is of a newer header: that is fine
/// as long as the fields that this version does not know are zero.
///
/// `first`: how large the struct was in the first version, if it has grown: programs of that time go on working.
func checkSize<Struct>(
  _ pointer: UnsafePointer<Struct>, _ size: UInt32, _ name: String, first: Int = MemoryLayout<Struct>.size
) throws(Failure) {
  let known = MemoryLayout<Struct>.size
  guard Int(size) >= first else {
    throw Failure(.argument, "\(name)->size is \(size); set it to sizeof the struct, which is \(known)")
  }
  guard Int(size) <= known + 4096 else {
    throw Failure(.argument, "\(name)->size is \(size), which is no struct's size")
  }
  let tail = unsafe UnsafeRawBufferPointer(start: pointer, count: Int(size)).dropFirst(known)
  guard unsafe tail.allSatisfy({ $0 == 0 }) else {
    throw Failure(.argument, "\(name) uses fields that this version (\(DAM_VERSION)) does not know")
  }
}

/// Fills a struct of the application's as far as the application knows it: `size`, which was checked.
func fill<Struct>(_ out: UnsafeMutablePointer<Struct>, _ size: UInt32, with value: Struct) {
  unsafe withUnsafeBytes(of: value) { bytes in
    unsafe UnsafeMutableRawBufferPointer(start: out, count: min(Int(size), bytes.count))
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(size))))
  }
}

/// The `size` of a struct that the library fills.
func ownSize<Struct>(_: Struct.Type) -> UInt32 { UInt32(clamping: MemoryLayout<Struct>.size) }

/// A string that the application owns and gives back to dam_string_free, which wipes it.
func cString(_ bytes: some Collection<UInt8>) throws(Failure) -> UnsafeMutablePointer<CChar> {
  guard let room = unsafe malloc(bytes.count + 1) else { throw Failure(.internalError, "no memory is left") }
  let buffer = unsafe UnsafeMutableRawBufferPointer(start: room, count: bytes.count + 1)
  unsafe buffer.copyBytes(from: bytes)
  unsafe room.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
  return unsafe room.assumingMemoryBound(to: CChar.self)
}

/// Lends text to C for the length of a call.
func lend<Result>(_ text: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  unsafe text.withCString { unsafe body($0) }
}
