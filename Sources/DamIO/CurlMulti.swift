// CurlMulti.swift - one libcurl multi handle: transfers under way and the connections they share. A blocking caller
// polls it; an event loop is told which sockets to watch. One thread at a time.

internal import CCurl
internal import CLinux
internal import DamCore
internal import Glibc
internal import Synchronization

/// The application must not get a SIGPIPE for what libcurl writes; closing a TLS connection writes too. Nests: whoever
/// calls libcurl again and again does so in one.
func withoutPipeSignal<Result, Problem: Error>(_ body: () throws(Problem) -> Result) throws(Problem) -> Result {
  dam_pipe_guard_enter()
  defer { dam_pipe_guard_leave() }
  return try body()
}

@safe final class CurlMulti {
  let multi: UnsafeMutableRawPointer
  /// TLS sessions to resume, where easy handles do not live long enough to keep them.
  private let sessions: TLSSessions?
  /// Whether there was a transfer, so that there may be an idle connection.
  private var hasCarried = false
  private let idle = IdleConnections()
  /// Whether libcurl may go on using a connection that is dead: in HTTP/2 a connection is kept when a request on it
  /// gets no response. Then nothing new is to be begun here.
  private(set) var isInDoubt = false
  /// The newest version of HTTP that a response had (CURL_HTTP_VERSION_...); 0: there was none.
  private var newest = 0
  /// The handles that are in the multi handle; each knows its place here.
  private var handles: [CurlHandle] = []
  /// For an event loop: tells it what to watch; and when to call `actOnTime` (Clock.monotonic), nil: not at all.
  private var watch: ((Int32, Int32) -> Void)?
  private(set) var deadline: UInt64?
  /// While libcurl closes connections it ignores SIGPIPE in the whole process and then puts back what it found. Two
  /// threads that do so at once could leave SIGPIPE ignored, so they take turns. Nothing waits in there.
  private static let closing = Mutex(())
  /// Called for every transfer that is over.
  var onOver: ((CurlHandle) -> Void)?

  init?() {
    CurlHandle.prepareLibrary()
    guard let multi = unsafe curl_multi_init() else { return nil }
    unsafe self.multi = multi
    sessions = CurlHandle.isReusable ? nil : TLSSessions()
    // More connections at once look like an attack to servers; further transfers wait in libcurl.
    _ = unsafe dam_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 64)
  }

  deinit {
    // While libcurl cleans up, it must not call back an event loop that may be gone.
    _ = unsafe dam_multi_set_socket(multi, nil)
    _ = unsafe dam_multi_set_timer(multi, nil)
    withoutPipeSignal {
      for handle in handles {
        handle.silence()
        _ = unsafe curl_multi_remove_handle(multi, handle.easy)
      }
      CurlMulti.closing.withLock { _ in _ = unsafe curl_multi_cleanup(multi) }
    }
  }

  /// A handle for transfers in this multi handle; nil when libcurl cannot be started.
  func makeHandle() -> CurlHandle? { CurlHandle(sessions) }

  /// Starts the transfer that the handle was prepared for.
  func add(_ handle: CurlHandle) {
    // A login has a new connection. If there are others to go on with, every login would leave one more idle.
    if hasCarried { handle.closeAfterLogin() }
    hasCarried = true
    handle.place = handles.count
    handles.append(handle)
    handle.choose(among: idle)
    join(handle)
  }

  private func join(_ handle: CurlHandle) {
    if unsafe curl_multi_add_handle(multi, handle.easy) != CURLM_OK { handle.result = CURLE_FAILED_INIT }
  }

  /// Takes a transfer out. If it is not over, its connection is closed, or in doubt.
  func remove(_ handle: CurlHandle) {
    guard let place = handle.place else { return }
    // The last one takes its place.
    handle.place = nil
    let last = handles.removeLast()
    if last !== handle {
      handles[place] = last
      last.place = place
    }
    if handle.result == nil { doubt(handle) }
    handle.silence()
    withoutPipeSignal { _ = unsafe curl_multi_remove_handle(multi, handle.easy) }
    handle.rest()
  }

  /// For an event loop: from now on `watch` is told which descriptors to watch (POLLIN, POLLOUT, 0: not any more).
  func drive(_ watch: @escaping (_ descriptor: Int32, _ events: Int32) -> Void) {
    self.watch = watch
    let user = unsafe Unmanaged.passUnretained(self).toOpaque()
    _ = unsafe dam_multi_set_socket(multi, watchSocket)
    _ = unsafe dam_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, user)
    _ = unsafe dam_multi_set_timer(multi, watchTimer)
    _ = unsafe dam_multi_set_pointer(multi, CURLMOPT_TIMERDATA, user)
  }

  fileprivate func wants(_ descriptor: Int32, _ events: Int32) { watch?(descriptor, events) }

  fileprivate func wantsToAct(inMilliseconds milliseconds: Int) {
    deadline = milliseconds < 0 ? nil : Clock.monotonic &+ UInt64(milliseconds) &* 1000
  }

  /// Acts on a deadline that has come.
  func actOnTime() {
    deadline = nil
    act(CURL_SOCKET_TIMEOUT, 0)
  }

  /// Does what can be done without waiting.
  func perform() {
    var running: Int32 = 0
    withoutPipeSignal { _ = unsafe curl_multi_perform(multi, &running) }
    collect()
  }

  /// The same for one socket that is ready for `events` (POLLIN, POLLOUT), or for CURL_SOCKET_TIMEOUT.
  func act(_ socket: curl_socket_t, _ events: Int32) {
    let readable = events & Int32(POLLIN) != 0 ? CURL_CSELECT_IN : 0
    let writable = events & Int32(POLLOUT) != 0 ? CURL_CSELECT_OUT : 0
    var running: Int32 = 0
    withoutPipeSignal { _ = unsafe curl_multi_socket_action(multi, socket, readable | writable, &running) }
    collect()
  }

  /// Waits until there is something to do, at most this long.
  func wait(milliseconds: Int32) {
    ForkGate.asleep { _ = unsafe curl_multi_poll(multi, nil, 0, milliseconds, nil) }
  }

  /// Notes which transfers are over.
  private func collect() {
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(multi, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else { continue }
      guard let handle = unsafe CurlHandle.behind(easy) else { continue }
      unsafe handle.result = message.pointee.data.result
      // It found something unread on an idle connection (see IdleConnections): once more, with a new connection.
      if handle.wantsAnother {
        withoutPipeSignal { _ = unsafe curl_multi_remove_handle(multi, handle.easy) }
        handle.beginAnew()
        join(handle)
        guard handle.result != nil else { continue }
      }
      hear(handle)
      doubt(handle)
      onOver?(handle)
    }
  }

  /// Notes the version of HTTP, and a connection of HTTP/1.x that is idle now.
  private func hear(_ handle: CurlHandle) {
    let version = handle.version
    newest = max(newest, version)
    guard version <= CURL_HTTP_VERSION_1_1, version > 0, let socket = handle.keptSocket else { return }
    idle.note(socket, port: handle.port)
  }

  /// Notes whether a transfer leaves a connection in doubt. With HTTP/1.x none does: libcurl closes a connection over
  /// which a transfer did not end well.
  private func doubt(_ handle: CurlHandle) {
    if newest == 0 || newest > CURL_HTTP_VERSION_1_1, handle.leavesDoubt { isInDoubt = true }
  }
}

private let watchSocket: curl_socket_callback = { _, socket, what, user, _ in
  guard let user = unsafe user else { return 0 }
  let events: [Int32: Int32] = [
    CURL_POLL_IN: Int32(POLLIN), CURL_POLL_OUT: Int32(POLLOUT), CURL_POLL_INOUT: Int32(POLLIN) | Int32(POLLOUT),
  ]
  unsafe Unmanaged<CurlMulti>.fromOpaque(user).takeUnretainedValue().wants(socket, events[what] ?? 0)
  return 0
}

private let watchTimer: curl_multi_timer_callback = { _, milliseconds, user in
  guard let user = unsafe user else { return 0 }
  unsafe Unmanaged<CurlMulti>.fromOpaque(user).takeUnretainedValue().wantsToAct(inMilliseconds: milliseconds)
  return 0
}
