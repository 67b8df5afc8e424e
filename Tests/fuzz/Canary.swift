// Canary.swift - faults on purpose: fuzzers that do not find these prove nothing about the rest.
// "trap" is for coverage to spell, which blind chance does once in four thousand million tries; "over" and "leak" are
// given.

func playCanary(_ input: [UInt8]) {
  for (at, letter) in "trap".utf8.enumerated() {
    guard input.count > at, input[at] == letter else { return singInC(input) }
  }
  check(false, "the canary sings")
}

private func singInC(_ input: [UInt8]) {
  input.withUnsafeBufferPointer { canary($0.baseAddress, $0.count) }
}

@_silgen_name("fuzz_canary") private func canary(_ bytes: UnsafePointer<UInt8>?, _ count: Int)
