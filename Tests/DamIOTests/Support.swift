// Support.swift - what the I/O tests build on: folders that vanish, records, and threads that are known to wait.

import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import DamCore
@testable import DamIO

/// A folder of the test's own, removed at its end.
final class Scratch: Sendable {
  let path: String

  init() throws {
    // Modes must not depend on a kind umask.
    umask(0)
    path = FileManager.default.temporaryDirectory.path + "/damsession-test-" + UUID().uuidString
    try #require(mkdir(path, 0o700) == 0)
  }

  deinit { remove() }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Type and mode; nil when there is nothing. Links are not followed.
  func mode(_ name: String) -> mode_t? {
    var found = stat()
    return lstat(file(name), &found) == 0 ? found.st_mode : nil
  }

  func inode(_ name: String) -> ino_t? {
    var found = stat()
    return lstat(file(name), &found) == 0 ? found.st_ino : nil
  }

  /// A file of the user's own, closed to others as the library makes them.
  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    chmod(file(name), 0o600)
  }
  func read(_ name: String) -> String? { try? String(contentsOfFile: file(name), encoding: .utf8) }
  var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

enum Sample {
  static func settings(_ changes: [String: String] = [:]) throws -> Settings {
    var values = OptionValues()
    let base = [
      "system": "photoshelter", "url": "https://archive.example", "user": "kim@example.com", "api-key": "KEY45678901",
      "password": "hunter2",
    ]
    for (name, value) in base.merging(changes, uniquingKeysWith: { $1 }) { try values.set(name, value) }
    return try Settings(values)
  }

  /// A session of this generation; no cookie: a logged-out one.
  static func record(_ generation: UInt64, cookie: String?, stamp: UInt64 = 1) -> SessionRecord {
    var record = SessionRecord()
    record.generation = generation
    guard let cookie else { return record }
    record.secret = SessionSecret()
    record.secret?.cookies = CookieSet([Cookie(name: "mem", value: Secret(cookie), stamp: stamp)])
    return record
  }
}

extension SessionRecord {
  var cookie: String? { secret?.cookies.value("mem")?.revealText() }
}

/// A thread whose beginning to wait can be waited for: tests of queues need that order, and clocks do not give it.
final class Waiter: Sendable {
  private let folder = Mutex("")
  private let done = DispatchSemaphore(value: 0)

  init(_ body: @escaping @Sendable () -> Void) {
    Thread.detachNewThread { [self] in
      let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
      folder.withLock { $0 = "/proc/" + (own ?? "self") }
      body()
      done.signal()
    }
  }

  /// Returns once the thread is inside the kernel's poll(), where those who wait for a lock sleep, or in a nap between
  /// two looks.
  func isAsleep() {
    while true {
      let call = try? String(contentsOfFile: folder.withLock { $0 } + "/syscall", encoding: .utf8)
      // poll, ppoll and clock_nanosleep, on x86-64 and on arm64.
      if let call, ["7", "271", "73", "230", "115"].contains(call.prefix { $0 != " " }) { return }
      sched_yield()
    }
  }

  func join() { done.wait() }
}

extension Saving {
  var record: Record? {
    if case .saved(let record) = self { return record }
    return nil
  }
}

extension FairLock {
  /// Without waiting; nil: it is another's.
  func tryTake(_ holder: LockHolder = LockHolder()) -> Turn? {
    let entry = enter(Ring(Bell()), holder)
    switch consume entry {
    case .turn(let turn): return turn
    case .line(let waiter): return leave(waiter)
    }
  }

  /// Whether nobody has it.
  var isFree: Bool {
    if let turn = tryTake() {
      _ = consume turn
      return true
    }
    return false
  }

  /// Waits as a blocking caller does; nil when `timeout` microseconds ran out.
  func take(timeout: UInt64) -> Turn? {
    let deadline = Clock.monotonic &+ timeout
    let entry = enter(Ring(Bell()))
    switch consume entry {
    case .turn(let turn): return turn
    case .line(let waiter):
      while !waiter.hasTurn, Clock.monotonic < deadline { waiter.ring.bell.sleep(until: deadline) }
      return leave(waiter)
    }
  }

  /// A place in the line; nil where the lock was free, which is let go again.
  func queue(_ bell: @autoclosure () -> Bell, _ holder: LockHolder = LockHolder(), tag: UInt64 = 0) -> Waiter? {
    let entry = enter(Ring(bell(), tag), holder)
    switch consume entry {
    case .turn: return nil
    case .line(let waiter): return waiter
    }
  }
}

/// A turn that closures can hold and let go.
final class Holding: Sendable {
  private let turn: Mutex<FairLock.Turn?>

  init?(_ lock: FairLock, _ holder: LockHolder = LockHolder()) {
    let taken = lock.tryTake(holder)
    guard let taken else { return nil }
    turn = Mutex(consume taken)
  }

  init?(_ lock: FairLock, leaving waiter: FairLock.Waiter) {
    let taken = lock.leave(waiter)
    guard let taken else { return nil }
    turn = Mutex(consume taken)
  }

  func release() { turn.withLock { $0 = nil } }
}

/// Something that happens once, for which any number of threads may wait.
final class Signal: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  func fire() { semaphore.signal() }

  /// The limit is only there so that a test fails instead of hanging.
  func wait() {
    #expect(semaphore.wait(timeout: .now() + 60) == .success, "it never happened")
    semaphore.signal()
  }
}

extension LoopbackServer {
  /// nil takes an option away.
  func settings(_ changes: [String: String?] = [:]) throws -> Settings {
    let own: [String: String?] = [
      "url": "http://127.0.0.1:\(port)", "allow-loopback-http": "yes", "authentication": "token", "store": "memory",
    ]
    return try TestSupport.Sample.photoShelter(own.merging(changes) { $1 })
  }

  func open(_ changes: [String: String] = [:]) throws -> Session {
    let caller = Application(credentials: { _ in .success(nil) }, log: .silent, store: nil)
    return try Session(settings(changes), caller)
  }
}

extension Session {
  func asking(
    _ path: String, _ method: String = "GET", body: CallerRequest.Body = .none
  ) throws(Failure) -> CallerRequest {
    try CallerRequest(
      method: method, path: path, headers: [], contentType: nil, body: body, image: nil, settings: settings)
  }

  func request(_ path: String, _ options: CallOptions = CallOptions()) throws(Failure) -> Response {
    try request(asking(path), options)
  }
}

extension Session {
  /// Whether nobody has a lock of it.
  var isFree: Bool { shared.lock.isFree && shared.account.lock.isFree }

  /// The text of the response, or the cause of the failure.
  func ending(_ path: String, _ options: CallOptions = CallOptions()) -> String {
    do throws(Failure) { return try request(path, options).text } catch { return "\(error.cause)" }
  }

  /// The same, but "cancelled" where it would wait for a lock.
  func endingWithoutWaiting(_ path: String) -> String {
    var options = CallOptions()
    options.progress = { _, _, _, _ in false }
    return ending(path, options)
  }
}

extension Response {
  var text: String { String(decoding: body.prefix(body.count), as: UTF8.self) }
}

extension Store {
  /// In one line, as tests like it.
  func save(
    _ key: String, _ bytes: [UInt8], revision: UInt64, replacing expected: UInt64, isDurable: Bool
  ) -> StoreSave {
    save(key, StoreWrite(bytes: bytes, revision: revision, replacing: expected, isDurable: isDurable))
  }
}
