import Foundation

/// Where `f` changes its sign between `low` and `high`, to `tolerance`: bisection, quickened by the secant (the
/// Illinois method). `atLow` and `atHigh` are f's values there, of opposite signs.
func signChange(
  from low: Double, to high: Double, atLow: Double, atHigh: Double, tolerance: Double,
  _ f: (Double) throws(AllocationError) -> Double
) throws(AllocationError) -> Double {
  var (a, fa, b, fb) = (low, atLow, high, atHigh)
  for iteration in 0..<200 {
    if abs(b - a) <= tolerance { break }
    // Every third step halves, so that the bracket always shrinks.
    var x = iteration % 3 == 2 ? (a + b) / 2 : b - fb * (b - a) / (fb - fa)
    if !(min(a, b) < x && x < max(a, b)) { x = (a + b) / 2 }
    let fx = try f(x)
    if fx == 0 { return x }
    if (fx > 0) != (fb > 0) {
      (a, fa) = (b, fb)
    } else {
      fa /= 2
    }
    (b, fb) = (x, fx)
    if abs(fb) < 1e-14 { break }
  }
  return b
}
