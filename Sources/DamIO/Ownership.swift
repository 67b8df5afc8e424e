// Ownership.swift - whether a file or folder is what it seems: this user's own, with one name, and closed to others.
// What is read back decides where secrets go, and a folder may be older than this process. Looked at through the open
// file, so that nothing can change in between. Nothing is mended here: who has opened a file to others, and what they
// have done with it, only its owner can know (ssh does the same with its keys).

internal import Glibc

enum Ownership {
  /// Why `path`, which is open, must not be believed; nil: it may. `closed`: what others must not be able to do.
  static func objection(to status: stat, _ path: String, closed: mode_t) -> String? {
    guard status.st_mode & S_IFMT == S_IFREG else { return "\(path) is a folder, a pipe or a device; remove it" }
    guard status.st_nlink <= 1 else { return "\(path) has a second name (a hard link); remove it" }
    return owner(status, path, or: "remove it") ?? mode(status, path, closed, "chmod 600")
  }

  /// As above for a folder, which need not be there yet.
  static func objection(toFolder path: String) -> String? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return exchangeable(path) }
    // A link that somebody else has put there leads where they want.
    if status.st_mode & S_IFMT == S_IFLNK, status.st_uid != 0, let foreign = owner(status, path, or: "remove it") {
      return foreign
    }
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    return owner(status, path, or: "choose another") ?? mode(status, path, 0o022, "chmod 700") ?? exchangeable(path)
  }

  /// A folder above it in which everybody may put another folder in its place.
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
