// RecordSeal.swift - whether the bytes of a record are whole: for whoever reads one, and for a store that may read it
// while it is written.

extension RecordHeader {
  enum Seal {
    /// So many bytes follow the first line as it says, and its checksum is theirs.
    case whole(RecordHeader, document: ArraySlice<UInt8>)
    case damaged(String)
  }

  static func open(_ bytes: [UInt8]) -> Seal {
    guard let (header, size) = parse(bytes) else { return .damaged("it does not begin as a record does") }
    let document = bytes.dropFirst(size)
    guard document.count == header.length else {
      return .damaged("it has \(document.count) bytes where \(header.length) were written")
    }
    let line = bytes.prefix(size).dropLast(header.checksum.count + 1)
    guard Hash.sha256(line, document) == header.checksum else { return .damaged("its checksum does not match") }
    return .whole(header, document: document)
  }

  package static func isWhole(_ bytes: [UInt8]) -> Bool {
    if case .whole = open(bytes) { return true }
    return false
  }
}
