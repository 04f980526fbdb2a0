import Foundation

/// The least value of `f` found between `low` and `high` by Brent's method (golden sections, and parabolas
/// where they help), and where; `f` may be +infinity in places.
///
/// Of a function with one valley it is the minimum, to `tolerance` in x as far as rounding lets one tell: near
/// a smooth minimum a step of 1e-8 changes f in its last digit.
func brentMinimum(
  from low: Double, to high: Double, tolerance: Double = 1e-9, _ f: (Double) -> Double
) -> (x: Double, value: Double) {
  let golden = 0.381966011250105
  var (a, b) = (low, high)
  var x = a + golden * (b - a)
  var (w, v) = (x, x)
  var fx = f(x)
  var (fw, fv) = (fx, fx)
  var (step, stepBefore) = (0.0, 0.0)
  for _ in 0..<100 {
    let middle = (a + b) / 2
    let least = tolerance + 1e-15 * abs(x)
    guard abs(x - middle) > 2 * least - (b - a) / 2 else { break }
    var useGolden = true
    if abs(stepBefore) > least, fx.isFinite, fw.isFinite, fv.isFinite {
      let r = (x - w) * (fx - fv)
      var q = (x - v) * (fx - fw)
      var p = (x - v) * q - (x - w) * r
      q = 2 * (q - r)
      if q > 0 { p = -p } else { q = -q }
      if abs(p) < abs(0.5 * q * stepBefore), p > q * (a - x), p < q * (b - x) {
        stepBefore = step
        step = p / q
        let u = x + step
        if u - a < 2 * least || b - u < 2 * least { step = x < middle ? least : -least }
        useGolden = false
      }
    }
    if useGolden {
      stepBefore = x < middle ? b - x : a - x
      step = golden * stepBefore
    }
    let u = abs(step) >= least ? x + step : x + (step > 0 ? least : -least)
    let fu = f(u)
    if fu <= fx {
      if u < x { b = x } else { a = x }
      (v, fv) = (w, fw)
      (w, fw) = (x, fx)
      (x, fx) = (u, fu)
    } else {
      if u < x { a = u } else { b = u }
      if fu <= fw || w == x {
        (v, fv) = (w, fw)
        (w, fw) = (u, fu)
      } else if fu <= fv || v == x || v == w {
        (v, fv) = (u, fu)
      }
    }
  }
  return (x, fx)
}

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
