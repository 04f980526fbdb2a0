import Foundation

/// Fisher's distribution of the ratio of two mean squares.
package enum FisherF {
  /// Chance of at least `value` with so many degrees of freedom above and below, by the incomplete beta function.
  package static func tail(above value: Double, freedom: (above: Double, below: Double)) -> Double {
    guard value > 0 else { return 1 }
    guard value.isFinite else { return 0 }
    let x = freedom.below / (freedom.below + freedom.above * value)
    return incompleteBeta(x, freedom.below / 2, freedom.above / 2)
  }

  /// The regularised incomplete beta function I_x(a, b), by its continued fraction with the method of Lentz.
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast below the mean of the distribution; above it, the complement does.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    let tiny = 1e-300
    func bounded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0, d = 1 / bounded(1 - (a + b) * x / (a + 1)), fraction = d
    for m in 1...10_000 {
      let k = Double(m)
      for step in [
        k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k)), -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1)),
      ] {
        d = 1 / bounded(1 + step * d)
        c = bounded(1 + step / c)
        fraction *= c * d
      }
      if abs(c * d - 1) < 1e-16 { break }
    }
    return front * fraction
  }
}
