/// The least value of `f` found between `low` and `high` by Brent's method (golden sections, and parabolas
/// where they help), and where; `f` may be +infinity in places.
///
/// Of a function with one valley it is the minimum, to `tolerance` in x as far as rounding lets one tell: near
/// a smooth minimum a step of 1e-8 changes f in its last digit.
package func brentMinimum(
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
