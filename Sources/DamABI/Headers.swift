// Headers.swift - lists of headers as C has them: an array of dam_header over one copy of the bytes, and back. Names
// and values end with a NUL each.

internal import CDam
internal import DamCore
internal import DamIO
internal import Glibc

/// A list that the application borrows. It is wiped when nobody holds it any more: some headers are secrets.
@safe final class HeaderList {
  private let text: TextBlock
  private let array: UnsafeMutableBufferPointer<dam_header>

  /// The headers of a response.
  init(_ block: HeaderBlock) {
    var size = 0
    block.visit { name, value in size = size.plus(name.count.plus(value.count)) }
    var list = Filling(size, block.count)
    block.visit { name, value in
      unsafe name.withUnsafeBytes { name in unsafe value.withUnsafeBytes { unsafe list.append(name, $0) } }
    }
    text = list.text
    unsafe array = list.array
  }

  /// The headers of a request, and those of them that are secret.
  init(_ headers: [(name: String, value: String)], _ secrets: [(name: String, value: Secret)]) {
    var size = 0
    for (name, value) in headers { size = size.plus(name.utf8.count.plus(value.utf8.count)) }
    for (name, value) in secrets { size = size.plus(name.utf8.count.plus(value.count)) }
    var list = Filling(size, headers.count + secrets.count)
    for (name, value) in headers {
      unsafe Array(name.utf8).withUnsafeBytes { name in
        unsafe Array(value.utf8).withUnsafeBytes { unsafe list.append(name, $0) }
      }
    }
    for (name, value) in secrets {
      unsafe Array(name.utf8).withUnsafeBytes { name in value.withBytes { unsafe list.append(name, $0) } }
    }
    text = list.text
    unsafe array = list.array
  }

  deinit { unsafe array.deallocate() }

  var first: UnsafePointer<dam_header>? { unsafe UnsafePointer(array.baseAddress) }
  var count: Int { unsafe array.count }

  /// The value of the first header of this name, in any case; nil: there is none.
  func value(_ name: UnsafePointer<CChar>) -> UnsafePointer<CChar>? {
    let wanted = unsafe UnsafeRawBufferPointer(start: name, count: strlen(name))
    return unsafe array.first { header in
      unsafe ASCII.equalIgnoringCase(UnsafeRawBufferPointer(start: header.name, count: strlen(header.name)), wanted)
    }?.value
  }
}

/// A list while it is put together.
@safe private struct Filling {
  let text: TextBlock
  let array: UnsafeMutableBufferPointer<dam_header>
  private var count = 0

  /// Room for so many headers, whose names and values have so many bytes.
  init(_ size: Int, _ headers: Int) {
    text = TextBlock(room: size.plus(headers.plus(headers)))
    unsafe array = .allocate(capacity: headers)
  }

  mutating func append(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    unsafe array.initializeElement(at: count, to: dam_header(name: put(name), value: put(value)))
    count += 1
  }

  private func put(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<CChar>? {
    let start = unsafe text.end
    unsafe text.append(bytes)
    // A blank takes the place of what would end the text or begin another header (RFC 9110, 5.5).
    for place in bytes.indices {
      let byte = unsafe bytes[place]
      if byte == 0x00 || byte == 0x0A || byte == 0x0D { unsafe start?[place] = 0x20 }
    }
    text.close()
    return unsafe UnsafePointer(start)
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
