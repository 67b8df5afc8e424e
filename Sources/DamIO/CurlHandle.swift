// CurlHandle.swift - one libcurl easy handle: with CurlMulti, CurlHooks, IdleConnections and Form all that names curl,
// and owns its pointers. libcurl moves bytes. Its cookie engine, netrc, redirects and Referer stay off; every option
// is set anew for every request, so that nothing of one request can leak into the next.

internal import CCurl
internal import DamCore
internal import Glibc

@safe final class CurlHandle {
  let easy: UnsafeMutableRawPointer
  var address: Int { unsafe Int(bitPattern: easy) }
  /// Where it is in the list of its multi handle; nil: it is in none.
  var place: Int?
  /// How the transfer ended; nil while it is under way.
  var result: CURLcode?
  let errorText: UnsafeMutablePointer<CChar>
  private var lines: HeaderLines?
  private var hooks: Hooks?
  private var form: FormInTransit?
  private let sessions: TLSSessions?
  private var isForLogin = false
  /// How long the transfer may take in all, in milliseconds; 0: no limit.
  private(set) var allowed: Int64 = 0
  /// Who has said so.
  private(set) var allowedBy = ""

  private static let isReady = dam_curl_global_init() == CURLE_OK

  /// Starts libcurl before any thread can fork in the middle of it.
  static func prepareLibrary() { _ = isReady }

  /// Older than 7.80.0 it asks nobody before it sends (CURLOPT_PREREQFUNCTION), and would send again what must not be,
  /// and on connections with something unread. It would say so only where nothing can be done about it any more.
  static func expectNewEnough() throws(Failure) {
    let found = dam_curl_version()
    guard found < 0x07_50_00 else { return }
    let text = "\(found >> 16).\(found >> 8 & 0xff).\(found & 0xff)"
    throw Failure(.notSupported, "the system's libcurl \(text) is too old: 7.80.0 or later is needed")
  }

  /// libcurl 7.84.0 to 8.0.1 keeps a pointer to a header line of one transfer into the next one, also when it is reset,
  /// and uses it where that response's first line is folded (curl issue 11101): there a handle has one transfer.
  static let isReusable = !(0x07_54_00..<0x08_01_00).contains(dam_curl_version())

  /// `sessions`: where it finds TLS sessions to resume, and leaves its own; nil: it keeps them.
  init?(_ sessions: TLSSessions?) {
    guard CurlHandle.isReady, let easy = unsafe curl_easy_init() else { return nil }
    unsafe self.easy = easy
    self.sessions = sessions
    if let sessions { _ = unsafe dam_curl_set_pointer(easy, CURLOPT_SHARE, sessions.share) }
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    // Else libcurl would change what SIGPIPE does in the whole process.
    set(CURLOPT_NOSIGNAL, 1)
    withoutPipeSignal { unsafe curl_easy_cleanup(easy) }
    unsafe errorText.deallocate()
  }

  /// The one that is about this handle of libcurl's, which is how libcurl names it.
  static func behind(_ easy: UnsafeMutableRawPointer) -> CurlHandle? {
    unsafe dam_curl_get_private(easy).map { unsafe Unmanaged<CurlHandle>.fromOpaque($0).takeUnretainedValue() }
  }

  /// From now on libcurl's callbacks do nothing: nobody wants to hear of the transfer any more.
  func silence() { hooks?.isOver = true }

  /// Whether it may have another transfer: after one that failed, libcurl has been found to keep more than it should
  /// (curl issue 18206), and a new handle is cheap beside a new connection.
  var isGood: Bool { CurlHandle.isReusable && result == CURLE_OK }

  /// Between requests nothing of the last one is kept: neither its secrets nor its response.
  func rest() {
    if isGood { unsafe curl_easy_reset(easy) }
    lines = nil
    hooks = nil
    form = nil
  }

  // MARK: Preparing

  func prepare(_ request: WireRequest, _ hooks: Hooks, _ limits: TransferLimits) {
    result = nil
    isForLogin = request.isLogin
    let lines = HeaderLines(request, hooks.source)
    self.lines = lines
    self.hooks = hooks
    unsafe errorText.pointee = 0
    request.url.withText { text in _ = unsafe dam_curl_set_text(easy, CURLOPT_URL, text) }
    setManners(request, limits)
    setNetwork(limits.transport, isOwn: request.origin == limits.origin, isPlain: !request.origin.isSecure)
    if limits.isCompressible { set(CURLOPT_ACCEPT_ENCODING, "") }
    _ = unsafe dam_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
    _ = unsafe dam_curl_set_pointer(easy, CURLOPT_PRIVATE, Unmanaged.passUnretained(self).toOpaque())
    unsafe hooks.install(easy)
    _ = unsafe dam_curl_set_list(easy, CURLOPT_HTTPHEADER, lines.first)
    setMethod(request, hooks.source)
  }

  /// The body is a form instead of a source.
  func attach(_ form: Form) {
    guard let transit = unsafe FormInTransit(form, easy) else { return }
    self.form = transit
    _ = unsafe dam_curl_set_pointer(easy, CURLOPT_MIMEPOST, UnsafeRawPointer(transit.mime))
  }

  /// A login has a connection of its own, which is of no use after it.
  func closeAfterLogin() { if isForLogin { set(CURLOPT_FORBID_REUSE, 1) } }

  /// `idle`: the connections of the multi handle that it is about to be added to.
  func choose(among idle: IdleConnections) { hooks?.idle = idle }

  var formHasChanged: Bool { form?.hasChanged ?? false }

  private func setManners(_ request: WireRequest, _ limits: TransferLimits) {
    let transport = limits.transport
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_PATH_AS_IS, 1)
    set(CURLOPT_NETRC, 0)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    allowed = limits.timeout
    allowedBy = limits.timeoutBy
    set(CURLOPT_TIMEOUT_MS, Int(limits.timeout))
    set(CURLOPT_CONNECTTIMEOUT_MS, Int(transport.connectTimeout) * 1000)
    if transport.idleTimeout > 0 {
      set(CURLOPT_LOW_SPEED_LIMIT, 1)
      set(CURLOPT_LOW_SPEED_TIME, Int(transport.idleTimeout))
    }
    // Else ending a transfer would wait until the lookup of its host's name is over.
    set(CURLOPT_QUICK_EXIT, 1)
    // With a limit libcurl refuses a Content-Length that no number can hold; without, it takes it for unknown.
    _ = unsafe dam_curl_set_size(easy, CURLOPT_MAXFILESIZE_LARGE, .max)
    if limits.isStream { set(CURLOPT_BUFFERSIZE, 128 << 10) }
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_USERAGENT, "damsession/\(Version.text)")
  }

  private func setNetwork(_ transport: Transport, isOwn: Bool, isPlain: Bool) {
    set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    set(CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    if !transport.caFile.isEmpty {
      set(CURLOPT_CAINFO, transport.caFile)
      set(CURLOPT_CAPATH, nil)
    }
    // Certificate and key are for the session's server alone, and only its public key was pinned.
    if isOwn {
      if !transport.clientCertificate.isEmpty { set(CURLOPT_SSLCERT, transport.clientCertificate) }
      if !transport.clientKey.isEmpty { set(CURLOPT_SSLKEY, transport.clientKey) }
      if !transport.pinnedKey.isEmpty { set(CURLOPT_PINNEDPUBLICKEY, transport.pinnedKey) }
      if !transport.unixSocket.isEmpty { set(CURLOPT_UNIX_SOCKET_PATH, transport.unixSocket) }
    }
    setProxy(transport, stays: isOwn && isPlain)
    switch transport.ipVersion {
    case .any: break
    case .four: set(CURLOPT_IPRESOLVE, Int(CURL_IPRESOLVE_V4))
    case .six: set(CURLOPT_IPRESOLVE, Int(CURL_IPRESOLVE_V6))
    }
    if transport.newestHTTP == .oneOne { set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)) }
  }

  /// An empty proxy is libcurl's word for none; left alone, the environment decides. `stays`: what goes over plain HTTP
  /// never leaves this machine.
  private func setProxy(_ transport: Transport, stays: Bool) {
    switch transport.proxy {
    case _ where stays, .none: set(CURLOPT_PROXY, "")
    case .environment: break
    case .address(let address): set(CURLOPT_PROXY, address)
    }
    if !transport.caFile.isEmpty { set(CURLOPT_PROXY_CAINFO, transport.caFile) }
  }

  /// A body is read through a callback that cannot go back: libcurl sends a request again by itself when a reused
  /// connection turns out to be dead, and a second POST is a second upload or a second device token. Without a way back
  /// it fails instead. Where there is no body to go back in, `Hooks.isSentOnce` refuses the second time.
  private func setMethod(_ request: WireRequest, _ body: OutgoingBody?) {
    let method = request.method
    if method == "HEAD" {
      set(CURLOPT_NOBODY, 1)
      return
    }
    if let body {
      set(CURLOPT_POST, 1)
      // -1 is libcurl's word for "chunked".
      let size = body.description.size.map { Int(clamping: $0) } ?? -1
      _ = unsafe dam_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, size)
    } else if method == "POST" || method == "PUT" || method == "PATCH" {
      // An absent body is an empty one here: servers want a Content-Length.
      _ = unsafe dam_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, 0)
      _ = unsafe dam_curl_set_pointer(easy, CURLOPT_POSTFIELDS, errorText)
    }
    // A login must not fail because another request's connection is dead.
    if request.isLogin { set(CURLOPT_FRESH_CONNECT, 1) }
    set(CURLOPT_CUSTOMREQUEST, method)
  }

  private func set(_ option: CURLoption, _ value: Int) { _ = unsafe dam_curl_set_long(easy, option, value) }

  private func set(_ option: CURLoption, _ value: String?) {
    if let value {
      _ = unsafe dam_curl_set_text(easy, option, value)
    } else {
      _ = unsafe dam_curl_set_text(easy, option, nil)
    }
  }

  // MARK: Its connection

  /// Whether it ended because its connection was unclean, and can have a new one: nothing was sent yet, or no body.
  var wantsAnother: Bool {
    guard result == CURLE_ABORTED_BY_CALLBACK, let hooks, hooks.isRefused else { return false }
    return !hooks.hasBegun || (hooks.source == nil && form == nil)
  }

  /// The local end of its connection; 0: it has none, or no port.
  var port: Int { number(CURLINFO_LOCAL_PORT) }

  /// The version of HTTP of its response (CURL_HTTP_VERSION_...); 0: there was none.
  var version: Int { number(CURLINFO_HTTP_VERSION) }

  /// The socket of a connection that is kept.
  var keptSocket: Int32? {
    var socket = CURL_SOCKET_BAD
    _ = unsafe dam_curl_get_socket(easy, CURLINFO_ACTIVESOCKET, &socket)
    return socket == CURL_SOCKET_BAD ? nil : socket
  }

  /// Whether its connection may be dead, or busy for ever: the request went out and did not end well.
  var leavesDoubt: Bool { hasBegun && result != CURLE_OK }

  /// Whether something of the request may have been sent.
  var hasBegun: Bool { hooks?.hasBegun == true }

  func beginAnew() {
    result = nil
    hooks?.beginAnew()
    unsafe errorText.pointee = 0
    set(CURLOPT_FRESH_CONNECT, 1)
  }

  func number(_ info: CURLINFO) -> Int {
    var value = 0
    _ = unsafe dam_curl_get_long(easy, info, &value)
    return value
  }

  // MARK: Under way

  /// After a pause: lets the bytes come that waited.
  func resume() { _ = unsafe curl_easy_pause(easy, CURLPAUSE_CONT) }
}
