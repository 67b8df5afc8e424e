// Statistics.swift - what a session has cost so far in this process.

public struct Statistics: Sendable {
  public var requests: UInt64 = 0
  public var exchanges: UInt64 = 0
  public var logins: UInt64 = 0
  public var loginsRefused: UInt64 = 0
  public var organizationLogins: UInt64 = 0
  public var replays: UInt64 = 0
  public var adoptedFromSiblings: UInt64 = 0
  public var waits: UInt64 = 0
  public var waitMicroseconds: UInt64 = 0
  public var cookiesAdopted: UInt64 = 0
  public var cookiesLate: UInt64 = 0
  public var saves: UInt64 = 0
  public var saveFailures: UInt64 = 0
  public var recordsDamaged: UInt64 = 0
  public var keepalives: UInt64 = 0

  public init() {}
}
