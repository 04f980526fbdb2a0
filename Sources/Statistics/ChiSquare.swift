import Foundation

/// The chi-square distribution, by its regularised incomplete gamma function P(k/2, x/2).
package enum ChiSquare {
  /// Probability of at most `x` with `freedom` degrees of freedom.
  package static func probability(upTo x: Double, freedom: Double) -> Double {
    guard x > 0 else { return 0 }
    let a = freedom / 2, z = x / 2
    let scale = exp(a * log(z) - z - lgamma(a))
    if z < a + 1 {
      // Series of gamma(a, z); its terms fall from the first on here.
      var term = 1 / a, sum = term, n = a
      while term > sum * 1e-17 {
        n += 1
        term *= z / n
        sum += term
      }
      return min(1, scale * sum)
    }
    // Continued fraction of Gamma(a, z) by the method of Lentz.
    let tiny = 1e-300
    var b = z + 1 - a, c = 1 / tiny, d = 1 / b, fraction = d
    for i in 1...10_000 {
      let step = -Double(i) * (Double(i) - a)
      b += 2
      d = step * d + b
      if abs(d) < tiny { d = tiny }
      c = b + step / c
      if abs(c) < tiny { c = tiny }
      d = 1 / d
      fraction *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return max(0, 1 - scale * fraction)
  }

  /// The value that is exceeded with probability 1 - `probability`, by bisection to the last digits.
  package static func quantile(_ probability: Double, freedom: Double) -> Double {
    var most = max(1, freedom)
    while self.probability(upTo: most, freedom: freedom) < probability { most *= 2 }
    let (low, high) = bisection(from: 0, to: most, steps: 200) {
      self.probability(upTo: $0, freedom: freedom) >= probability
    }
    return 0.5 * (low + high)
  }
}
