import Foundation

/// A size or a number of tokens with three digits and the letter of its thousands: 12.5k, 546M, 1.82B, 100P.
public func abbreviated(_ value: Double) -> String { abbreviated(value, digits: 3) }

/// The same with as many digits as are asked for.
public func abbreviated(_ value: Double, digits: Int) -> String {
  let units = [(1e15, "P"), (1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"), (1, "")]
  // Half a unit of the last digit early, so that 999,999 is 1M. Beyond a thousand P powers of ten are easier to read.
  let early = 1 - 0.5 * pow(10, -Double(digits))
  guard value < 1e18 * early, let unit = units.first(where: { value >= $0.0 * early }) else {
    return String(format: "%.\(digits)g", value)
  }
  return String(format: "%.\(digits)g", value / unit.0) + unit.1
}
