// TLSSessions.swift - the TLS sessions that the transfers of one multi handle can resume, where no easy handle outlives
// its transfer and could keep them (see CurlHandle.isReusable). Each multi handle has its own, so that no two threads
// meet in it and it needs no locks. It shares nothing else: no cookies, connections or names.

internal import CCurl

@safe final class TLSSessions {
  let share: UnsafeMutableRawPointer

  /// nil: none can be kept, and every connection begins with a whole handshake.
  init?() {
    guard let share = unsafe curl_share_init() else { return nil }
    unsafe self.share = share
    _ = unsafe dam_share_add(share, CURL_LOCK_DATA_SSL_SESSION)
  }

  deinit { _ = unsafe curl_share_cleanup(share) }
}
