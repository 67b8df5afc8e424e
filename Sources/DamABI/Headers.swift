// Headers.swift - lists of headers as C has them: an array of dam_header over one copy of the bytes, and back. Names
// and values end with a NUL each.

internal import CDam
internal import DamCore
internal import Glibc

/// A list that the application borrows. It is wiped when nobody holds it any more: some headers are secrets.
@safe final class HeaderList {
  /// The bytes that the list points into.
  private let text: UnsafeMutableRawBufferPointer
  /// How many of them `put` has filled.
  private var used = 0
  private var list = unsafe [dam_header]()
  private var array = unsafe UnsafeMutableBufferPointer<dam_header>(start: nil, count: 0)

  /// The headers of a response.
  init(_ block: HeaderBlock) {
    var size = 0
    block.visit { name, value in size = size.plus(name.count.plus(value.count.plus(2))) }
    unsafe text = .allocate(byteCount: max(1, size), alignment: 1)
    unsafe list.reserveCapacity(block.count)
    block.visit { name, value in append(name, value) }
    finish()
  }

  /// The headers of a request, and those of them that are secret.
  init(_ headers: [(name: String, value: String)], _ secrets: [(name: String, value: Secret)]) {
    var count = 0
    for (name, value) in headers { count += name.utf8.count + value.utf8.count + 2 }
    for (name, value) in secrets { count += name.utf8.count + value.count + 2 }
    unsafe text = .allocate(byteCount: max(1, count), alignment: 1)
    for (name, value) in headers { append(name.utf8, value.utf8) }
    for (name, value) in secrets { append(name.utf8, value.reveal()) }
    finish()
  }

  deinit {
    unsafe text.baseAddress.map { unsafe explicit_bzero($0, text.count) }
    unsafe text.deallocate()
    unsafe array.deallocate()
  }

  var first: UnsafePointer<dam_header>? { unsafe UnsafePointer(array.baseAddress) }
  var count: Int { unsafe array.count }

  private func append(_ name: some Collection<UInt8>, _ value: some Collection<UInt8>) {
    unsafe list.append(dam_header(name: put(name), value: put(value)))
  }

  private func put(_ bytes: some Collection<UInt8>) -> UnsafePointer<CChar>? {
    let room = unsafe UnsafeMutableRawBufferPointer(rebasing: text[used...])
    unsafe room.copyBytes(from: bytes)
    // A blank takes the place of what would end the text or begin another header (RFC 9110, 5.5).
    for place in 0..<bytes.count {
      let byte = unsafe room[place]
      if byte == 0x00 || byte == 0x0A || byte == 0x0D { unsafe room[place] = 0x20 }
    }
    unsafe room[bytes.count] = 0
    used += bytes.count + 1
    return unsafe UnsafePointer(room.baseAddress?.assumingMemoryBound(to: CChar.self))
  }

  private func finish() {
    unsafe array = .allocate(capacity: list.count)
    unsafe _ = array.initialize(from: list)
    unsafe list = []
  }
}

/// A list that the application gave: checks its length, and converts each header.
func headers<Result>(
  _ first: UnsafePointer<dam_header>?, _ count: Int, _ owner: String,
  _ convert: (dam_header) throws(Failure) -> Result
) throws(Failure) -> [Result] {
  guard count != 0 else { return [] }
  guard let first = unsafe first else {
    throw Failure(.argument, "\(owner)->headers is NULL but header_count is not 0")
  }
  guard (0...1000).contains(count) else { throw Failure(.argument, "\(owner)->header_count is over 1000") }
  return unsafe try UnsafeBufferPointer(start: first, count: count).map { (header) throws(Failure) in
    unsafe try convert(header)
  }
}

/// The headers of a response as the application's client received it: bytes that need not be UTF-8.
func receivedHeaders(
  _ first: UnsafePointer<dam_header>?, _ count: Int, _ owner: String
) throws(Failure) -> HeaderBlock {
  let lines = unsafe try headers(first, count, owner) { (header) throws(Failure) in
    let name = unsafe try octets(header.name, "a header's name")
    let value = unsafe try octets(header.value, "a header's value")
    guard !name.isEmpty, !name.contains(where: { $0 == 0x3A || $0 == 0x0D || $0 == 0x0A }) else {
      throw Failure(.argument, "a header's name is empty, or holds a colon or a line end")
    }
    guard !value.contains(where: { $0 == 0x0D || $0 == 0x0A }) else {
      throw Failure(.argument, "a header's value holds a line end")
    }
    return name + [0x3A] + value + [0x0D, 0x0A]
  }
  return HeaderBlock(Array(lines.joined()))
}
