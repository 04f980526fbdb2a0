import Foundation

/// Student's t distribution, also off centre.
package enum StudentT {
  /// Chance that t exceeds `value`, where the mean of the numerator is `shift`.
  package static func tail(above value: Double, freedom: Int, shift: Double = 0) -> Double {
    Scales(freedom: freedom).tail(above: value, shift: shift)
  }

  /// The value that t exceeds with a chance of `level`, at most 1/2.
  package static func critical(level: Double, freedom: Int) -> Double {
    let scales = Scales(freedom: freedom)
    return beginning { scales.tail(above: $0, shift: 0) < level }
  }

  /// How many standard errors a mean has to be from zero for t to exceed `critical` with a chance of `power`.
  package static func detectable(above critical: Double, power: Double, freedom: Int) -> Double {
    let scales = Scales(freedom: freedom)
    return beginning { scales.tail(above: critical, shift: $0) > power }
  }

  /// Places of s = √(χ² / ν) with their weights, by the trapezoid rule over log s, which converges to the last digits here.
  private struct Scales {
    private var places: [(s: Double, weight: Double)] = []

    init(freedom: Int) {
      let half = Double(freedom) / 2
      let logScale = log(2) + half * log(half) - lgamma(half)
      let step = 1.0 / 64
      for x in stride(from: -30, through: 3, by: step) {
        let s = exp(x)
        let weight = step * exp(logScale + 2 * half * x - half * s * s) * 0.5
        if weight > 0 { places.append((s, weight)) }
      }
    }

    /// The mean of Φ(shift - value s).
    func tail(above value: Double, shift: Double) -> Double {
      guard value.isFinite else { return value > 0 ? 0 : 1 }
      return places.reduce(0) { $0 + $1.weight * erfc((value * $1.s - shift) / 2.0.squareRoot()) }
    }
  }

  /// Where a condition that holds for all large numbers begins to hold, from 0 on.
  private static func beginning(_ holds: (Double) -> Bool) -> Double {
    var most = 1.0
    while !holds(most), most < 1e9 { most *= 2 }
    return bisection(from: 0, to: most, steps: 60, holds).high
  }
}
