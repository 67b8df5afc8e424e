// CurlFailure.swift - what libcurl's codes mean to a caller: what has gone wrong, and which option has to do with it.

internal import CCurl
internal import DamCore

extension CurlHandle {
  func failure(_ code: CURLcode, httpStatus: Int32) -> Failure {
    let detail = unsafe String(validatingCString: errorText) ?? ""
    let reason = detail.isEmpty ? unsafe String(validatingCString: curl_easy_strerror(code)) ?? "" : detail
    if refusedByProxy { return Failure(.connect, "the proxy does not let it through: \(reason)") }
    if CurlHandle.isUnsent(code), let shortage = Descriptor.shortage {
      return Failure(.connect, "no connection can be made: \(shortage); \(reason)")
    }
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY:
      return Failure(.connect, "the server cannot be reached: \(reason)")
    case CURLE_OPERATION_TIMEDOUT:
      return Failure(.timeout, "the time ran out that \(limit) allows: \(reason)", httpStatus: httpStatus)
    case CURLE_SSL_CACERT_BADFILE:
      return Failure(.tls, "no certificates to trust could be read, see \"ca-file\": \(reason)")
    case CURLE_SSL_CERTPROBLEM:
      return Failure(.tls, "\"client-certificate\" or \"client-key\" cannot be used: \(reason)")
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return Failure(.tls, "the server's public key is not the one of \"pinned-key\": \(reason)")
    // OpenSSL's word for an answer that is no TLS.
    case CURLE_SSL_CONNECT_ERROR where reason.contains("wrong version number"):
      return Failure(.tls, "the server does not speak TLS at this port, see \"url\": \(reason)")
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_INVALIDCERTSTATUS:
      return Failure(.tls, "the connection is not safe: \(reason) (\"ca-file\" names other certificates to trust)")
    case CURLE_OUT_OF_MEMORY, CURLcode(rawValue: 100):  // CURLE_TOO_LARGE, since 8.6.0
      return Failure(.tooLarge, "the response has a header line that is too long to be one", httpStatus: httpStatus)
    case CURLE_SEND_FAIL_REWIND, CURLE_ABORTED_BY_CALLBACK:
      return Failure(
        .transfer, "the connection broke before the response began; the server may or may not have acted on the request"
      )
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING, CURLE_FILESIZE_EXCEEDED,
      CURLE_BAD_FUNCTION_ARGUMENT:  // a folded first line, to some versions
      return Failure(
        .protocolViolation, "the server does not speak HTTP as it should: \(reason)", httpStatus: httpStatus)
    default:
      return Failure(
        .transfer, "the connection broke before the response was whole: \(reason)", httpStatus: httpStatus)
    }
  }

  /// Whether a proxy refused to connect to the server, to which nothing was sent then.
  private var refusedByProxy: Bool { number(CURLINFO_HTTP_CONNECTCODE) >= 300 }

  /// What limits the time that ran out: libcurl has one code for all of them.
  private var limit: String {
    var spent: curl_off_t = 0
    _ = unsafe dam_curl_get_size(easy, CURLINFO_TOTAL_TIME_T, &spent)
    // libcurl's timers have whole milliseconds, and ring up to one too early.
    if allowed > 0, spent >= (allowed - 2) * 1000 { return allowedBy }
    return hasBegun ? "\"idle-timeout\"" : "\"connect-timeout\""
  }

  /// Whether a transfer that ends with this code has sent nothing.
  private static func isUnsent(_ code: CURLcode) -> Bool {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_FAILED_INIT,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_PEER_FAILED_VERIFICATION:
      true
    default: false
    }
  }
}
