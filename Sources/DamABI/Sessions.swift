// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Sessions.swift - dam_session for C: guard, convert, call, convert. The contract of each function is in the header.

public import CDam
internal import DamCore
internal import DamIO

/// What a dam_session is. Any number of threads at once.
final class SessionHandle: Handle {
  static let word = "session"
  let session: Session
  init(_ session: Session) { self.session = session }
}

@_cdecl("dam_session_open") @implementation
public func dam_session_open(
  _ config: OpaquePointer?, _ out: UnsafeMutablePointer<OpaquePointer?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let config = unsafe try Config.take(config)
    let out = unsafe try present(out, "out")
    unsafe out.pointee = try session(of: config).give()
  }
}

private func session(of config: Config) throws(Failure) -> SessionHandle {
  SessionHandle(try Session(try Settings(config.values, knownSystems), config.callbacks.application))
}

@_cdecl("dam_session_open_named") @implementation
public func dam_session_open_named(
  _ name: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<OpaquePointer?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let name = unsafe try optionalText(name, "name")
    let out = unsafe try present(out, "out")
    let config = Config()
    if let name { try Names.load(name, into: &config.values) }
    try EnvironmentOptions.load(into: &config.values)
    unsafe out.pointee = try session(of: config).give()
  }
}

@_cdecl("dam_session_free") @implementation
public func dam_session_free(_ session: OpaquePointer?) { unsafe SessionHandle.free(session) }

@_cdecl("dam_session_login") @implementation
public func dam_session_login(
  _ session: OpaquePointer?, _ flags: UInt32, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    try session.login(again: try isAgain(flags))
  }
}

/// Reads dam_login_flags.
func isAgain(_ flags: UInt32) throws(Failure) -> Bool {
  guard flags <= DAM_LOGIN_AGAIN.rawValue else {
    throw Failure(.argument, "flags is \(flags), which is no dam_login_flags")
  }
  return flags == DAM_LOGIN_AGAIN.rawValue
}

@_cdecl("dam_session_keepalive") @implementation
public func dam_session_keepalive(_ session: OpaquePointer?, _ err: UnsafeMutablePointer<dam_error>?) -> dam_status {
  unsafe export(err) { () throws(Failure) in try (unsafe try SessionHandle.take(session)).session.keepalive() }
}

@_cdecl("dam_session_logout") @implementation
public func dam_session_logout(
  _ session: OpaquePointer?, _ result_out: UnsafeMutablePointer<Int32>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let outcome = try (unsafe try SessionHandle.take(session)).session.logout()
    if let result_out = unsafe result_out { unsafe result_out.pointee = code(of: outcome) }
  }
}

/// The dam_logout_result for it.
func code(of outcome: LogoutResult) -> Int32 {
  let code =
    switch outcome {
    case .none: DAM_LOGOUT_NONE
    case .server: DAM_LOGOUT_SERVER
    case .local: DAM_LOGOUT_LOCAL
    case .unconfirmed: DAM_LOGOUT_UNCONFIRMED
    }
  return Int32(bitPattern: code.rawValue)
}

@_cdecl("dam_session_forget") @implementation
public func dam_session_forget(_ session: OpaquePointer?, _ err: UnsafeMutablePointer<dam_error>?) -> dam_status {
  unsafe export(err) { () throws(Failure) in try (unsafe try SessionHandle.take(session)).session.forget() }
}

@_cdecl("dam_session_list_organizations") @implementation
public func dam_session_list_organizations(
  _ session: OpaquePointer?, _ callback: dam_organization_callback?, _ user_data: UnsafeMutableRawPointer?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    guard let callback = unsafe callback else { throw Failure(.argument, "callback is NULL") }
    try session.settings.requireOrganizations()
    try each(try session.ensure().organizations) { organization in
      unsafe lend(organization.id) { id in
        unsafe lend(organization.name) { name in
          var view = unsafe dam_organization(
            size: ownSize(dam_organization.self), reserved: 0, id: id, name: name,
            member: organization.isMember.map { $0 ? 1 : 0 } ?? -1,
            selected: organization.id == session.settings.site.organization ? 1 : 0)
          return ForkGate.outside { unsafe callback(user_data, &view) }
        }
      }
    }
  }
}

@_cdecl("dam_session_list_headers") @implementation
public func dam_session_list_headers(
  _ session: OpaquePointer?, _ callback: dam_header_callback?, _ user_data: UnsafeMutableRawPointer?,
  _ ticket_out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    guard let callback = unsafe callback else { throw Failure(.argument, "callback is NULL") }
    try session.settings.requireHeaders()
    let record = try session.ensure()
    let headers = HeaderList([], try session.settings.headers(record))
    try each(Array(0..<headers.count)) { place in
      ForkGate.outside { unsafe callback(user_data, headers.first?.advanced(by: place)) }
    }
    if let ticket_out = unsafe ticket_out {
      unsafe ticket_out.pointee = unsafe try cString(session.ticket(record).utf8)
    }
  }
}

@_cdecl("dam_session_get_token") @implementation
public func dam_session_get_token(
  _ session: OpaquePointer?, _ out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    let out = unsafe try present(out, "out")
    try session.settings.requireToken()
    unsafe out.pointee = try cString(try session.settings.token(try session.ensure()).reveal())
  }
}

@_cdecl("dam_session_list_device_tokens") @implementation
public func dam_session_list_device_tokens(
  _ session: OpaquePointer?, _ callback: dam_device_token_callback?, _ user_data: UnsafeMutableRawPointer?,
  _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    guard let callback = unsafe callback else { throw Failure(.argument, "callback is NULL") }
    try session.settings.requireDeviceTokens()
    let snapshot = session.snapshot()
    let inUse = try? session.settings.token(snapshot.record).fingerprint
    try each(snapshot.account.ledger) { entry in
      unsafe lend(entry.fingerprint) { print in
        var view = unsafe dam_device_token(
          size: ownSize(dam_device_token.self), in_use: entry.fingerprint == inUse ? 1 : 0, fingerprint: print,
          obtained_at: entry.obtainedAt, dead_at: entry.deadAt ?? 0)
        return ForkGate.outside { unsafe callback(user_data, &view) }
      }
    }
  }
}

@_cdecl("dam_session_get_state") @implementation
public func dam_session_get_state(
  _ session: OpaquePointer?, _ out: UnsafeMutablePointer<dam_session_state>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    let out = unsafe try present(out, "out")
    let size = unsafe out.pointee.size
    unsafe try checkSize(out, size, "out", first: 960)  // expires_at came later
    unsafe fill(out, size, with: state(session.snapshot(), session.settings, size))
  }
}

private func state(_ snapshot: Snapshot, _ settings: Settings, _ size: UInt32) -> dam_session_state {
  var flags: UInt32 = 0
  if snapshot.record.secret != nil { flags |= DAM_STATE_LOGGED_IN.rawValue }
  if snapshot.isStored, snapshot.record.secret != nil { flags |= DAM_STATE_STORED.rawValue }
  if snapshot.account.isRefused { flags |= DAM_STATE_REFUSED.rawValue }
  if snapshot.record.secret?.refreshToken != nil { flags |= DAM_STATE_RENEWABLE.rawValue }
  var out = dam_session_state()
  out.size = size
  out.flags = flags
  out.generation = snapshot.record.generation
  out.issued_at = snapshot.record.issuedAt
  out.used_at = snapshot.record.usedAt
  out.idle_limit = Int32(clamping: settings.idleLimit(snapshot.record))
  out.tokens_obtained = Int32(clamping: snapshot.account.liveTokens)
  unsafe withUnsafeMutableBytes(of: &out.fingerprint) { unsafe put(settings.fingerprint(snapshot.record), into: $0) }
  unsafe withUnsafeMutableBytes(of: &out.organization) { unsafe put(settings.site.organization, into: $0) }
  unsafe withUnsafeMutableBytes(of: &out.origin) { unsafe put(settings.site.origin.text, into: $0) }
  unsafe withUnsafeMutableBytes(of: &out.store) { unsafe put(snapshot.place, into: $0) }
  out.expires_at = snapshot.record.secret?.expiresAt ?? 0
  return out
}

@_cdecl("dam_session_get_statistics") @implementation
public func dam_session_get_statistics(
  _ session: OpaquePointer?, _ out: UnsafeMutablePointer<dam_statistics>?, _ err: UnsafeMutablePointer<dam_error>?
) -> dam_status {
  unsafe export(err) { () throws(Failure) in
    let session = (unsafe try SessionHandle.take(session)).session
    let out = unsafe try present(out, "out")
    let size = unsafe out.pointee.size
    unsafe try checkSize(out, size, "out", first: 128)  // renewals and what follows came later
    let counted = session.statistics
    let statistics = dam_statistics(
      size: size, reserved: 0, requests: counted.requests, exchanges: counted.exchanges,
      logins: counted.logins, logins_refused: counted.loginsRefused, organization_logins: counted.organizationLogins,
      replays: counted.replays, adopted_from_siblings: counted.adoptedFromSiblings, waits: counted.waits,
      wait_us: counted.waitMicroseconds, cookies_adopted: counted.cookiesAdopted,
      cookies_late: counted.cookiesLate, saves: counted.saves, save_failures: counted.saveFailures,
      records_damaged: counted.recordsDamaged, keepalives: counted.keepalives,
      renewals: counted.renewals, renewals_in_doubt: counted.renewalsInDoubt, consents: counted.consents)
    unsafe fill(out, size, with: statistics)
  }
}
