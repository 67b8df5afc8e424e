// PartialFile.swift - the file of a download while it is written, and the note beside it that says whose it is. It
// takes the place of nothing but a file, never goes on with what another user has put there, and is whole only when
// every byte that was promised is there, and not one more.

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
  /// How many bytes there will be when this response is over, and how many make the whole; nil: nobody has said.
  private var end: Int64?
  private var total: Int64?
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

  /// What is there of a thing, and which version of it.
  struct Beginning {
    let size: Int64
    let validator: Validator
    /// nil: the server had not said.
    let total: Int64?
  }

  /// How much of `target` is there.
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

  /// `at` 0: from the beginning. `note`: the target and the validator to write down.
  func open(at base: Int64, upTo end: Int64?, of total: Int64?, note whose: (target: String, validator: Validator?)?) {
    // Whatever has this name and is no file is in the way, and not to be waited for.
    let flags = O_WRONLY | O_CREAT | O_NONBLOCK | (base > 0 ? O_APPEND : 0)
    // Nobody is to read the new file who may not read the old one, not for a moment.
    switch Descriptor.open(part, flags, mode: mode == nil ? 0o666 : 0o600) {
    case .failure(let error): fail(unwritable(error))
    case .success(let opened):
      if let objection = opened.objection(part, closed: 0) { return fail(Failure(.store, objection)) }
      // Emptied only now that it is known to be ours.
      if base == 0, ftruncate(opened.number, 0) != 0 { return fail(unwritable(.last)) }
      guard base == 0 || opened.status.map({ Int64(clamping: $0.st_size) }) == base else {
        return fail(Failure(.store, "\(part) is being written by another download"))
      }
      // What an earlier time has left may be open to more.
      if mode != nil, fchmod(opened.number, 0o600) != 0 { return fail(unwritable(.last)) }
      descriptor = opened
      self.base = base
      written = base
      self.end = end
      self.total = total
      if let whose { noteDown(whose.target, whose.validator) }
    }
  }

  /// Without a validator there is no going on: nobody could tell two versions apart.
  private func noteDown(_ target: String, _ validator: Validator?) {
    unsafe unlink(note)
    guard let validator,
      case .success(let file) = Descriptor.open(note, O_WRONLY | O_CREAT | O_EXCL, mode: mode == nil ? 0o666 : 0o600)
    else { return }
    var members: [String: JSONValue] = ["target": .string(target), "validator": .string(validator.text)]
    members["size"] = total.map { .integer($0) }
    _ = file.writeAll(JSONValue.object(members).encoded())
  }

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

  /// Gives it its name; what went wrong, if anything did.
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
