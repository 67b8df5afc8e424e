// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Status.swift - the status of each cause of failure, and its name and meaning in words. The switch is exhaustive, so
// that no new cause can be forgotten; numbers are never used again (see the header).

internal import CDam
internal import DamCore
internal import DamIO
internal import Glibc

func status(of cause: Failure.Cause) -> dam_status {
  switch cause {
  case .argument: DAM_ERR_ARGUMENT
  case .option: DAM_ERR_OPTION
  case .notFound: DAM_ERR_NOT_FOUND
  case .notSupported: DAM_ERR_NOT_SUPPORTED
  case .callback: DAM_ERR_CALLBACK
  case .internalError: DAM_ERR_INTERNAL
  case .connect: DAM_ERR_CONNECT
  case .tls: DAM_ERR_TLS
  case .timeout: DAM_ERR_TIMEOUT
  case .transfer: DAM_ERR_TRANSFER
  case .protocolViolation: DAM_ERR_PROTOCOL
  case .tooLarge: DAM_ERR_TOO_LARGE
  case .insecure: DAM_ERR_INSECURE
  case .cancelled: DAM_ERR_CANCELLED
  case .credentialsNeeded: DAM_ERR_CREDENTIALS_NEEDED
  case .credentialsRefused: DAM_ERR_CREDENTIALS_REFUSED
  case .secondFactor: DAM_ERR_SECOND_FACTOR
  case .organizationRefused: DAM_ERR_ORGANIZATION_REFUSED
  case .apiKeyRefused: DAM_ERR_API_KEY_REFUSED
  case .tokenLimit: DAM_ERR_TOKEN_LIMIT
  case .sessionInvalid: DAM_ERR_SESSION_INVALID
  case .throttled: DAM_ERR_THROTTLED
  case .server: DAM_ERR_SERVER
  case .handleStale: DAM_ERR_HANDLE_STALE
  case .replayImpossible: DAM_ERR_REPLAY_IMPOSSIBLE
  case .store: DAM_ERR_STORE
  case .locked: DAM_ERR_LOCKED
  case .recordNewer: DAM_ERR_RECORD_NEWER
  }
}

private struct Words {
  let status: dam_status
  let name: StaticString
  let text: StaticString
}

private let words: [Words] = [
  Words(status: DAM_OK, name: "DAM_OK", text: "It worked."),
  Words(status: DAM_ERR_ARGUMENT, name: "DAM_ERR_ARGUMENT", text: "An argument is missing or malformed."),
  Words(status: DAM_ERR_OPTION, name: "DAM_ERR_OPTION", text: "An option is unknown, missing or has a bad value."),
  Words(status: DAM_ERR_NOT_FOUND, name: "DAM_ERR_NOT_FOUND", text: "There is no such name, record or call."),
  Words(
    status: DAM_ERR_NOT_SUPPORTED, name: "DAM_ERR_NOT_SUPPORTED",
    text: "This system or authentication has no such thing."),
  Words(status: DAM_ERR_CALLBACK, name: "DAM_ERR_CALLBACK", text: "A callback asked to stop."),
  Words(status: DAM_ERR_INTERNAL, name: "DAM_ERR_INTERNAL", text: "The library met a state that should not exist."),
  Words(status: DAM_ERR_CONNECT, name: "DAM_ERR_CONNECT", text: "The server could not be reached."),
  Words(status: DAM_ERR_TLS, name: "DAM_ERR_TLS", text: "The server's certificate or the TLS handshake was refused."),
  Words(status: DAM_ERR_TIMEOUT, name: "DAM_ERR_TIMEOUT", text: "The time allowed ran out."),
  Words(
    status: DAM_ERR_TRANSFER, name: "DAM_ERR_TRANSFER",
    text: "The connection broke before the response was whole."),
  Words(status: DAM_ERR_PROTOCOL, name: "DAM_ERR_PROTOCOL", text: "The response is not what the API describes."),
  Words(status: DAM_ERR_TOO_LARGE, name: "DAM_ERR_TOO_LARGE", text: "The response is larger than allowed."),
  Words(
    status: DAM_ERR_INSECURE, name: "DAM_ERR_INSECURE",
    text: "A secret would travel over plain HTTP or to another origin."),
  Words(status: DAM_ERR_CANCELLED, name: "DAM_ERR_CANCELLED", text: "The request was cancelled."),
  Words(
    status: DAM_ERR_CREDENTIALS_NEEDED, name: "DAM_ERR_CREDENTIALS_NEEDED",
    text: "A login is needed and no credentials are at hand."),
  Words(
    status: DAM_ERR_CREDENTIALS_REFUSED, name: "DAM_ERR_CREDENTIALS_REFUSED",
    text: "The server refuses the credentials."),
  Words(status: DAM_ERR_SECOND_FACTOR, name: "DAM_ERR_SECOND_FACTOR", text: "The account wants a second factor."),
  Words(
    status: DAM_ERR_ORGANIZATION_REFUSED, name: "DAM_ERR_ORGANIZATION_REFUSED",
    text: "The user may not act for the organization."),
  Words(status: DAM_ERR_API_KEY_REFUSED, name: "DAM_ERR_API_KEY_REFUSED", text: "The API key is missing or refused."),
  Words(status: DAM_ERR_TOKEN_LIMIT, name: "DAM_ERR_TOKEN_LIMIT", text: "The user has too many device tokens."),
  Words(
    status: DAM_ERR_SESSION_INVALID, name: "DAM_ERR_SESSION_INVALID",
    text: "The session was refused right after a new login."),
  Words(status: DAM_ERR_THROTTLED, name: "DAM_ERR_THROTTLED", text: "The server asks to slow down."),
  Words(status: DAM_ERR_SERVER, name: "DAM_ERR_SERVER", text: "The server failed."),
  Words(
    status: DAM_ERR_HANDLE_STALE, name: "DAM_ERR_HANDLE_STALE",
    text: "The image handle belongs to a device token that is no longer in use."),
  Words(
    status: DAM_ERR_REPLAY_IMPOSSIBLE, name: "DAM_ERR_REPLAY_IMPOSSIBLE",
    text: "The request had to be sent again, but its body cannot be given twice."),
  Words(status: DAM_ERR_STORE, name: "DAM_ERR_STORE", text: "The store cannot be read or written."),
  Words(status: DAM_ERR_LOCKED, name: "DAM_ERR_LOCKED", text: "The session was held by somebody else for too long."),
  Words(
    status: DAM_ERR_RECORD_NEWER, name: "DAM_ERR_RECORD_NEWER", text: "A newer damsession wrote the stored session."),
]

private func find(_ status: Int32) -> Words? { words.first { Int32(bitPattern: $0.status.rawValue) == status } }

private func pointer(_ text: StaticString) -> UnsafePointer<CChar>? {
  unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

@_cdecl("dam_version") @implementation
public func dam_version() -> UnsafePointer<CChar>? { unsafe pointer(Version.literal) }

@_cdecl("dam_status_name") @implementation
public func dam_status_name(_ status: Int32) -> UnsafePointer<CChar>? {
  unsafe pointer(ForkGate.inside { find(status)?.name } ?? "DAM_ERR_UNKNOWN")
}

@_cdecl("dam_status_text") @implementation
public func dam_status_text(_ status: Int32) -> UnsafePointer<CChar>? {
  unsafe pointer(ForkGate.inside { find(status)?.text } ?? "This status is not one of this version.")
}

@_cdecl("dam_string_free") @implementation
public func dam_string_free(_ text: UnsafeMutablePointer<CChar>?) {
  guard let text = unsafe text else { return }
  unsafe explicit_bzero(text, strlen(text))
  unsafe free(text)
}
