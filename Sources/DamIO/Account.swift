// Account.swift - what all sessions of an account share in this process.

internal import DamCore
internal import Synchronization

final class Account: Sendable {
  /// Keeps the threads of this process apart; the store's lock behind it, the processes.
  let lock = FairLock()
  /// All that this process knows of the account, joined from every load and save; what a store that keeps nothing would
  /// forget is here.
  let record = Mutex(AccountRecord())
}
