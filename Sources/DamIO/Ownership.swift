// Ownership.swift - whether a file or folder can be believed: it is this user's own, has one name, and is closed to
// others. What is read back decides where secrets go, and a folder may be older than this process. A file is checked
// through its open descriptor, so that nothing can change in between. Nothing is mended here: only the owner can know
// who has opened a file to others, and what they have done with it (ssh does the same with its keys).

internal import Glibc

enum Ownership {
  /// Why the open file of this status must not be believed; nil: it may. `closed`: the permission bits that others must
  /// not have.
  static func objection(to status: stat, _ path: String, closed: mode_t) -> String? {
    guard status.st_mode & S_IFMT == S_IFREG else { return "\(path) is a folder, a pipe or a device; remove it" }
    guard status.st_nlink <= 1 else { return "\(path) has a second name (a hard link); remove it" }
    return owner(status, path, or: "remove it") ?? mode(status, path, closed, "chmod 600")
  }

  /// The same for a folder, which need not be there yet.
  static func objection(toFolder path: String) -> String? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return exchangeable(path) }
    // A symbolic link that another user has made leads where that user wants; those of root are part of the system.
    if status.st_mode & S_IFMT == S_IFLNK, status.st_uid != 0, let foreign = owner(status, path, or: "remove it") {
      return foreign
    }
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    return owner(status, path, or: "choose another") ?? mode(status, path, 0o022, "chmod 700") ?? exchangeable(path)
  }

  /// Whether a folder above lets everybody put another folder in the place of `path`: it is open to all and not sticky.
  private static func exchangeable(_ path: String) -> String? {
    var above = path[...]
    while let slash = above.lastIndex(of: "/"), above.count > 1 {
      above = slash == above.startIndex ? "/" : above[..<slash]
      var status = stat()
      guard unsafe stat(String(above), &status) == 0 else { continue }
      if status.st_mode & (S_IFMT | S_ISVTX | 0o002) == S_IFDIR | 0o002 {
        return
          "\(path) can be replaced by everybody, who may write in \(above); chmod +t \(above), or choose another place"
      }
    }
    return nil
  }

  private static func owner(_ status: stat, _ path: String, or way: String) -> String? {
    status.st_uid == geteuid()
      ? nil : "\(path) belongs to another user (ID \(status.st_uid)); run as that user, or \(way)"
  }

  private static func mode(_ status: stat, _ path: String, _ closed: mode_t, _ way: String) -> String? {
    guard status.st_mode & closed != 0 else { return nil }
    let octal = String(status.st_mode & 0o777, radix: 8)
    return "\(path) is open to other users (mode \(octal)); if they cannot have changed it, \(way) it, else remove it"
  }
}

extension Descriptor {
  /// See `Ownership`; nil: it may be believed.
  func objection(_ path: String, closed: mode_t) -> String? {
    guard let status else { return SystemError.last.text }
    return Ownership.objection(to: status, path, closed: closed)
  }
}
