// Form.swift - a multipart/form-data body as libcurl's MIME engine takes it: fields in memory, files read while they
// are sent. libcurl writes the boundaries and escapes names. What is ours is that a file is sent as it was when it was
// added: one that changes in between fails the request.

internal import CCurl
package import DamCore
internal import Glibc

/// The parts of a form; a value that is never changed, so that requests can share it.
package final class Form: Sendable {
  enum Content: Sendable {
    case bytes([UInt8])
    /// `size`: as it was when the file was added.
    case file(path: String, size: Int64)
  }

  struct Part: Sendable {
    let name: String
    let fileName: String?
    let contentType: String?
    let content: Content
  }

  let parts: [Part]
  /// Of the contents alone, without boundaries and part headers.
  private let size: UInt64

  package init() {
    parts = []
    size = 0
  }

  /// What the engine must know of the body.
  package var description: CallerRequest.Body {
    var body = CallerRequest.Body(isPresent: true, size: size, canRewind: true)
    body.isForm = true
    return body
  }

  /// Refuses more than libcurl can count: nobody uploads that, but sparse files can claim it.
  private init(_ form: Form, and part: Part) throws(Failure) {
    size = form.size.plus(UInt64(clamping: PartSource(part.content).size))
    guard size < UInt64(clamping: Int64.max) else {
      throw Failure(.argument, "the form's files are larger than any request can be")
    }
    parts = form.parts + [part]
  }

  package func adding(
    _ name: String, _ bytes: [UInt8], fileName: String?, contentType: String?
  ) throws(Failure) -> Form {
    try Form.check(name, fileName, contentType)
    return try Form(
      self, and: Part(name: name, fileName: fileName, contentType: contentType, content: .bytes(bytes)))
  }

  package func adding(
    _ name: String, file path: String, fileName: String?, contentType: String?
  ) throws(Failure) -> Form {
    let told = fileName ?? path.split(separator: "/").last.map(String.init) ?? "file"
    try Form.check(name, told, contentType)
    guard case .success(let descriptor) = Descriptor.open(path, O_RDONLY | O_NONBLOCK, followsLinks: true),
      let status = descriptor.status,
      status.st_mode & S_IFMT == S_IFREG
    else { throw Failure(.argument, "\(path) cannot be read, or is not a file") }
    let content = Content.file(path: path, size: Int64(clamping: status.st_size))
    return try Form(
      self,
      and: Part(name: name, fileName: told, contentType: contentType ?? "application/octet-stream", content: content))
  }

  private static func check(_ name: String, _ fileName: String?, _ contentType: String?) throws(Failure) {
    for (text, what) in [(name, "name"), (fileName ?? "", "file_name"), (contentType ?? "", "content_type")]
    where text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      throw Failure(.argument, "\(what) holds a line end or another control character")
    }
  }
}

/// A form in one request. It must live as long as the transfer, since libcurl reads from it.
@safe final class FormInTransit {
  let mime: OpaquePointer
  private let sources: [PartSource]

  init?(_ form: Form, _ easy: UnsafeMutableRawPointer) {
    guard let mime = unsafe curl_mime_init(easy) else { return nil }
    unsafe self.mime = mime
    sources = form.parts.map { PartSource($0.content) }
    for (part, source) in zip(form.parts, sources) {
      guard let added = unsafe curl_mime_addpart(mime) else { continue }
      unsafe curl_mime_name(added, part.name)
      if let name = part.fileName { unsafe curl_mime_filename(added, name) }
      if let type = part.contentType { unsafe curl_mime_type(added, type) }
      // No seek function: a request with a form must not be repeated by libcurl without our knowing (see
      // CurlHandle.setMethod).
      let user = unsafe Unmanaged.passUnretained(source).toOpaque()
      unsafe curl_mime_data_cb(added, curl_off_t(clamping: source.size), readPart, nil, nil, user)
    }
  }

  deinit { unsafe curl_mime_free(mime) }

  /// Whether a file turned out to differ from when it was added.
  var hasChanged: Bool { sources.contains { $0.hasChanged } }
}

/// What libcurl reads one part from.
private final class PartSource {
  let size: Int64
  private let content: Form.Content
  private var offset = 0
  private var descriptor: Descriptor?
  private(set) var hasChanged = false

  init(_ content: Form.Content) {
    self.content = content
    switch content {
    case .bytes(let bytes): size = Int64(clamping: bytes.count)
    case .file(_, let known): size = known
    }
  }

  func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
    switch content {
    case .bytes(let bytes):
      return unsafe bytes.withUnsafeBytes { unsafe $0.give(room, &offset) }
    case .file(let path, _):
      return unsafe giveFile(path, room)
    }
  }

  /// Opens the file at the first read. A file that has not the size that was announced to the server ends the transfer.
  private func giveFile(_ path: String, _ room: UnsafeMutableRawBufferPointer) -> Int {
    if descriptor == nil, case .success(let opened) = Descriptor.open(path, O_RDONLY | O_NONBLOCK, followsLinks: true) {
      descriptor = opened
      hasChanged = opened.status.map { Int64(clamping: $0.st_size) } != size
    }
    guard let descriptor, !hasChanged else {
      hasChanged = true
      return Int(CURL_READFUNC_ABORT)
    }
    let count = retrying { unsafe read(descriptor.number, room.baseAddress, room.count) }
    offset = offset.plus(max(0, count))
    hasChanged = count < 0 || offset > size || (count == 0 && offset < size)
    return hasChanged ? Int(CURL_READFUNC_ABORT) : count
  }
}

private let readPart: curl_read_callback = { room, size, count, user in
  guard let user = unsafe user else { return 0 }
  let source = unsafe Unmanaged<PartSource>.fromOpaque(user).takeUnretainedValue()
  return unsafe source.give(UnsafeMutableRawBufferPointer(start: room, count: size.times(count)))
}
