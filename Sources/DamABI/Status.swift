// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Status.swift - the status of each cause of failure, and what is said of it. The switch is exhaustive, so that no new
// cause can be forgotten; numbers are never used again (see the header).

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
  case .consent: DAM_ERR_CONSENT
  case .license: DAM_ERR_LICENSE
  case .store: DAM_ERR_STORE
  case .locked: DAM_ERR_LOCKED
  case .recordNewer: DAM_ERR_RECORD_NEWER
  }
}

private func find(_ status: Int32) -> StatusWords? {
  StatusWords.all.first { Int32(bitPattern: $0.status.rawValue) == status }
}

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

@_cdecl("dam_status_advice") @implementation
public func dam_status_advice(_ status: Int32) -> UnsafePointer<CChar>? {
  unsafe pointer(ForkGate.inside { find(status)?.advice } ?? "")
}

@_cdecl("dam_string_free") @implementation
public func dam_string_free(_ text: UnsafeMutablePointer<CChar>?) {
  guard let text = unsafe text else { return }
  unsafe explicit_bzero(text, strlen(text))
  unsafe free(text)
}
