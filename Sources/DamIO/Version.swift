// Version.swift - the library's version; a test holds it against the header's macro and Python's.

package enum Version {
  /// A literal, because C borrows it for ever.
  package static let literal: StaticString = "1.0.0"
  static let text = literal.description
}
