// swift-tools-version: 6.2
// damsession: DamCore decides, one target a vendor says what is special about it, DamIO does, DamABI puts it together
// and translates. The link flags of the shipped library live in the Makefile:
// as unsafeFlags here they would break `swift test`.

import PackageDescription

let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
  name: "damsession",
  products: [
    .library(name: "damsession", type: .dynamic, targets: ["DamABI"])
  ],
  dependencies: [
    // MD5 for FotoWeb's login token, SHA-256 and HMAC for checksums and fingerprints, scrypt for what is remembered of
    // passwords: digests are not ours to write.
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2")
  ],
  targets: [
    .systemLibrary(name: "CDam"),
    // HTTP, TLS, proxies and connection reuse: libcurl, as the system ships it.
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    // What Swift's Glibc module hides: file locks by open file, eventfds, signal masks, memmem.
    .target(name: "CLinux"),
    .target(
      name: "DamCore",
      dependencies: [
        "CLinux", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    // What a vendor's API is like. They see what the engine's `System` needs, and not each other.
    .target(name: "PhotoShelter", dependencies: ["DamCore"], swiftSettings: strict),
    .target(
      name: "FotoWeb", dependencies: ["DamCore", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(name: "FotoWare", dependencies: ["DamCore"], swiftSettings: strict),
    .target(name: "DamIO", dependencies: ["DamCore", "CCurl", "CLinux"], swiftSettings: strict),
    .target(
      name: "DamABI", dependencies: ["DamIO", "DamCore", "PhotoShelter", "FotoWeb", "FotoWare", "CDam"],
      exclude: ["exports.map"],
      swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["DamABI", "DamCore", "PhotoShelter", "FotoWeb", "FotoWare"],
      path: "Tests/TestSupport"),
    .testTarget(name: "DamCoreTests", dependencies: ["DamCore", "TestSupport"]),
    .testTarget(name: "PhotoShelterTests", dependencies: ["PhotoShelter", "DamCore", "TestSupport"]),
    .testTarget(name: "FotoWebTests", dependencies: ["FotoWeb", "DamCore", "TestSupport"]),
    .testTarget(name: "FotoWareTests", dependencies: ["FotoWare", "DamCore", "TestSupport"]),
    .testTarget(name: "DamIOTests", dependencies: ["DamIO", "DamCore", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
