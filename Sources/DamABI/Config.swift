// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Config.swift - dam_config and remembered names for C: guard, convert, call, convert. The contract of each function is
// in the header.

public import CDam
internal import DamCore
internal import DamIO

/// What a dam_config is. One thread at a time, as the header says.
final class Config: Handle {
  static let word = "config"
  /// Sessions copy both when they are opened: later changes are for later sessions.
  var values = OptionValues(knownSystems.vocabulary)
  var callbacks = Callbacks()
}

@_cdecl("dam_config_new") @implementation
public func dam_config_new(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let out = unsafe try present(out, "out")
    unsafe out.pointee = Config().give()
  }
}

@_cdecl("dam_config_free") @implementation
public func dam_config_free(_ config: OpaquePointer?) { unsafe Config.free(config) }

@_cdecl("dam_config_set") @implementation
public func dam_config_set(
  _ config: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let config = unsafe try Config.take(config)
    unsafe try config.values.set(try text(name, "name"), try optionalText(value, "value"))
  }
}

@_cdecl("dam_config_get") @implementation
public func dam_config_get(
  _ config: OpaquePointer?, _ name: UnsafePointer<CChar>?,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let config = unsafe try Config.take(config)
    let option = try config.values.vocabulary.option(unsafe try text(name, "name"))
    let out = unsafe try present(out, "out")
    guard !option.isSecret else { throw Failure(.option, "\"\(option.name)\" is secret and cannot be read back") }
    unsafe out.pointee = try cString(config.values.settled.text(option).utf8)
  }
}

@_cdecl("dam_config_get_source") @implementation
public func dam_config_get_source(
  _ config: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<Int32>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let config = unsafe try Config.take(config)
    let option = try config.values.vocabulary.option(unsafe try text(name, "name"))
    let out = unsafe try present(out, "out")
    unsafe out.pointee = config.values.settled.source(option.name)?.rawValue ?? 0
  }
}

@_cdecl("dam_config_load_environment") @implementation
public func dam_config_load_environment(
  _ config: OpaquePointer?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    try EnvironmentOptions.load(into: &(unsafe try Config.take(config)).values)
  }
}

@_cdecl("dam_config_load") @implementation
public func dam_config_load(
  _ config: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let config = unsafe try Config.take(config)
    try Names.load(unsafe try text(name, "name"), into: &config.values)
  }
}

@_cdecl("dam_config_save") @implementation
public func dam_config_save(
  _ config: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let config = unsafe try Config.take(config)
    try Names.save(unsafe try text(name, "name"), config.values)
  }
}

@_cdecl("dam_name_set") @implementation
public func dam_name_set(
  _ name: UnsafePointer<CChar>?, _ option: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    unsafe try Names.set(
      try text(name, "name"), try text(option, "option"), try optionalText(value, "value"), knownSystems.vocabulary)
  }
}

@_cdecl("dam_name_list") @implementation
public func dam_name_list(
  _ callback: dam_name_callback?, _ user_data: UnsafeMutableRawPointer?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    guard let callback = unsafe callback else { throw Failure(.argument, "callback is NULL") }
    try each(try Names.all()) { name in
      unsafe lend(name) { text in ForkGate.outside { unsafe callback(user_data, text) } }
    }
  }
}

@_cdecl("dam_name_remove") @implementation
public func dam_name_remove(_ name: UnsafePointer<CChar>?, _ err: UnsafeMutablePointer<dam_error>?) -> dam_status {
  unsafe export(err) { () throws(Failure) in try Names.remove(unsafe try text(name, "name")) }
}

@_cdecl("dam_config_set_credentials") @implementation
public func dam_config_set_credentials(
  _ config: OpaquePointer?, _ callback: dam_credentials_callback?, _ user_data: UnsafeMutableRawPointer?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let config = unsafe try Config.take(config)
    unsafe config.callbacks.credentials = callback
    unsafe config.callbacks.credentialsData = user_data
  }
}

@_cdecl("dam_config_set_log") @implementation
public func dam_config_set_log(
  _ config: OpaquePointer?, _ level: Int32, _ callback: dam_log_callback?, _ user_data: UnsafeMutableRawPointer?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let config = unsafe try Config.take(config)
    guard let level = LogLevel(code: level) else {
      throw Failure(.argument, "level is a dam_log_level: 1 (errors) to 4 (debug)")
    }
    unsafe config.callbacks.log = callback
    unsafe config.callbacks.logData = user_data
    config.callbacks.logLevel = level
  }
}
