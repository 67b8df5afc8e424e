// PartialFile.swift - the file of a download while it is written (PATH.part), and the note beside it that says what it
// is a part of (PATH.part.json). It replaces nothing but a regular file, never continues what another user has put
// there, and is whole only when every byte that was promised is there, and not one more.
//
// Two downloads to one place, of this process or of two, would mix their bytes. So whoever writes PATH.part holds a
// lock on it from before the first byte until it has its name, and touches neither file without. A file system that has
// no locks does without them.

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
    mode = isThere ? there.st_mode & 0o777 : nil
    if keeps, let kept { throw kept }
  }

  /// What an earlier download has left, and which version of the file it is a part of.
  struct Beginning: Equatable {
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

  /// Opens PATH.part for a response to the whole of `target`, from its first byte on.
  func open(_ target: String, _ validator: Validator?, size: Int64?) {
    guard let opened = openPart(O_CREAT) else { return }
    // Emptied only now: before the checks it was not known to be ours.
    guard ftruncate(opened.number, 0) == 0 else { return fail(unwritable(.last)) }
    begin(opened, at: 0, upTo: size, of: size)
    if failure == nil { noteDown(target, validator) }
  }

  /// Opens PATH.part for the rest of what an earlier download of `target` has left.
  func open(_ target: String, after beginning: Beginning, upTo end: Int64, of total: Int64) {
    guard let opened = openPart(O_APPEND) else { return }
    guard resumable(target) == beginning else { return fail(isBusy) }
    begin(opened, at: beginning.size, upTo: end, of: total)
  }

  private func begin(_ opened: Descriptor, at base: Int64, upTo end: Int64?, of total: Int64?) {
    // An earlier download may have left it open to more users.
    if mode != nil, fchmod(opened.number, 0o600) != 0 { return fail(unwritable(.last)) }
    descriptor = opened
    self.base = base
    written = base
    self.end = end
    self.total = total
  }

  /// PATH.part, locked; nil after `fail`.
  private func openPart(_ more: Int32) -> Descriptor? {
    close()
    while true {
      // Non-blocking: a pipe of this name must not be waited for, and is refused below. And not even for a moment may
      // anybody read the new file who may not read the old one.
      switch Descriptor.open(part, O_WRONLY | O_NONBLOCK | more, mode: mode == nil ? 0o666 : 0o600) {
      case .failure(let error):
        fail(error.code == ENOENT && more & O_CREAT == 0 ? isBusy : unwritable(error, part))
        return nil
      case .success(let opened):
        if let objection = opened.objection(part, closed: 0) {
          fail(Failure(.store, objection))
          return nil
        }
        if flock(opened.number, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
          fail(isBusy)
          return nil
        }
        // Whoever held the lock until now may have given the file its name.
        guard isThere(opened) else { continue }
        if keeps, let failure = kept {
          if opened.status?.st_size == 0 { unsafe unlink(part) }
          fail(failure)
          return nil
        }
        return opened
      }
    }
  }

  private func isThere(_ opened: Descriptor) -> Bool {
    var there = stat()
    guard unsafe lstat(part, &there) == 0, let ours = opened.status else { return false }
    return there.st_dev == ours.st_dev && there.st_ino == ours.st_ino
  }

  private var isBusy: Failure { Failure(.locked, "\(part) is being written by another download") }

  /// Why nothing is written where a file is to be kept; nil: there is none.
  private var kept: Failure? {
    var there = stat()
    guard unsafe lstat(path, &there) == 0 else { return nil }
    return Failure(.argument, "there is a file \(path) already, and it is to be kept")
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

  /// Lets go of PATH.part. Unlocked by hand: a child of fork() may have the descriptor, too.
  func close() {
    if let descriptor { flock(descriptor.number, LOCK_UN) }
    descriptor = nil
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

  private func unwritable(_ error: SystemError, _ file: String? = nil) -> Failure {
    Failure(.store, "\(file ?? path) cannot be written: \(error.text)")
  }
}
