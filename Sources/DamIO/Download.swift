// Download.swift - a file that appears under its name only when it is whole, and can be gone on with after an interruption.
//
// PATH.part holds what has come so far, PATH.part.json whose it is: the request's target and the validator that the server
// gave. Going on asks for the rest with Range and If-Range, so that a changed thing comes whole. It refuses to mix two
// versions of a thing, and to let an error page or a login page near the file.

public import DamCore
internal import Glibc

public struct Download {
  public enum IfThere: Sendable {
    case replace
    case goOn
    case keep
  }

  private let path: String
  private var part: String { path + ".part" }
  private var note: String { path + ".part.json" }

  public init(_ path: String, _ ifThere: IfThere) throws(Failure) {
    guard !path.isEmpty, !path.hasSuffix("/") else { throw Failure(.argument, "path names no file") }
    self.path = path
    var there = stat()
    if unsafe lstat(path, &there) == 0, there.st_mode & S_IFMT != S_IFREG {
      throw Failure(.argument, "path is a folder, a link or a device; a download replaces files only")
    }
    if ifThere == .keep, unsafe access(path, F_OK) == 0 {
      throw Failure(.argument, "there is a file of this name already, and it is to be kept")
    }
    if ifThere != .goOn {
      unsafe unlink(part)
      unsafe unlink(note)
    }
  }

  /// What is there of `target`, and the headers that ask for the rest.
  private func resumption(_ target: String) -> (offset: Int64, headers: [(name: String, value: String)]) {
    guard case .success(let file) = Descriptor.open(note, O_RDONLY),
      case .success(let bytes) = file.readAll(limit: 65_536),
      let json = JSONValue.parse(bytes), json["target"]?.text == target, let validator = json["validator"]?.text,
      case .success(let partial) = Descriptor.open(part, O_RDONLY), let size = partial.status?.st_size, size > 0
    else { return (0, []) }
    return (Int64(size), [("Range", "bytes=\(size)-"), ("If-Range", validator)])
  }

  /// Runs the request into the file.
  public func run(_ session: Session, _ request: HostRequest, _ options: CallOptions) throws(Failure) -> Response {
    guard !Exchange.Goal.request(request).asksForRange else {
      throw Failure(.argument, "a download asks for ranges itself; remove the header Range")
    }
    let (offset, headers) = resumption(request.target)
    let asked = request.adding(headers)
    let file = Writer(self, request.target, offset)
    var options = options
    options.asIs = true
    options.onHead = { status, headers in file.begin(status, headers) }
    options.destination = unsafe .stream { bytes in unsafe file.take(bytes) ? .goOn : .stop }
    do {
      let response = try session.request(asked, options)
      if response.status == 416, offset > 0 {
        // All of it was there, or it has shrunk: from the beginning, once.
        unsafe unlink(part)
        unsafe unlink(note)
        return try run(session, request, options)
      }
      if (200..<300).contains(response.status) { try file.finish() }
      return response
    } catch {
      throw file.failure ?? error
    }
  }

  /// The file while it is written.
  private final class Writer {
    private let download: Download
    private let target: String
    private let offset: Int64
    private var descriptor: Descriptor?
    private var expected: Int64?
    private var written: Int64 = 0
    private(set) var failure: Failure?

    init(_ download: Download, _ target: String, _ offset: Int64) {
      self.download = download
      self.target = target
      self.offset = offset
    }

    /// The answer was judged and is to be written: what is it a part of?
    func begin(_ status: Int32, _ headers: HeaderBlock) {
      let goesOn = status == 206 && offset > 0 && headers.rangeStart == offset
      guard goesOn || status != 206 else {
        failure = Failure(
          .protocolViolation, "the server sends another part of the thing than was asked for", httpStatus: status)
        return
      }
      let flags = O_WRONLY | O_CREAT | (goesOn ? O_APPEND : O_TRUNC)
      switch Descriptor.open(download.part, flags, mode: 0o666) {
      case .failure(let error): failure = Failure(.store, "the file cannot be written: \(error.text)")
      case .success(let opened):
        descriptor = opened
        written = goesOn ? offset : 0
        expected = headers.length.map { $0 + written }
        if !goesOn { noteDown(headers.validator) }
      }
    }

    /// Without a validator there is no going on: nobody could tell two versions apart.
    private func noteDown(_ validator: String?) {
      unsafe unlink(download.note)
      guard let validator,
        case .success(let file) = Descriptor.open(download.note, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o666)
      else { return }
      let json = JSONValue.object(["target": .string(target), "validator": .string(validator)])
      _ = file.writeAll(json.encoded())
    }

    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
      guard failure == nil, let descriptor else { return false }
      if let error = unsafe descriptor.writeAll(bytes) {
        failure = Failure(.store, "the file cannot be written: \(error.text)")
        return false
      }
      written += Int64(bytes.count)
      return true
    }

    func finish() throws(Failure) {
      if let failure { throw failure }
      if let expected, expected != written {
        throw Failure(.transfer, "the answer has \(written) bytes where \(expected) were promised")
      }
      guard descriptor?.sync() == nil, unsafe rename(download.part, download.path) == 0 else {
        throw Failure(.store, "the file cannot be written: \(SystemError.last.text)")
      }
      unsafe unlink(download.note)
    }
  }
}

extension HeaderBlock {
  fileprivate var length: Int64? { first("content-length").flatMap { Int64(String(decoding: $0, as: UTF8.self)) } }

  /// Where the part begins: "bytes 100-199/200".
  fileprivate var rangeStart: Int64? {
    guard let value = first("content-range"), value.starts(with: "bytes ".utf8) else { return nil }
    return Int64(String(decoding: value.dropFirst(6).prefix { $0 != 0x2D }, as: UTF8.self))
  }

  /// A strong ETag, or the date; a weak ETag does not promise the same bytes (RFC 9110, 13.1.5).
  fileprivate var validator: String? {
    let tag = first("etag").map { String(decoding: $0, as: UTF8.self) }
    if let tag, !tag.hasPrefix("W/") { return tag }
    return first("last-modified").map { String(decoding: $0, as: UTF8.self) }
  }
}
