// CurlHandle.swift - one libcurl easy handle: the only file that names curl, and the only owner of its pointers.
// libcurl moves bytes. Its cookie engine, netrc, redirects and Referer stay off; every option is set anew for every
// request, so that nothing of one request can leak into the next. It refuses to decide what an answer means.

internal import CCurl
internal import CLinux
internal import DamCore
internal import Glibc

/// What a transfer needs to know besides the request.
struct TransferLimits: Sendable {
  var timeoutMilliseconds: Int64
  var connectTimeoutMilliseconds: Int64
  var responseLimit: Int64
  var caFile: String
}

/// A transfer that ended early, with what had arrived.
struct Broken: Error, Sendable {
  var failure: Failure
  /// nil: no answer had begun, or its headers were not complete.
  var head: Received?
}

/// A finished transfer.
struct Received: Sendable {
  var status: Int32
  var headers: HeaderBlock
  var body: Buffer
}

@safe final class CurlHandle {
  private let easy: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>

  private static let isReady = dam_curl_global_init() == CURLE_OK

  init?() {
    guard CurlHandle.isReady, let easy = unsafe curl_easy_init() else { return nil }
    unsafe self.easy = easy
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    // Closing a TLS connection writes too; the host must not get a SIGPIPE for it.
    let pipe = dam_pipe_guard_enter()
    unsafe curl_easy_cleanup(easy)
    dam_pipe_guard_leave(pipe)
    unsafe errorText.deallocate()
  }

  /// Sends a request and waits. `body` is the host's, for `.host` bodies.
  func perform(_ request: WireRequest, body: Span<UInt8>?, _ limits: TransferLimits) -> Result<Received, Broken> {
    unsafe curl_easy_reset(easy)
    let sink = Sink(limit: limits.responseLimit)
    let lines = HeaderLines(request)
    let url = CurlHandle.url(request)
    return withExtendedLifetime((sink, lines, url)) {
      setConstants(sink, lines, limits)
      url.withBytes { bytes in
        _ = unsafe dam_curl_set_text(easy, CURLOPT_URL, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
      }
      switch request.body {
      case .none:
        return unsafe send(request.method, nil, sink)
      case .secret(let secret):
        return secret.withBytes { bytes in unsafe send(request.method, bytes, sink) }
      case .host:
        guard let body else { return unsafe send(request.method, nil, sink) }
        return unsafe body.withUnsafeBytes { bytes in unsafe send(request.method, bytes, sink) }
      }
    }
  }

  private func send(_ method: String, _ body: UnsafeRawBufferPointer?, _ sink: Sink) -> Result<Received, Broken> {
    let source = unsafe body.map { unsafe Source($0) }
    let code = withExtendedLifetime(source) {
      setMethod(method, source)
      let pipe = dam_pipe_guard_enter()
      defer { dam_pipe_guard_leave(pipe) }
      return unsafe curl_easy_perform(easy)
    }
    guard code == CURLE_OK else { return .failure(Broken(failure: failure(code, sink), head: sink.head)) }
    var status = 0
    _ = unsafe dam_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
    return .success(Received(status: Int32(clamping: status), headers: sink.headers, body: sink.body))
  }

  private func setConstants(_ sink: Sink, _ lines: HeaderLines, _ limits: TransferLimits) {
    let pointer = unsafe Unmanaged.passUnretained(sink).toOpaque()
    unsafe errorText.pointee = 0
    for (option, value) in [
      (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_PATH_AS_IS, 1), (CURLOPT_NETRC, 0),
      (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
      (CURLOPT_TIMEOUT_MS, Int(limits.timeoutMilliseconds)),
      (CURLOPT_CONNECTTIMEOUT_MS, Int(limits.connectTimeoutMilliseconds)),
    ] { _ = unsafe dam_curl_set_long(easy, option, value) }
    _ = unsafe dam_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    _ = unsafe dam_curl_set_text(easy, CURLOPT_USERAGENT, "damsession/\(Version.text)")
    if !limits.caFile.isEmpty {
      _ = unsafe dam_curl_set_text(easy, CURLOPT_CAINFO, limits.caFile)
      _ = unsafe dam_curl_set_text(easy, CURLOPT_CAPATH, nil)
    }
    _ = unsafe dam_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
    _ = unsafe dam_curl_set_pointer(easy, CURLOPT_WRITEDATA, pointer)
    _ = unsafe dam_curl_set_pointer(easy, CURLOPT_HEADERDATA, pointer)
    _ = unsafe dam_curl_set_bytes(easy, CURLOPT_WRITEFUNCTION, takeBody)
    _ = unsafe dam_curl_set_bytes(easy, CURLOPT_HEADERFUNCTION, takeHeader)
    _ = unsafe dam_curl_set_list(easy, CURLOPT_HTTPHEADER, lines.first)
  }

  /// A body is read through a callback that cannot go back: libcurl sends a request again by itself when a reused
  /// connection turns out to be dead, and a second POST is a second upload or a second device token. Without a way back
  /// it fails instead.
  private func setMethod(_ method: String, _ body: Source?) {
    if method == "HEAD" {
      _ = unsafe dam_curl_set_long(easy, CURLOPT_NOBODY, 1)
      return
    }
    if let body {
      _ = unsafe dam_curl_set_long(easy, CURLOPT_POST, 1)
      _ = unsafe dam_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, Int(clamping: body.size))
      _ = unsafe dam_curl_set_bytes(easy, CURLOPT_READFUNCTION, giveBody)
      _ = unsafe dam_curl_set_pointer(easy, CURLOPT_READDATA, Unmanaged.passUnretained(body).toOpaque())
    } else if ["POST", "PUT", "PATCH"].contains(method) {
      // An absent body is an empty one here: servers want a Content-Length.
      _ = unsafe dam_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, 0)
      _ = unsafe dam_curl_set_pointer(easy, CURLOPT_POSTFIELDS, errorText)
    }
    let isSafeToRepeat = ["GET", "PUT", "DELETE", "OPTIONS"].contains(method)
    if !isSafeToRepeat, (body?.size ?? 0) == 0 { _ = unsafe dam_curl_set_long(easy, CURLOPT_FRESH_CONNECT, 1) }
    _ = unsafe dam_curl_set_text(easy, CURLOPT_CUSTOMREQUEST, method)
  }

  /// The URL, NUL-terminated, with the secret part of its query; wiped after use.
  private static func url(_ request: WireRequest) -> Secret {
    var bytes = Array((request.origin.text + request.target).utf8)
    if let query = request.secretQuery {
      bytes.append(request.target.contains("?") ? 0x26 : 0x3F)
      bytes += query.reveal()
    }
    return Secret(bytes + [0])
  }

  private func failure(_ code: CURLcode, _ sink: Sink) -> Failure {
    if sink.isTooLarge { return Failure(.tooLarge, "the answer is larger than \"response-limit\" allows") }
    let detail = unsafe String(validatingCString: errorText) ?? ""
    let reason = detail.isEmpty ? unsafe String(validatingCString: curl_easy_strerror(code)) ?? "" : detail
    let status = sink.status
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT:
      return Failure(.connect, "the server cannot be reached: \(reason)")
    case CURLE_OPERATION_TIMEDOUT:
      return Failure(.timeout, "the time ran out: \(reason)")
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS:
      return Failure(.tls, "the connection is not safe: \(reason) (\"ca-file\" names other certificates to trust)")
    case CURLE_OUT_OF_MEMORY:
      return Failure(.tooLarge, "the answer has a header line that is too long to be one", httpStatus: status)
    case CURLE_SEND_FAIL_REWIND:
      return Failure(
        .transfer, "the connection broke before the answer began; the server may or may not have acted on the request")
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
      return Failure(.protocolViolation, "the server does not speak HTTP as it should: \(reason)", httpStatus: status)
    default:
      return Failure(.transfer, "the connection broke before the answer was whole: \(reason)", httpStatus: status)
    }
  }
}

/// The request's header lines as libcurl wants them. libcurl keeps its copies until they are freed.
@safe private final class HeaderLines {
  private(set) var first: UnsafeMutablePointer<curl_slist>?

  init(_ request: WireRequest) {
    // An empty value is written "Name;", else libcurl takes the line for a removal.
    for (name, value) in request.headers { add(Secret(value.isEmpty ? "\(name);" : "\(name): \(value)")) }
    for (name, value) in request.secretHeaders { add(Secret(Array("\(name): ".utf8) + value.reveal())) }
    // libcurl would wait a second for a "100 Continue" that these servers never send.
    add(Secret("Expect:"))
    if case .none = request.body { add(Secret("Content-Type:")) }
    if case .secret = request.body { add(Secret("Content-Type: application/x-www-form-urlencoded")) }
  }

  private func add(_ line: Secret) {
    Secret(line.reveal() + [0]).withBytes { bytes in
      if let longer = unsafe curl_slist_append(first, bytes.baseAddress?.assumingMemoryBound(to: CChar.self)) {
        unsafe first = longer
      }
    }
  }

  deinit { unsafe curl_slist_free_all(first) }
}

/// Where an answer's bytes go while it arrives.
private final class Sink {
  var headers = HeaderBlock()
  var status: Int32 = 0
  let body = Buffer()
  var isTooLarge = false
  /// The answer as far as it came, once its headers are complete.
  var head: Received? { isHeadComplete ? Received(status: status, headers: headers, body: body) : nil }
  private var isHeadComplete = false
  private let limit: Int64
  private static let longestHeaders = 1 << 20

  init(limit: Int64) { self.limit = limit }

  func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    if unsafe line.starts(with: "HTTP/".utf8) {
      // A new header block: an interim answer or a proxy's came before it.
      headers = HeaderBlock()
      isHeadComplete = false
      let word = unsafe String(decoding: line.drop { $0 != 0x20 }.dropFirst().prefix(3), as: UTF8.self)
      status = Int32(word) ?? 0
      return true
    }
    guard unsafe line.contains(0x3A) else {
      isHeadComplete = status >= 200
      return true
    }
    unsafe headers.append(line)
    isTooLarge = headers.bytes.count > Sink.longestHeaders
    return !isTooLarge
  }

  func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    isTooLarge = Int64(body.count) + Int64(bytes.count) > limit
    if !isTooLarge { unsafe body.append(bytes) }
    return !isTooLarge
  }
}

/// Where a request's body comes from, once.
@safe private final class Source {
  private var rest: UnsafeRawBufferPointer.SubSequence
  let size: UInt64

  init(_ bytes: UnsafeRawBufferPointer) {
    unsafe rest = bytes[...]
    size = UInt64(bytes.count)
  }

  func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
    let part = unsafe rest.prefix(room.count)
    unsafe room.copyBytes(from: part)
    unsafe rest = rest.dropFirst(part.count)
    return unsafe part.count
  }
}

private let giveBody: dam_curl_bytes = { room, size, count, user in
  guard let user = unsafe user else { return 0 }
  let source = unsafe Unmanaged<Source>.fromOpaque(user).takeUnretainedValue()
  return unsafe source.give(UnsafeMutableRawBufferPointer(start: room, count: size * count))
}

private let takeHeader: dam_curl_bytes = { bytes, size, count, user in
  guard let user = unsafe user else { return 0 }
  let sink = unsafe Unmanaged<Sink>.fromOpaque(user).takeUnretainedValue()
  return unsafe sink.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private let takeBody: dam_curl_bytes = { bytes, size, count, user in
  guard let user = unsafe user else { return 0 }
  let sink = unsafe Unmanaged<Sink>.fromOpaque(user).takeUnretainedValue()
  return unsafe sink.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}
