// RecordSeal.swift - whether the bytes of a record are whole, for a store that may read them while they are written.

extension RecordHeader {
  /// Whether so many bytes follow the first line as it says, and its checksum is theirs.
  package static func isWhole(_ bytes: [UInt8]) -> Bool {
    guard let (header, size) = parse(bytes) else { return false }
    let document = bytes.dropFirst(size)
    let line = bytes.prefix(size).dropLast(header.checksum.utf8.count + 1)
    return document.count == header.length && Hash.sha256(line, document) == header.checksum
  }
}
