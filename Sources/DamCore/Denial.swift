// Denial.swift - a refused login: what it says of the credentials, and the failure for the caller.

struct Denial: Sendable {
  let reason: Refusal.Reason
  let failure: Failure
}
