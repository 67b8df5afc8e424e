// CurlHooks.swift - what libcurl calls while it moves bytes: one object for each transfer, on the thread that runs the
// multi handle.

internal import CCurl
internal import DamCore

/// Everything that the callbacks of one transfer need. It must live as long as libcurl may call.
@safe final class Hooks {
  let sink: Sink
  let source: OutgoingBody?
  let progress: Progress?
  let cancellation: Cancellation
  /// The transfer was given up. libcurl calls even while the transfer is taken out of the multi handle.
  var isOver = false
  /// The idle connections that libcurl may choose from; nil: it makes a new one.
  var idle: IdleConnections?
  /// Whether libcurl chose a connection with something unread on it, so that the transfer ends before it began.
  private(set) var isRefused = false
  /// Whether the request was allowed to go out.
  private(set) var hasBegun = false
  private var easy: UnsafeMutableRawPointer?
  /// libcurl must not send it again by itself, whatever it thinks of the first time.
  var isSentOnce = false
  /// When the application last heard of progress (Clock.monotonic), and how long it does not have to again, in
  /// microseconds.
  private var lastReport: UInt64 = 0
  private var quiet: UInt64 = 50_000
  private var isHeartbeat = false

  init(_ sink: Sink, _ source: OutgoingBody?, _ progress: Progress?, _ cancellation: Cancellation) {
    self.sink = sink
    self.source = source
    self.progress = progress
    self.cancellation = cancellation
  }

  /// From now on progress is a heartbeat (see CallOptions).
  func beatOnly() { (isHeartbeat, quiet, lastReport) = (true, 200_000, Clock.monotonic) }

  func install(_ easy: UnsafeMutableRawPointer) {
    let pointer = unsafe Unmanaged.passUnretained(self).toOpaque()
    _ = unsafe dam_curl_set_pointer(easy, CURLOPT_WRITEDATA, pointer)
    _ = unsafe dam_curl_set_pointer(easy, CURLOPT_HEADERDATA, pointer)
    _ = unsafe dam_curl_set_pointer(easy, CURLOPT_READDATA, pointer)
    _ = unsafe dam_curl_set_bytes(easy, CURLOPT_WRITEFUNCTION, takeBody)
    _ = unsafe dam_curl_set_bytes(easy, CURLOPT_HEADERFUNCTION, takeHeader)
    _ = unsafe dam_curl_set_bytes(easy, CURLOPT_READFUNCTION, giveBody)
    // libcurl would call for every packet. Cancellations are also looked at by whoever drives the transfer.
    if progress != nil {
      _ = unsafe dam_curl_set_pointer(easy, CURLOPT_XFERINFODATA, pointer)
      _ = unsafe dam_curl_set_progress(easy, reportProgress)
      _ = unsafe dam_curl_set_long(easy, CURLOPT_NOPROGRESS, 0)
    }
    unsafe self.easy = easy
    _ = unsafe dam_curl_set_pointer(easy, CURLOPT_PREREQDATA, pointer)
    _ = unsafe dam_curl_set_prerequest(easy, allowRequest)
  }

  /// libcurl has a connection, with this local port, and is about to send the request. False to end the transfer:
  /// something unread waits on the connection, or the request was sent before and must not be again.
  fileprivate func begin(_ port: Int) -> Bool {
    if let easy = unsafe easy, let idle, unsafe idle.isUnclean(port, easy) {
      isRefused = true
      return false
    }
    defer { hasBegun = true }
    return !(hasBegun && isSentOnce)
  }

  func beginAnew() { (idle, isRefused) = (nil, false) }

  /// False to end the transfer. libcurl calls for every packet; the application is called a few times a second, and at
  /// the end.
  func report(_ down: Int64, _ downTotal: Int64, _ up: Int64, _ upTotal: Int64) -> Bool {
    if cancellation.isSet { return false }
    guard let progress else { return true }
    let now = Clock.monotonic
    let isWhole = !isHeartbeat && ((down > 0 && down == downTotal) || (up > 0 && up == upTotal))
    guard isWhole || now &- lastReport > quiet else { return true }
    lastReport = now
    if !progress(down, downTotal, up, upTotal) { cancellation.set() }
    return !cancellation.isSet
  }

  /// nil when nobody is to be called any more.
  static func behind(_ user: UnsafeMutableRawPointer?) -> Hooks? {
    guard let user = unsafe user else { return nil }
    let hooks = unsafe Unmanaged<Hooks>.fromOpaque(user).takeUnretainedValue()
    return hooks.isOver ? nil : hooks
  }
}

private func code(_ taking: Sink.Taking, _ size: Int) -> Int {
  switch taking {
  case .taken: size
  case .pause: Int(CURL_WRITEFUNC_PAUSE)
  // Any other number than the size ends the transfer.
  case .stop: size == 0 ? 1 : 0
  }
}

private let takeHeader: dam_curl_bytes = { bytes, size, count, user in
  guard let hooks = unsafe Hooks.behind(user) else { return 0 }
  return unsafe code(hooks.sink.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)), size * count)
}

private let takeBody: dam_curl_bytes = { bytes, size, count, user in
  guard let hooks = unsafe Hooks.behind(user) else { return 0 }
  return unsafe code(hooks.sink.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)), size * count)
}

private let giveBody: dam_curl_bytes = { room, size, count, user in
  guard let source = unsafe Hooks.behind(user)?.source else { return 0 }
  return unsafe source.give(UnsafeMutableRawBufferPointer(start: room, count: size * count))
}

private let allowRequest: curl_prereq_callback = { user, _, _, _, port in
  unsafe Hooks.behind(user)?.begin(Int(clamping: port)) == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

private let reportProgress: dam_curl_progress = { user, downTotal, down, upTotal, up in
  guard let hooks = unsafe Hooks.behind(user) else { return 1 }
  return hooks.report(Int64(down), Int64(downTotal), Int64(up), Int64(upTotal)) ? 0 : 1
}
