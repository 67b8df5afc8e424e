// TypedOption.swift - an option together with the type of its values, so that a value is read once, when it is set, and
// nothing is looked up by name later. `values[options.connectTimeout]` is a number; a misspelt name does not compile.

package final class TypedOption<Value: Sendable>: OptionRow, @unchecked Sendable {
  /// The value of an option that was not set.
  let fallback: Value

  /// `parse` throws a failure that says what the option takes. It must not repeat the value, which may be a secret.
  init(_ row: Option, fallback: Value, parse: @escaping @Sendable (String) throws(Failure) -> Value) {
    self.fallback = fallback
    var whole = row
    whole.parse = { (text) throws(Failure) in
      try TypedOption.checkText(text, row.name)
      return try parse(text)
    }
    super.init(whole)
  }

  private static func checkText(_ text: String, _ name: String) throws(Failure) {
    guard text.utf8.count <= 16_384 else { throw Failure.option(name, takes: "at most 16384 bytes") }
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw Failure.option(name, takes: "no control characters such as line ends")
    }
    guard !text.isEmpty else {
      throw Failure.option(name, takes: "a value that is not empty; to put the default back, unset it")
    }
  }
}

extension Failure {
  static func option(_ name: String, takes what: String) -> Failure { Failure(.option, "\"\(name)\" takes \(what)") }
}

/// What has a row in the table, whatever its type.
package class OptionRow: @unchecked Sendable {
  // It never changes, and no subclass but TypedOption adds to it.
  package let row: Option
  init(_ row: Option) { self.row = row }
}

/// Options as the stored properties of a struct, so that a misspelt name does not compile.
package protocol OptionGroup: Sendable {
  /// The one value, made once.
  static var shared: Self { get }
  /// All of them in the order of their declaration, which a test compares. Written down, since a look at the properties
  /// themselves (Mirror) takes longer than to open a session.
  var all: [OptionRow] { get }
}

extension OptionGroup {
  package static var rows: [Option] { shared.all.map(\.row) }
}

// MARK: What an option may take

extension TypedOption where Value == String {
  package static func text(
    _ name: String, default words: String = "", about bond: Option.Bond = .nothing, _ help: String
  ) -> TypedOption {
    TypedOption(Option(name, .text, default: words, about: bond, help), fallback: words) { $0 }
  }

  package static func path(_ name: String, default words: String = "", _ help: String) -> TypedOption {
    TypedOption(Option(name, .path, default: words, help), fallback: words) { $0 }
  }

  /// One of some words that are not known before the program runs.
  static func word(
    _ name: String, _ words: [String], about bond: Option.Bond = .nothing, _ help: String
  ) -> TypedOption {
    TypedOption(Option(name, .choice(words), about: bond, help), fallback: "") { (text) throws(Failure) in
      guard words.contains(text) else {
        throw Failure.option(name, takes: "one of: " + words.joined(separator: ", "))
      }
      return text
    }
  }
}

extension TypedOption where Value == Secret? {
  package static func secret(
    _ name: String, remembered: Bool = true, about bond: Option.Bond = .server, _ help: String
  ) -> TypedOption {
    var row = Option(name, .secret, about: bond, help)
    row.isRemembered = remembered
    return TypedOption(row, fallback: nil) { Secret($0) }
  }
}

extension TypedOption where Value: CaseIterable & RawRepresentable<String> {
  package static func choice(_ name: String, default first: Value, _ help: String) -> TypedOption {
    let words = Value.allCases.map(\.rawValue)
    let row = Option(name, .choice(words), default: first.rawValue, help)
    return TypedOption(row, fallback: first) { (text) throws(Failure) in
      guard let value = Value(rawValue: text) else {
        throw Failure.option(name, takes: "one of: " + words.joined(separator: ", "))
      }
      return value
    }
  }
}

extension TypedOption where Value == Int32 {
  package static func seconds(
    _ name: String, _ range: ClosedRange<Int32>, default number: Int32, _ help: String
  ) -> TypedOption {
    whole(Option(name, .seconds(range), default: String(number), help), range, "whole seconds", number)
  }

  package static func count(
    _ name: String, _ range: ClosedRange<Int32>, default number: Int32, _ help: String
  ) -> TypedOption {
    whole(Option(name, .count(range), default: String(number), help), range, "a whole number", number)
  }

  private static func whole(
    _ row: Option, _ range: ClosedRange<Int32>, _ what: String, _ number: Int32
  ) -> TypedOption {
    TypedOption(row, fallback: number) { (text) throws(Failure) in
      guard let value = Int32(text), range.contains(value) else {
        throw Failure.option(row.name, takes: "\(what) from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
  }
}

extension TypedOption where Value == Int64 {
  package static func bytes(_ name: String, default words: String, _ help: String) -> TypedOption {
    TypedOption(Option(name, .bytes, default: words, help), fallback: size(words) ?? 0) { (text) throws(Failure) in
      guard let value = size(text) else {
        throw Failure.option(name, takes: "a number of bytes, with K, M or G behind it if you like")
      }
      return value
    }
  }

  private static func size(_ text: String) -> Int64? {
    let unit: Int64? =
      switch text.last {
      case "k", "K": 1 << 10
      case "m", "M": 1 << 20
      case "g", "G": 1 << 30
      default: nil
      }
    guard let number = Int64(unit == nil ? text[...] : text.dropLast()), number > 0 else { return nil }
    let (result, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
    return overflow ? nil : result
  }
}

extension TypedOption where Value == Bool {
  package static func switched(_ name: String, _ help: String) -> TypedOption {
    let words = ["yes": true, "true": true, "1": true, "no": false, "false": false, "0": false]
    return TypedOption(Option(name, .boolean, default: "no", help), fallback: false) { (text) throws(Failure) in
      guard let value = words[text] else { throw Failure.option(name, takes: "yes or no") }
      return value
    }
  }
}

extension TypedOption where Value == [Int32] {
  package static func statuses(_ name: String, default statuses: [Int32], _ help: String) -> TypedOption {
    let words = statuses.map(String.init).joined(separator: ",")
    return TypedOption(Option(name, .statuses, default: words, help), fallback: statuses) { (text) throws(Failure) in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int32($0) }
      let statuses = parts.compactMap { $0 }
      guard statuses.count == parts.count, statuses.allSatisfy({ (200...599).contains($0) }) else {
        throw Failure.option(name, takes: "HTTP statuses from 200 to 599, parted by commas")
      }
      return statuses
    }
  }
}

extension TypedOption where Value == [String] {
  package static func words(_ name: String, default words: String, _ help: String) -> TypedOption {
    let split: @Sendable (String) -> [String] = { text in
      text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    }
    return TypedOption(Option(name, .words, default: words, help), fallback: split(words)) { split($0) }
  }
}
