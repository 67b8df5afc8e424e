// PartialFileTests.swift - the file of a download while it is written: who may read it, what becomes of what was there
// before, and what can be gone on with. No server is asked.

import Foundation
import Glibc
import Testing

@testable import DamCore
@testable import DamIO

@Suite("Partial file")
struct PartialFileTests {
  let scratch: Scratch

  private let tag = Validator("\"v1\"")

  init() throws { scratch = try Scratch() }

  private func file(_ name: String = "a", keeps: Bool = false) throws(Failure) -> PartialFile {
    try PartialFile(scratch.file(name), keeps: keeps)
  }

  private func bits(_ name: String) -> mode_t? { scratch.mode(name).map { $0 & 0o7777 } }

  @Test("a file has its name when it is whole, and nothing is left beside it")
  func whole() throws {
    let file = try file()
    file.open("/t", tag, size: 6)
    #expect(file.take("abc") && file.take("def"))
    #expect(scratch.files == ["a.part", "a.part.json"])
    #expect(file.finish() == nil)
    #expect(scratch.files == ["a"])
    #expect(scratch.read("a") == "abcdef")
    #expect(bits("a") == 0o666)
  }

  @Test("what was promised must be there; what is there remains")
  func tooShort() throws {
    let file = try file()
    file.open("/t", tag, size: 4)
    #expect(file.take("abc"))
    #expect(file.finish()?.cause == .transfer)
    #expect(scratch.files == ["a.part", "a.part.json"])
    #expect(file.resumable("/t")?.size == 3)
    #expect(file.resumable("/t")?.total == 4)
  }

  @Test("more than was promised is not written", arguments: [2, 0, -1] as [Int64])
  func tooLong(end: Int64) throws {
    let file = try file()
    file.open("/t", tag, size: end)
    #expect(!file.take("abc"))
    #expect(file.finish()?.cause == .protocolViolation)
    #expect(scratch.read("a.part") == "")
  }

  @Test("where nothing was promised what has come is all")
  func unknownSize() throws {
    let file = try file()
    file.open("/t", nil, size: nil)
    #expect(file.take("abc"))
    #expect(scratch.files == ["a.part"])
    #expect(file.finish() == nil)
    #expect(scratch.files == ["a"])
  }

  @Test(
    "the old file's mode stays, and nobody else reads the new one on its way",
    arguments: [0o600, 0o640, 0o444, 0o755, 0o666, 0o400] as [mode_t])
  func mode(_ mode: mode_t) throws {
    try scratch.write("a", "old")
    #expect(chmod(scratch.file("a"), mode) == 0)
    let file = try file()
    file.open("/t", tag, size: nil)
    #expect(bits("a.part") == 0o600)
    #expect(bits("a.part.json") == 0o600)
    #expect(file.take("new"))
    #expect(scratch.read("a") == "old" || mode & 0o400 == 0)
    #expect(file.finish() == nil)
    #expect(scratch.read("a") == "new")
    #expect(bits("a") == mode)
  }

  @Test("a part that was open to more is closed before it is gone on with", arguments: [false, true])
  func wideMode(goesOn: Bool) throws {
    let first = try file()
    first.open("/t", tag, size: 6)
    #expect(first.take("abc"))
    first.close()
    #expect(bits("a.part") == 0o666)
    try scratch.write("a", "old")
    #expect(chmod(scratch.file("a"), 0o600) == 0)
    let second = try file()
    if goesOn {
      second.open("/t", after: try #require(second.resumable("/t")), upTo: 6, of: 6)
      #expect(second.take("def"))
    } else {
      second.open("/t", nil, size: nil)
    }
    #expect(bits("a.part") == 0o600)
    #expect(second.finish() == nil)
    #expect(bits("a") == 0o600)
  }

  @Test("bits that give rights are not handed on")
  func setUser() throws {
    try scratch.write("a", "old")
    #expect(chmod(scratch.file("a"), 0o4755) == 0)
    let file = try file()
    file.open("/t", nil, size: nil)
    #expect(file.finish() == nil)
    #expect(bits("a") == 0o755)
  }

  @Test("what is there of a thing is known by its target and version, and gone on with")
  func resuming() throws {
    let first = try file()
    first.open("/t", tag, size: 6)
    #expect(first.take("abc"))
    first.close()
    let second = try file()
    #expect(second.resumable("/other") == nil)
    let found = try #require(second.resumable("/t"))
    #expect(found.size == 3 && found.validator == tag && found.total == 6)
    second.open("/t", after: found, upTo: 6, of: 6)
    #expect(second.base == 3)
    #expect(second.resumable("/t")?.validator == tag, "the note stays while it is gone on with")
    #expect(second.take("def"))
    #expect(second.finish() == nil)
    #expect(scratch.read("a") == "abcdef")
    #expect(scratch.files == ["a"])
  }

  @Test("a new version takes the place of the old part, and of its note")
  func startingOver() throws {
    let first = try file()
    first.open("/t", tag, size: 6)
    #expect(first.take("abcdef"))
    first.close()
    let second = try file()
    second.open("/t", nil, size: nil)
    #expect(scratch.files == ["a.part"], "without a validator there is no going on")
    #expect(second.take("xy"))
    #expect(second.finish() == nil)
    #expect(scratch.read("a") == "xy")
  }

  @Test(
    "a note that says nothing sensible, or a part that is none, is no beginning",
    arguments: [
      "", "{", "[]", "null", #"{"target":"/t"}"#, #"{"validator":"\"v\""}"#, #"{"target":7,"validator":"\"v\""}"#,
      #"{"target":"/t","validator":["\"v\""]}"#, #"{"target":"/T","validator":"\"v\""}"#,
      #"{"target":"/t","validator":"v"}"#,
    ])
  func damaged(note: String) throws {
    try scratch.write("a.part", "abc")
    try scratch.write("a.part.json", note)
    #expect(try file().resumable("/t") == nil)
    try scratch.write("a.part.json", #"{"target":"/t","validator":"\"v\""}"#)
    #expect(try file().resumable("/t")?.size == 3)
    try scratch.write("a.part", "")
    #expect(try file().resumable("/t") == nil)
    #expect(unlink(scratch.file("a.part")) == 0)
    #expect(try file().resumable("/t") == nil)
  }

  @Test("what is no file is not replaced", arguments: ["folder", "link", "dangling", "pipe"])
  func notAFile(kind: String) throws {
    try scratch.write("other", "other")
    switch kind {
    case "folder": #expect(mkdir(scratch.file("a"), 0o700) == 0)
    case "link": #expect(symlink(scratch.file("other"), scratch.file("a")) == 0)
    case "dangling": #expect(symlink(scratch.file("nowhere"), scratch.file("a")) == 0)
    default: #expect(mkfifo(scratch.file("a"), 0o600) == 0)
    }
    for keeps in [true, false] {
      #expect(#expect(throws: Failure.self) { try file(keeps: keeps) }?.cause == .argument)
    }
    #expect(scratch.read("other") == "other")
    for path in ["", "/", "x/"] {
      #expect(#expect(throws: Failure.self) { try PartialFile(path, keeps: false) }?.cause == .argument)
    }
  }

  @Test("a part that is a link is nobody's to write through")
  func linkedPart() throws {
    try scratch.write("other", "other")
    #expect(symlink(scratch.file("other"), scratch.file("a.part")) == 0)
    let file = try file()
    file.open("/t", nil, size: nil)
    #expect(!file.take("x"))
    #expect(file.finish()?.cause == .store)
    #expect(scratch.read("other") == "other")
  }

  @Test("a part with a second name, of another kind or of another user is neither gone on with nor emptied")
  func foreignPart() throws {
    let note = #"{"target":"/t","validator":"\"v1\""}"#
    try scratch.write("other", "precious")
    for kind in ["hard link", "pipe", "folder", "foreign"] where kind != "foreign" || geteuid() == 0 {
      switch kind {
      case "hard link": #expect(link(scratch.file("other"), scratch.file("a.part")) == 0)
      case "pipe": #expect(mkfifo(scratch.file("a.part"), 0o600) == 0)
      case "folder": #expect(mkdir(scratch.file("a.part"), 0o700) == 0)
      default:
        try scratch.write("a.part", "abc")
        #expect(chown(scratch.file("a.part"), 4242, 4242) == 0)
      }
      try scratch.write("a.part.json", note)
      let file = try file()
      #expect(file.resumable("/t") == nil, "\(kind)")
      file.open("/t", nil, size: nil)
      #expect(!file.take("x") && file.finish()?.cause == .store, "\(kind)")
      #expect(scratch.read("other") == "precious")
      #expect(remove(scratch.file("a.part")) == 0)
    }
    // The note is looked at in the same way.
    try scratch.write("a.part", "abc")
    #expect(link(scratch.file("a.part.json"), scratch.file("second")) == 0)
    #expect(try file().resumable("/t") == nil)
  }

  @Test("one download at a time writes a part; another one touches nothing until the first lets go")
  func busy() throws {
    let first = try file()
    first.open("/t", tag, size: 6)
    #expect(first.take("abc"))
    let found = try #require(try file().resumable("/t"))
    for goesOn in [false, true] {
      let second = try file()
      if goesOn { second.open("/t", after: found, upTo: 6, of: 6) } else { second.open("/t", nil, size: nil) }
      #expect(!second.take("x") && second.finish()?.cause == .locked)
      #expect(scratch.read("a.part") == "abc" && scratch.files == ["a.part", "a.part.json"])
    }
    #expect(first.take("def") && first.finish() == nil)
    // What was found is gone by now: its rest belongs nowhere.
    let late = try file()
    late.open("/t", after: found, upTo: 6, of: 6)
    #expect(late.failure?.cause == .locked && scratch.files == ["a"])
  }

  @Test("a part that another download has gone on with meanwhile is not what was found")
  func changed() throws {
    let first = try file()
    first.open("/t", tag, size: 6)
    #expect(first.take("abc"))
    let found = try #require(try file().resumable("/t"))
    #expect(first.take("d"))
    first.close()
    let second = try file()
    second.open("/t", after: found, upTo: 6, of: 6)
    #expect(second.failure?.cause == .locked && scratch.read("a.part") == "abcd")
  }

  @Test("a file that is to be kept is refused at once, and one that appears meanwhile at the end")
  func keeping() throws {
    let late = try file(keeps: true)
    try scratch.write("a", "meanwhile")
    late.open("/t", tag, size: nil)
    #expect(late.failure?.cause == .argument && scratch.files == ["a"], "nothing is begun")
    #expect(unlink(scratch.file("a")) == 0)
    let file = try file(keeps: true)
    file.open("/t", tag, size: nil)
    #expect(file.take("new"))
    try scratch.write("a", "meanwhile")
    #expect(file.finish()?.cause == .argument)
    #expect(scratch.read("a") == "meanwhile")
    #expect(scratch.read("a.part") == "new")
    #expect(#expect(throws: Failure.self) { try self.file(keeps: true) }?.cause == .argument)
    // Gone again: what was fetched has not been for nothing.
    #expect(unlink(scratch.file("a")) == 0)
    #expect(file.finish() == nil)
    #expect(scratch.files == ["a"])
    #expect(scratch.read("a") == "new")
  }

  @Test("a folder that appears in the file's place is a store's failure, and stays")
  func folderMeanwhile() throws {
    let file = try file()
    file.open("/t", nil, size: nil)
    #expect(mkdir(scratch.file("a"), 0o700) == 0)
    #expect(file.finish()?.cause == .store)
    #expect(scratch.mode("a").map { $0 & S_IFMT } == S_IFDIR)
  }

  @Test("where nothing can be written that is said, and nothing is taken")
  func unwritable() throws {
    let file = try PartialFile(scratch.file("nowhere/a"), keeps: false)
    file.open("/t", tag, size: nil)
    #expect(file.failure?.cause == .store)
    #expect(!file.take("x"))
    #expect(file.finish()?.cause == .store)
  }
}

extension PartialFile {
  func take(_ text: String) -> Bool { Array(text.utf8).withUnsafeBytes { take($0) } }
}
