// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Pairs.swift - queries and forms from names and values for C: guard, convert, call, convert. The contract of each
// function is in the header.

public import CDam
internal import DamCore

@_cdecl("dam_path_with_query") @implementation
public func dam_path_with_query(
  _ path: UnsafePointer<CChar>?, _ pairs: UnsafePointer<dam_pair>?, _ count: Int,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let path = unsafe try text(path, "path")
    guard !path.utf8.contains(0x23) else { throw Failure(.argument, "path has a fragment (\"#\")") }
    let query = unsafe try encoded(pairs, count)
    let out = unsafe try present(out, "out")
    let bytes = Array(path.utf8)
    unsafe out.pointee = try cString(query.isEmpty ? bytes : bytes + separator(behind: bytes) + query)
  }
}

@_cdecl("dam_encode_form") @implementation
public func dam_encode_form(
  _ pairs: UnsafePointer<dam_pair>?, _ count: Int, _ out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let form = unsafe try encoded(pairs, count)
    let out = unsafe try present(out, "out")
    unsafe out.pointee = try cString(form)
  }
}

/// The pairs, percent-encoded and joined.
private func encoded(_ first: UnsafePointer<dam_pair>?, _ count: Int) throws(Failure) -> [UInt8] {
  guard count != 0 else { return [] }
  guard let first = unsafe first else { throw Failure(.argument, "pairs is NULL but count is not 0") }
  guard (0...10_000).contains(count) else { throw Failure(.argument, "count is over 10000") }
  let pairs = unsafe try UnsafeBufferPointer(start: first, count: count).map { (pair) throws(Failure) in
    unsafe (
      name: try text(pair.name, "a pair's name"), value: Secret(Array(try text(pair.value, "a pair's value").utf8))
    )
  }
  return ASCII.form(pairs).reveal()
}

/// What stands between a path and more of its query: nothing where the path already ends with "?" or "&".
private func separator(behind path: [UInt8]) -> [UInt8] {
  guard path.contains(0x3F) else { return [0x3F] }
  return path.last == 0x3F || path.last == 0x26 ? [] : [0x26]
}
