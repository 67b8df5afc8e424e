// SealedSession.swift - a session on its way from one machine to another: its record, sealed by a pass-phrase, as one
// line of text that may go through a mail or a chat. Whoever has the line and guesses the pass-phrase has the session,
// so that each guess is made to cost what it costs with passwords (Hash.slow).
//
//   damsession-session-1.SALT.base64url(nonce, sealed record, tag)
//
// The first two parts are authenticated with the rest.

internal import Crypto

enum SealedSession {
  private static let kind = "damsession-session-1"

  /// `hash`: of the pass-phrase, with this salt.
  static func seal(_ record: SessionRecord, salt: String, hash: String) throws(Failure) -> Secret {
    let head = "\(kind).\(salt)"
    var record = record
    // A question that was asked here is answered here.
    record.consent = nil
    let box = try? AES.GCM.seal(record.encoded(revision: 0), using: key(hash), authenticating: Array(head.utf8))
    guard let bytes = box?.combined else { throw Failure(.internalError, "a session could not be sealed") }
    return Secret("\(head).\(Base64.urlText(Array(bytes)))")
  }

  /// What the pass-phrase is to be hashed with; nil: the text is no sealed session.
  static func salt(of text: Secret) -> String? { parts(text)?.salt }

  static func open(_ text: Secret, hash: String) throws(Failure) -> SessionRecord {
    guard let parts = parts(text), let bytes = Base64.bytes(ofURLText: parts.sealed),
      let box = try? AES.GCM.SealedBox(combined: bytes)
    else { throw damaged }
    guard let opened = try? AES.GCM.open(box, using: key(hash), authenticating: Array("\(kind).\(parts.salt)".utf8))
    else {
      throw Failure(
        .argument, "the pass-phrase is not the one that the session was sealed with, or the text was changed")
    }
    switch SessionRecord.decode(Array(opened)) {
    case .value((let record, _)): return record
    case .newer: throw Failure(.recordNewer, "the session was sealed by a newer damsession; update this one")
    case .damaged: throw damaged
    }
  }

  static let damaged = Failure(.argument, "this is no session that was handed over, or not all of it")

  private static func parts(_ text: Secret) -> (salt: String, sealed: Substring)? {
    let words = text.revealText().filter { !$0.isWhitespace }.split(separator: ".", omittingEmptySubsequences: false)
    guard words.count == 3, words[0] == kind, words[1].utf8.count == 32, words[1].utf8.allSatisfy(Hex.isDigit) else {
      return nil
    }
    return (String(words[1]), words[2])
  }

  private static func key(_ hash: String) -> SymmetricKey { SymmetricKey(data: SHA256.hash(data: Array(hash.utf8))) }
}
