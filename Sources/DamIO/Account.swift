// Account.swift - what all sessions of an account share in this process.

internal import DamCore
internal import Synchronization

final class Account: Sendable {
  let lock = FairLock()
  let record = Mutex(AccountRecord())
}
