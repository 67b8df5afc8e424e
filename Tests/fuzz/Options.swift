// Options.swift - what people write: options one by one, and the files that remember them.

import Glibc

@testable import DamCore
@testable import DamIO

/// "name=value", one a line.
func playOption(_ input: [UInt8]) {
  var values = OptionValues()
  var unknown = 0
  for line in input.split(separator: 0x0A) {
    let equals = line.firstIndex(of: 0x3D) ?? line.endIndex
    let name = String(decoding: line[..<equals], as: UTF8.self)
    // The search for the nearest name takes longest of all; more than one would be a waste.
    unknown += knownSystems.vocabulary.options.contains { $0.name == name } ? 0 : 1
    if unknown > 1 { continue }
    let value = equals == line.endIndex ? nil : String(decoding: line[equals...].dropFirst(), as: UTF8.self)
    do {
      try values.set(name, value)
      check(values.isSet(name) == (value != nil), "what was set is set")
      if let value, let option = try? knownSystems.vocabulary.option(name), !option.isSecret {
        check(values.text(name) == value, "a value is kept as it was given")
      }
    } catch {
      check(error.cause == .option, "a bad option is a bad option")
      checkMessage(error.message, [value ?? ""].filter { $0.utf8.count >= 20 })
    }
  }
  checkRoundTrip(values)
  do {
    checkSettings(try Settings(values))
  } catch {
    check([.option, .insecure].contains(error.cause), "options that do not fit together say so: \(error.cause)")
    checkMessage(error.message, secrets(values))
  }
}

private func secrets(_ values: OptionValues) -> [String] {
  ["password", "encryption-secret", "api-key"].compactMap { values.secret($0)?.revealText() }.filter {
    $0.utf8.count >= 20
  }
}

private func checkSettings(_ settings: Settings) {
  let origin = settings.site.origin
  check(origin.isSecure || origin.isLoopback, "plain HTTP stays on this machine")
  check(Origin(origin.text) == origin, "an origin is read back as it was")
  check(
    settings.site.apiPath.hasPrefix("/") && settings.site.apiPath.hasSuffix("/")
      && isPrintable(settings.site.apiPath.utf8), "a path")
  check(settings.identity.sessionKey.utf8.allSatisfy(ASCII.isHex), "a key is a file's name")
  if case .address(let proxy) = settings.transport.proxy { check(!proxy.contains("@"), "a proxy without a password") }
}

private func checkRoundTrip(_ values: OptionValues) {
  var back = OptionValues()
  do { try back.recall(values.remembered) } catch { check(false, "what is remembered can be recalled: \(error)") }
  check(back.remembered == values.remembered, "what is recalled is what was remembered")
  check(back.secret("password") == nil && back.secret("encryption-secret") == nil, "a password is never remembered")
  guard let written = JSONValue.parse(values.remembered.encoded()) else {
    return check(false, "what is written is JSON")
  }
  check(written == values.remembered, "what is written is what was remembered")
}

/// A name, and from the next line on the file of options that has it.
func playNames(_ input: [UInt8]) {
  let (line, bytes) = input.headAndRest
  let name = String(decoding: line, as: UTF8.self)
  let folder = scratch("names")
  setenv("XDG_CONFIG_HOME", folder, 1)
  removeAll(in: folder + "/damsession")
  var values = OptionValues()
  do {
    try Names.save(name, values)
    check(try Names.all() == [name], "a name that is taken is listed, in its folder and nowhere else")
  } catch {
    check(error.cause == .argument, "a name that is none is refused: \(error.message)")
    check(files(in: folder + "/damsession").isEmpty, "and nothing is written for it")
    return
  }
  write(Array(bytes), to: "\(folder)/damsession/\(name).json")
  do {
    try Names.load(name, into: &values)
    checkRoundTrip(values)
    try Names.save(name, values)
    var again = OptionValues()
    try Names.load(name, into: &again)
    check(again.remembered == values.remembered, "options come back from the file that they were saved to")
    try Names.remove(name)
  } catch {
    check(error.cause == .option, "a file that is no options says so: \(error.message)")
    checkMessage(error.message, secrets(values))
  }
}
