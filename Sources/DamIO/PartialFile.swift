// PartialFile.swift - the file of a download while it is written, and the note beside it that says whose it is.
// It refuses to take the place of anything but a file, and to be whole before every byte that was promised is there.

internal import DamCore
internal import Glibc

final class PartialFile {
  private let path: String
  private let keeps: Bool
  private var part: String { path + ".part" }
  private var note: String { path + ".part.json" }
  /// Who may do what with the file that is replaced; nil: there is none.
  private let mode: mode_t?
  private var descriptor: Descriptor?
  private var expected: Int64?
  private var written: Int64 = 0
  /// Where this time began.
  private(set) var base: Int64 = 0
  private(set) var failure: Failure?

  init(_ path: String, keeps: Bool) throws(Failure) {
    guard !path.isEmpty, !path.hasSuffix("/") else { throw Failure(.argument, "path names no file") }
    self.path = path
    self.keeps = keeps
    var there = stat()
    let isThere = unsafe lstat(path, &there) == 0
    if isThere, there.st_mode & S_IFMT != S_IFREG {
      throw Failure(.argument, "\(path) is a folder, a link or a device; a download replaces files only")
    }
    if keeps, isThere { throw Failure(.argument, "there is a file \(path) already, and it is to be kept") }
    mode = isThere ? there.st_mode & 0o777 : nil
  }

  func discard() {
    unsafe unlink(part)
    unsafe unlink(note)
  }

  /// How much of `target` is there, and which version of it.
  func resumable(_ target: String) -> (size: Int64, validator: String)? {
    guard case .success(let file) = Descriptor.open(note, O_RDONLY | O_NONBLOCK),
      case .success(let bytes) = file.readAll(limit: 65_536),
      let json = JSONValue.parse(bytes), json["target"]?.text == target, let validator = json["validator"]?.text,
      case .success(let partial) = Descriptor.open(part, O_RDONLY | O_NONBLOCK), let found = partial.status,
      found.st_mode & S_IFMT == S_IFREG, found.st_size > 0
    else { return nil }
    return (Int64(found.st_size), validator)
  }

  /// `at` 0: from the beginning. `note`: the target and the validator to write down.
  func open(at base: Int64, expecting total: Int64?, note whose: (target: String, validator: String?)?) {
    // Whatever has this name and is no file is in the way, and not to be waited for.
    let flags = O_WRONLY | O_CREAT | O_NONBLOCK | (base > 0 ? O_APPEND : O_TRUNC)
    // Nobody is to read the new file who may not read the old one, not for a moment.
    switch Descriptor.open(part, flags, mode: mode == nil ? 0o666 : 0o600) {
    case .failure(let error): fail(unwritable(error))
    case .success(let opened):
      guard let found = opened.status, found.st_mode & S_IFMT == S_IFREG else {
        return fail(Failure(.store, "\(part) is no file, and in the way"))
      }
      // What an earlier time has left may be open to more.
      if mode != nil, fchmod(opened.number, 0o600) != 0 { return fail(unwritable(.last)) }
      descriptor = opened
      self.base = base
      written = base
      expected = total
      if let whose { noteDown(whose.target, whose.validator) }
    }
  }

  /// Without a validator there is no going on: nobody could tell two versions apart.
  private func noteDown(_ target: String, _ validator: String?) {
    unsafe unlink(note)
    guard let validator,
      case .success(let file) = Descriptor.open(note, O_WRONLY | O_CREAT | O_TRUNC, mode: mode == nil ? 0o666 : 0o600)
    else { return }
    _ = file.writeAll(JSONValue.object(["target": .string(target), "validator": .string(validator)]).encoded())
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard failure == nil, let descriptor else { return false }
    if let error = unsafe descriptor.writeAll(bytes) {
      fail(unwritable(error))
      return false
    }
    written += Int64(bytes.count)
    return true
  }

  func fail(_ failure: Failure) { self.failure = failure }

  var isOpen: Bool { descriptor != nil }

  /// Gives it its name; what went wrong, if anything did.
  func finish() -> Failure? {
    if let failure { return failure }
    if let expected, expected != written {
      return Failure(.transfer, "the answer has \(written) bytes where \(expected) were promised")
    }
    guard let descriptor, descriptor.sync() == nil, mode.map({ fchmod(descriptor.number, $0) == 0 }) ?? true else {
      return unwritable(.last)
    }
    if let failure = rename() { return failure }
    unsafe unlink(note)
    return nil
  }

  private func rename() -> Failure? {
    // A second name is refused where a file has appeared meanwhile; not every file system knows second names.
    if keeps, unsafe link(part, path) == 0 {
      unsafe unlink(part)
      return nil
    }
    if keeps, errno == EEXIST {
      return Failure(.argument, "a file \(path) has appeared meanwhile, and it is to be kept; see \(part)")
    }
    return unsafe Glibc.rename(part, path) == 0 ? nil : unwritable(.last)
  }

  private func unwritable(_ error: SystemError) -> Failure {
    Failure(.store, "\(path) cannot be written: \(error.text)")
  }
}
