import Foundation

/// Student's t distribution, also off centre.
package enum StudentT {
  /// Chance that t exceeds `value`, where the mean of the numerator is `shift`: the mean of Φ(shift - value s) over
  /// s = √(χ² / ν), by the trapezoid rule over log s, which converges to the last digits here.
  package static func tail(above value: Double, freedom: Int, shift: Double = 0) -> Double {
    guard value.isFinite else { return value > 0 ? 0 : 1 }
    let half = Double(freedom) / 2
    let logScale = log(2) + half * log(half) - lgamma(half)
    let step = 1.0 / 64
    return stride(from: -30, through: 3, by: step).reduce(0) { sum, x in
      let s = exp(x)
      let density = exp(logScale + 2 * half * x - half * s * s)
      return sum + step * density * 0.5 * erfc((value * s - shift) / 2.0.squareRoot())
    }
  }

  /// The value that t exceeds with a chance of `level`, at most 1/2.
  package static func critical(level: Double, freedom: Int) -> Double {
    beginning { tail(above: $0, freedom: freedom) < level }
  }

  /// How many standard errors a mean has to be from zero for t to exceed `critical` with a chance of `power`.
  package static func detectable(above critical: Double, power: Double, freedom: Int) -> Double {
    beginning { tail(above: critical, freedom: freedom, shift: $0) > power }
  }

  /// Where a condition that holds for all large numbers begins to hold, from 0 on.
  private static func beginning(_ holds: (Double) -> Bool) -> Double {
    var most = 1.0
    while !holds(most), most < 1e9 { most *= 2 }
    return bisection(from: 0, to: most, steps: 60, holds).high
  }
}
