// PartialFile.swift - the file of a download while it is written (PATH.part), and the note beside it that says what it
// is a part of (PATH.part.json). It replaces nothing but a regular file, never continues what another user has put
// there, and is whole only when every byte that was promised is there, and not one more.

internal import DamCore
internal import Glibc

final class PartialFile {
  private let path: String
  /// Whether a file that exists already is kept, and the download fails instead.
  private let keeps: Bool
  private var part: String { path + ".part" }
  private var note: String { path + ".part.json" }
  /// The permissions of the file that is to be replaced; nil: there is none.
  private let mode: mode_t?
  /// The open PATH.part; nil before `open`.
  private var descriptor: Descriptor?
  /// How many bytes there will be at the end of this response, and at the end of the whole; nil: the server did not
  /// say.
  private var end: Int64?
  private var total: Int64?
  /// How many bytes are there, those of an earlier download included.
  private var written: Int64 = 0
  /// How many of them an earlier download has left.
  private(set) var base: Int64 = 0
  /// What went wrong while the response arrived; it is the download's result.
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

  /// Forgets what an earlier download has left.
  func discard() {
    unsafe unlink(part)
    unsafe unlink(note)
  }

  /// What an earlier download has left, and which version of the file it is a part of.
  struct Beginning {
    let size: Int64
    let validator: Validator
    /// nil: the server had not said.
    let total: Int64?
  }

  /// What is there of `target`; nil: nothing that can be continued.
  func resumable(_ target: String) -> Beginning? {
    guard case .success(let file) = Descriptor.open(note, O_RDONLY | O_NONBLOCK),
      file.objection(note, closed: 0) == nil,
      case .success(let bytes) = file.readAll(limit: 131_072),
      let json = JSONValue.parse(bytes), json["target"]?.text == target,
      let validator = json["validator"]?.text.flatMap({ Validator($0) }),
      case .success(let partial) = Descriptor.open(part, O_RDONLY | O_NONBLOCK),
      partial.objection(part, closed: 0) == nil,
      let size = partial.status.map({ Int64(clamping: $0.st_size) }), size > 0
    else { return nil }
    return Beginning(size: size, validator: validator, total: json["size"]?.integer)
  }

  /// Opens PATH.part for the bytes from `base` on; 0: from the beginning. `note`: what to write down beside it; nil:
  /// the note is there already.
  func open(at base: Int64, upTo end: Int64?, of total: Int64?, note whose: (target: String, validator: Validator?)?) {
    // Non-blocking: a pipe of this name must not be waited for, and is refused below.
    let flags = O_WRONLY | O_CREAT | O_NONBLOCK | (base > 0 ? O_APPEND : 0)
    // Not even for a moment may anybody read the new file who may not read the old one.
    switch Descriptor.open(part, flags, mode: mode == nil ? 0o666 : 0o600) {
    case .failure(let error): fail(unwritable(error))
    case .success(let opened):
      if let objection = opened.objection(part, closed: 0) { return fail(Failure(.store, objection)) }
      // Emptied only now: before the check it was not known to be ours.
      if base == 0, ftruncate(opened.number, 0) != 0 { return fail(unwritable(.last)) }
      guard base == 0 || opened.status.map({ Int64(clamping: $0.st_size) }) == base else {
        return fail(Failure(.store, "\(part) is being written by another download"))
      }
      // An earlier download may have left it open to more users.
      if mode != nil, fchmod(opened.number, 0o600) != 0 { return fail(unwritable(.last)) }
      descriptor = opened
      self.base = base
      written = base
      self.end = end
      self.total = total
      if let whose { noteDown(whose.target, whose.validator) }
    }
  }

  /// Writes the note. Without a validator there is none and nothing can be continued: nobody could tell two versions
  /// apart.
  private func noteDown(_ target: String, _ validator: Validator?) {
    unsafe unlink(note)
    guard let validator,
      case .success(let file) = Descriptor.open(note, O_WRONLY | O_CREAT | O_EXCL, mode: mode == nil ? 0o666 : 0o600)
    else { return }
    var members: [String: JSONValue] = ["target": .string(target), "validator": .string(validator.text)]
    members["size"] = total.map { .integer($0) }
    _ = file.writeAll(JSONValue.object(members).encoded())
  }

  /// Writes bytes of the response; false to end the transfer.
  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard failure == nil, let descriptor else { return false }
    let after = written.plus(Int64(clamping: bytes.count))
    if let end, after > end {
      fail(Failure(.protocolViolation, "the server sends more bytes than the \(end) it has promised"))
      return false
    }
    if let error = unsafe descriptor.writeAll(bytes) {
      fail(unwritable(error))
      return false
    }
    written = after
    return true
  }

  func fail(_ failure: Failure) { self.failure = failure }

  var isOpen: Bool { descriptor != nil }

  /// Gives the file its name, once all of it is there and on disk. Returns what went wrong, if anything did.
  func finish() -> Failure? {
    if let failure { return failure }
    if let total, total != written {
      return Failure(.transfer, "there are \(written) bytes where \(total) were promised")
    }
    guard let descriptor, descriptor.sync() == nil, mode.map({ fchmod(descriptor.number, $0) == 0 }) ?? true else {
      return unwritable(.last)
    }
    if let failure = rename() { return failure }
    unsafe unlink(note)
    return nil
  }

  private func rename() -> Failure? {
    // link() fails where a file of this name has appeared meanwhile. Not every file system has it: then rename() must
    // do.
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
