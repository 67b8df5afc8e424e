// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Options.swift - the option table for C. The strings are made once and lent for ever, like any static text.

public import CDam
internal import DamCore
internal import DamIO
internal import Glibc

@safe private struct Row: @unchecked Sendable {
  /// Points to strings that are written before anybody can see the row, and never freed.
  let option: dam_option
}

private let rows: [Row] = knownSystems.vocabulary.options.map { option in
  let kept = { (text: String) in unsafe UnsafePointer(strdup(text)) }
  return unsafe Row(
    option: dam_option(
      size: ownSize(dam_option.self), secret: option.isSecret ? 1 : 0,
      remembered: option.isRemembered ? 1 : 0, reserved: 0, name: kept(option.name), kind: kept(option.kind.word),
      default_value: kept(option.defaultValue), choices: kept(option.kind.choices.joined(separator: "|")),
      help: kept(option.help), system: kept(option.system)))
}

@_cdecl("dam_option_count") @implementation
public func dam_option_count() -> UInt32 { ForkGate.inside { UInt32(clamping: rows.count) } }

@_cdecl("dam_option_get") @implementation
public func dam_option_get(
  _ index: UInt32, _ out: UnsafeMutablePointer<dam_option>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let out = unsafe try present(out, "out")
    unsafe try checkSize(out, out.pointee.size, "out")
    guard let row = rows.dropFirst(Int(index)).first else {
      throw Failure(.argument, "there are \(rows.count) options; \(index) is none of them")
    }
    let size = unsafe out.pointee.size
    unsafe out.pointee = row.option
    unsafe out.pointee.size = size
  }
}
