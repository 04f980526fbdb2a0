import Foundation

/// The standard normal distribution.
package enum Normal {
  /// The share of it below `x`.
  package static func share(below x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

  /// The value that a share lies below, within nine standard deviations, by bisection.
  package static func quantile(_ share: Double) -> Double {
    let (low, high) = bisection(from: -9, to: 9, steps: 60) { self.share(below: $0) >= share }
    return 0.5 * (low + high)
  }
}

/// Wilson's 95% interval of a share (1927), from how many of so many have it.
package func wilsonInterval(_ held: Int, of count: Int) -> (low: Double, high: Double) {
  let (n, p, z) = (Double(count), Double(held) / Double(count), Normal.quantile(0.975))
  let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
  let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
  return (max(0, middle - half), min(1, middle + half))
}
