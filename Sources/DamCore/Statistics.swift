// Statistics.swift - what a session has cost so far in this process; the header says what each number counts.

package struct Statistics: Sendable {
  package var requests: UInt64 = 0
  package var exchanges: UInt64 = 0
  package var logins: UInt64 = 0
  package var loginsRefused: UInt64 = 0
  package var organizationLogins: UInt64 = 0
  package var replays: UInt64 = 0
  package var adoptedFromSiblings: UInt64 = 0
  package var waits: UInt64 = 0
  package var waitMicroseconds: UInt64 = 0
  package var cookiesAdopted: UInt64 = 0
  package var cookiesLate: UInt64 = 0
  package var saves: UInt64 = 0
  package var saveFailures: UInt64 = 0
  package var recordsDamaged: UInt64 = 0
  package var keepalives: UInt64 = 0
  package var renewals: UInt64 = 0
  package var renewalsInDoubt: UInt64 = 0
  package var consents: UInt64 = 0

  package init() {}
}
