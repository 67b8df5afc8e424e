// Logger.swift - where log lines go, and which do. A line that nobody reads is not even put together.

package import DamCore

package struct Logger: Sendable {
  /// The chattiest level that is written; nil: nobody listens.
  package let most: LogLevel?
  private let write: @Sendable (LogLevel, String) -> Void

  package init(_ most: LogLevel?, _ write: @escaping @Sendable (LogLevel, String) -> Void) {
    self.most = most
    self.write = write
  }

  /// For applications that do not want to know.
  package static let silent = Logger(nil) { _, _ in }

  func callAsFunction(_ level: LogLevel, _ line: @autoclosure () -> String) {
    if let most, level <= most { write(level, line()) }
  }
}
