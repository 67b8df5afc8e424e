// CurlMulti.swift - one libcurl multi handle: transfers under way and the connections they share.
// A blocking caller polls it; an event loop is told which sockets to watch. It refuses to be used by two threads at once.

internal import CCurl
internal import CLinux
internal import DamCore

@safe final class CurlMulti {
  let multi: UnsafeMutableRawPointer
  /// By the address of the easy handle.
  private var handles: [Int: CurlHandle] = [:]

  init?() {
    CurlHandle.prepareLibrary()
    guard let multi = unsafe curl_multi_init() else { return nil }
    unsafe self.multi = multi
  }

  deinit {
    for handle in handles.values { _ = unsafe curl_multi_remove_handle(multi, handle.easy) }
    unsafe curl_multi_cleanup(multi)
  }

  func add(_ handle: CurlHandle) {
    handles[handle.address] = handle
    if unsafe curl_multi_add_handle(multi, handle.easy) != CURLM_OK { handle.result = CURLE_FAILED_INIT }
  }

  /// Takes a transfer out; one that is not over loses its connection.
  func remove(_ handle: CurlHandle) {
    guard handles.removeValue(forKey: handle.address) != nil else { return }
    _ = unsafe curl_multi_remove_handle(multi, handle.easy)
  }

  /// Moves whatever can be moved without waiting.
  func perform() {
    let pipe = dam_pipe_guard_enter()
    var running: Int32 = 0
    _ = unsafe curl_multi_perform(multi, &running)
    dam_pipe_guard_leave(pipe)
    collect()
  }

  /// As `perform()`, for one socket that is ready, or CURL_SOCKET_TIMEOUT.
  func act(_ socket: curl_socket_t, _ events: Int32) {
    let pipe = dam_pipe_guard_enter()
    var running: Int32 = 0
    _ = unsafe curl_multi_socket_action(multi, socket, events, &running)
    dam_pipe_guard_leave(pipe)
    collect()
  }

  /// Waits until something can be moved, at most this long.
  func wait(milliseconds: Int32) {
    _ = unsafe curl_multi_poll(multi, nil, 0, milliseconds, nil)
  }

  /// Notes which transfers are over.
  private func collect() {
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(multi, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else { continue }
      unsafe handles[Int(bitPattern: easy)]?.result = message.pointee.data.result
    }
  }
}
