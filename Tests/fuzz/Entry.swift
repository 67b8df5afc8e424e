// Entry.swift - where libFuzzer comes in: one binary, one target a name. The name by which the program was called says
// which target it is; fuzz.py makes the links. A name that is none ends it.

import Glibc

struct Target: Sendable {
  let name: String
  let play: @Sendable ([UInt8]) -> Void
}

private let targets = [
  Target(name: "canary", play: playCanary), Target(name: "head", play: playHead),
  Target(name: "exchange", play: playExchange), Target(name: "cookie", play: playCookie),
  Target(name: "json", play: playJSON), Target(name: "record", play: playRecord),
  Target(name: "names", play: playNames), Target(name: "option", play: playOption),
  Target(name: "part", play: playPart), Target(name: "image", play: playImage),
  Target(name: "ticket", play: playTicket), Target(name: "url", play: playURL),
  Target(
    name: "observation", play: { input in input.withUnsafeBufferPointer { fuzzObservation($0.baseAddress, $0.count) } }),
  Target(name: "abi", play: { input in input.withUnsafeBufferPointer { fuzzABI($0.baseAddress, $0.count) } }),
]

// Written in C, since what they play with is: observation.c, abi.c.
@_silgen_name("fuzz_observation") private func fuzzObservation(_ bytes: UnsafePointer<UInt8>?, _ count: Int)
@_silgen_name("fuzz_abi") private func fuzzABI(_ bytes: UnsafePointer<UInt8>?, _ count: Int)

nonisolated(unsafe) private var chosen: Target?

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
  let path = arguments.pointee[0].map { String(cString: $0) } ?? ""
  let name = path.split(separator: "/").last.map(String.init) ?? ""
  chosen = targets.first { $0.name == name }
  guard chosen != nil else {
    print("\(name) is none of: \(targets.map(\.name).joined(separator: " "))")
    exit(2)
  }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  chosen?.play(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}
