// Descriptor.swift - file descriptors and the few system calls that stores need, each in one place, with retries on
// EINTR and errors as sentences. No symbolic link is followed unless the caller says so.

internal import DamCore
internal import Glibc

/// An open file, closed when the last owner lets go.
final class Descriptor: Sendable {
  let number: Int32

  private init(_ number: Int32) { self.number = number }

  deinit { close(number) }

  /// Opens a file: close-on-exec, because a program that the application starts has no business with it.
  static func open(
    _ path: String, _ flags: Int32, mode: mode_t = 0o600, followsLinks: Bool = false
  ) -> Result<Descriptor, SystemError> {
    let link = followsLinks ? 0 : O_NOFOLLOW
    let number = retrying { unsafe Glibc.open(path, flags | O_CLOEXEC | link, mode) }
    return number < 0 ? .failure(.last) : .success(Descriptor(number))
  }

  /// The file's first bytes, at most so many; none where it cannot be read.
  func beginning(_ limit: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
      filled = max(0, retrying { unsafe pread(number, buffer.baseAddress, limit, 0) })
    }
  }

  /// Says that this process or the machine has too few descriptors left for a connection; nil: it has enough. A
  /// connection takes up to five: for itself, for looking up the name, for certificates.
  static var shortage: String? {
    var spare: [Descriptor] = []
    for _ in 0..<5 {
      switch open("/", O_RDONLY) {
      case .success(let descriptor): spare.append(descriptor)
      case .failure(let error) where error.code == EMFILE: return "this process has too few descriptors left (EMFILE)"
      case .failure(let error) where error.code == ENFILE: return "this machine has too few descriptors left (ENFILE)"
      case .failure: return nil
      }
    }
    return nil
  }

  /// The whole file, or its first `limit` bytes. `size`: of a plain file, where it is known; nil: whatever comes.
  func readAll(limit: Int, size: Int? = nil) -> Result<[UInt8], SystemError> {
    var bytes: [UInt8] = []
    // As much as there should be, and one byte that would show that there is more.
    let likely = (size ?? status.map { Int(clamping: $0.st_size) } ?? 0).plus(1)
    while bytes.count < limit {
      let room = min(max(likely, 512), 65_536, limit.minus(bytes.count))
      var count = 0
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
        count = retrying { unsafe read(number, buffer.baseAddress, room) }
        filled = max(0, count)
      }
      if count < 0 { return .failure(.last) }
      if count == 0 { break }
      bytes += chunk
      if count < room, bytes.count == size { break }
    }
    return .success(bytes)
  }

  func writeAll(_ bytes: [UInt8]) -> SystemError? { unsafe bytes.withUnsafeBytes { unsafe writeAll($0) } }

  func writeAll(_ bytes: UnsafeRawBufferPointer) -> SystemError? {
    var done = 0
    while done < bytes.count {
      let count = retrying { unsafe write(number, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done) }
      if count < 0 { return .last }
      done = done.plus(count)
    }
    return nil
  }

  func sync() -> SystemError? { retrying { fsync(number) } < 0 ? .last : nil }

  var status: stat? {
    var result = stat()
    return unsafe fstat(number, &result) == 0 ? result : nil
  }
}

/// An errno with its words, or an objection to a file that could be opened.
struct SystemError: Error {
  let code: Int32
  private let objection: String?
  static var last: SystemError { SystemError(code: errno, objection: nil) }

  private init(code: Int32, objection: String?) {
    self.code = code
    self.objection = objection
  }

  init(_ objection: String) { self.init(code: EPERM, objection: objection) }

  var text: String {
    if let objection { return objection }
    return switch code {
    case ENOENT: "no such file or folder"
    case EEXIST: "something else has this name"
    case EACCES, EPERM: "permission denied"
    case EROFS: "the file system is read-only"
    case ENOSPC: "the disk is full"
    case EDQUOT: "the disk quota is used up"
    case ELOOP: "it is a symbolic link"
    case ENOTDIR, EISDIR: "a file stands where a folder should be, or the other way round"
    case EMFILE, ENFILE: "too many open files"
    case ENOLCK, ENOTSUP, ENOSYS: "the file system has no locks"
    default: "error \(code)"
    }
  }
}

/// Calls again for as long as a signal interrupts the call.
func retrying<Number: SignedInteger>(_ call: () -> Number) -> Number {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
