// Scratch.swift - files that a target needs, in the folder that fuzz.py has made for it.

import Glibc

/// A folder of this name, made if need be.
func scratch(_ name: String) -> String {
  let root = getenv("DAM_FUZZ_DIR").map { String(cString: $0) } ?? ""
  check(root.hasPrefix("/"), "DAM_FUZZ_DIR is set; fuzz.py does that")
  let folder = root + "/" + name
  mkdir(folder, 0o700)
  return folder
}

func files(in folder: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

func removeAll(in folder: String) {
  for name in files(in: folder) { unlink("\(folder)/\(name)") }
}

func write(_ bytes: [UInt8], to path: String) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  check(descriptor >= 0 && Glibc.write(descriptor, bytes, bytes.count) == bytes.count, "\(path) can be written")
  close(descriptor)
}

func contents(of path: String) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 1 << 20)
  let count = read(descriptor, &bytes, bytes.count)
  return Array(bytes.prefix(max(0, count)))
}
