// Denial.swift - what a server's refusal says of the credentials, and what the caller hears.

struct Denial: Sendable {
  let reason: Refusal.Reason
  let failure: Failure
}
