// TextBlock.swift - texts for C, one behind the other in one block of memory, each with a NUL at its end. It is wiped
// in the end, since some are secrets.

internal import Glibc

@safe package final class TextBlock {
  private let block: UnsafeMutableRawBufferPointer
  private var used = 0

  /// `room`: for all texts, with their NULs.
  package init(room: Int) { unsafe block = .allocate(byteCount: max(1, room), alignment: 1) }

  deinit {
    unsafe block.baseAddress.map { unsafe explicit_bzero($0, block.count) }
    unsafe block.deallocate()
  }

  /// Where the next byte goes, as C's text.
  package var end: UnsafeMutablePointer<CChar>? {
    unsafe (block.baseAddress.map { unsafe $0 + used })?.assumingMemoryBound(to: CChar.self)
  }

  /// The first text.
  package var start: UnsafeMutablePointer<CChar>? { unsafe block.baseAddress?.assumingMemoryBound(to: CChar.self) }

  /// Adds to the text; what there is no room for is left out.
  package func append(_ bytes: UnsafeRawBufferPointer) {
    let count = min(bytes.count, unsafe block.count - used)
    guard count > 0, let from = bytes.baseAddress, let start = unsafe block.baseAddress else { return }
    unsafe memcpy(start + used, from, count)
    used += count
  }

  /// Ends the text.
  package func close() {
    guard unsafe used < block.count else { return }
    unsafe block[used] = 0
    used += 1
  }
}
