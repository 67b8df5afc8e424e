// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Callbacks.swift - the application's functions as closures, the prompt for credentials, and lists that are given item
// by item. What a callback is given is valid until it returns. Callbacks run outside of the gate (ForkGate), so that a
// fork need not wait for them.

public import CDam
internal import DamCore
internal import DamIO

/// The application's function pointers. They and their data are used from every thread that is inside a call; the
/// header has the application vouch for that.
@safe struct Callbacks: @unchecked Sendable {
  var credentials: dam_credentials_callback?
  var credentialsData: UnsafeMutableRawPointer?
  var log: dam_log_callback?
  var logData: UnsafeMutableRawPointer?
  /// Meaningful only with a `log` function.
  var logLevel = LogLevel.info
  var store: (any ApplicationStore)?

  var application: Application {
    Application(
      credentials: { prompt in self.ask(prompt) },
      log: Logger(unsafe log == nil ? nil : logLevel) { level, message in
        if let callback = unsafe self.log {
          unsafe lend(message) { text in ForkGate.outside { unsafe callback(self.logData, level.code, text) } }
        }
      }, store: store)
  }

  /// Calls the credentials callback, which gives them with dam_prompt_answer. nil: it gave none, or there is no
  /// callback.
  private func ask(_ prompt: Prompt) -> Result<Secret?, Failure> {
    guard let credentials = unsafe credentials else { return .success(nil) }
    let answer = PromptAnswer()
    let kind =
      switch prompt.kind {
      case .password, .consent: DAM_PROMPT_PASSWORD
      case .encryptionSecret: DAM_PROMPT_ENCRYPTION_SECRET
      case .clientSecret: DAM_PROMPT_CLIENT_SECRET
      }
    let status = withExtendedLifetime(answer) {
      unsafe lend(prompt.user) { user in
        unsafe lend(prompt.origin) { origin in
          var question = unsafe dam_prompt(
            size: ownSize(dam_prompt.self), kind: Int32(bitPattern: kind.rawValue), user: user,
            origin: origin, reserved: Unmanaged.passUnretained(answer).toOpaque())
          return ForkGate.outside { unsafe credentials(credentialsData, &question) }
        }
      }
    }
    guard status == Int32(bitPattern: DAM_OK.rawValue) else {
      return .failure(Failure(.callback, "the credentials callback asked to stop (\(status))"))
    }
    return .success(answer.secret)
  }
}

extension LogLevel {
  private var level: dam_log_level {
    switch self {
    case .error: DAM_LOG_ERROR
    case .warning: DAM_LOG_WARNING
    case .info: DAM_LOG_INFO
    case .debug: DAM_LOG_DEBUG
    }
  }

  /// The dam_log_level for it.
  var code: Int32 { Int32(bitPattern: level.rawValue) }

  init?(code: Int32) {
    guard let found = [LogLevel.error, .warning, .info, .debug].first(where: { $0.code == code }) else { return nil }
    self = found
  }
}

/// Where dam_prompt_answer puts the credentials. A dam_prompt points to it as `reserved`, while the callback runs.
private final class PromptAnswer {
  var secret: Secret?
}

@_cdecl("dam_prompt_answer") @implementation
public func dam_prompt_answer(
  _ prompt: UnsafeMutablePointer<dam_prompt>?, _ secret: UnsafeRawPointer?, _ size: Int,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let prompt = unsafe try present(prompt, "prompt")
    guard let place = unsafe prompt.pointee.reserved else {
      throw Failure(.argument, "prompt is not one that the library gave to a callback")
    }
    guard let secret = unsafe secret else { throw Failure(.argument, "secret is NULL") }
    guard (1...16_384).contains(size) else {
      throw Failure(.argument, "size is \(UInt(bitPattern: size)); a secret has 1 to 16384 bytes")
    }
    let bytes = unsafe UnsafeRawBufferPointer(start: secret, count: size)
    guard unsafe String(validating: bytes, as: UTF8.self) != nil, unsafe !bytes.contains(where: { $0 < 0x20 }) else {
      throw Failure(.argument, "secret is not UTF-8 text without control characters such as a line end")
    }
    unsafe Unmanaged<PromptAnswer>.fromOpaque(place).takeUnretainedValue().secret = unsafe Secret(bytes)
  }
}

/// Gives items to the application one by one, until `body`, which calls it, returns another number than 0.
func each<Item>(_ items: [Item], _ body: (Item) -> Int32) throws(Failure) {
  for item in items where body(item) != 0 {
    throw Failure(.callback, "the callback asked to stop")
  }
}
