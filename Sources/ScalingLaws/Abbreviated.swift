import Foundation

/// A size or a number of tokens with three digits and the letter of its thousands: 12.5k, 546M, 1.82B, 100P.
public func abbreviated(_ value: Double) -> String {
  let units = [(1e15, "P"), (1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"), (1, "")]
  // Half a unit of the third digit early, so that 999,999 is 1M. Beyond a thousand P powers of ten are easier to read.
  guard value < 999.5e15, let unit = units.first(where: { value >= $0.0 * 0.9995 }) else {
    return String(format: "%.3g", value)
  }
  return String(format: "%.3g", value / unit.0) + unit.1
}
