// Checked.swift - arithmetic on numbers that come from outside: lengths, times and counts of servers, applications,
// files and clocks. A bare `+` ends the application's process where the result does not fit; these stop at the end of
// the range. Where that would be wrong too, use `addingReportingOverflow`. A test looks for arithmetic that does
// neither (Tests/C/numbers.py).

extension FixedWidthInteger {
  @inlinable package func plus(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  @inlinable package func minus(_ other: Self) -> Self {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }

  @inlinable package func times(_ other: Self) -> Self {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }
}
