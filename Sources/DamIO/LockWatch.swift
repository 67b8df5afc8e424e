// LockWatch.swift - hears when a lock file is touched (inotify(7)), which is what those do who let go of its lock.
//
// A user has few instances of inotify (128 by default), and closing one takes the kernel ten milliseconds. So a process
// keeps those that it has made, and makes no more than a few: whoever gets none looks again and again instead.

internal import CLinux
internal import Glibc
internal import Synchronization

final class LockWatch {
  /// Readable after a touch, until `hasRung`.
  var descriptor: Int32 { instance.descriptor }
  private let instance: Instance
  private let process: UInt64

  /// nil: there is none to be had.
  init?(_ path: String) {
    process = Process.number
    guard var instance = Instance.take(path, process) else { return nil }
    // The same file again costs next to nothing; another one may have its name by now.
    let watch = unsafe inotify_add_watch(instance.descriptor, path, UInt32(IN_ATTRIB) | UInt32(IN_DONT_FOLLOW))
    if watch != instance.watch, instance.watch >= 0 { _ = inotify_rm_watch(instance.descriptor, instance.watch) }
    (instance.watch, instance.path) = (watch, path)
    self.instance = instance
    guard watch >= 0 else { return nil }
  }

  /// A forked child has closed it, and its number may be something else's there.
  deinit { if process == Process.number { instance.giveBack() } }

  /// Whether the file was touched since the last time.
  func hasRung() -> Bool {
    // Events that are alike are one, so all of them fit.
    let room = 4096
    return unsafe withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { buffer in
      retrying { unsafe read(descriptor, buffer.baseAddress, room) } > 0
    }
  }
}

/// An instance of inotify, and the one file that it watches.
private struct Instance {
  let descriptor: Int32
  var watch: Int32 = -1
  var path = ""

  private struct Table {
    /// Whose they are: a forked child has closed those of its parent.
    var process: UInt64 = 0
    var made = 0
    var idle: [Instance] = []
  }

  private static let table = Mutex(Table())
  private static let most = 8

  /// One that nobody uses, if possible one that watches this file already.
  static func take(_ path: String, _ process: UInt64) -> Instance? {
    table.withLock { table -> Instance? in
      if table.process != process { table = Table(process: process) }
      if let index = table.idle.firstIndex(where: { $0.path == path }) { return table.idle.remove(at: index) }
      if let idle = table.idle.popLast() { return idle }
      guard table.made < most else { return nil }
      let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
      guard descriptor >= 0 else { return nil }
      table.made += 1
      dam_fork_close_add(descriptor)
      return Instance(descriptor: descriptor)
    }
  }

  func giveBack() { Instance.table.withLock { $0.idle.append(self) } }
}
