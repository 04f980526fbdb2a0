/// Where a descent has come to.
package struct Descent<Point: SIMD & Sendable>: Sendable where Point.Scalar == Double {
  package var point: Point
  package var objective: Double
  /// Evaluations of the objective with its derivatives.
  package var evaluations: Int
}

/// How far a descent goes.
package struct DescentLimits: Sendable {
  package var iterations: Int
  /// The descent ends when an iteration gains less than this share of the objective, twice in a row.
  package var relativeGain: Double

  package init(iterations: Int, relativeGain: Double) {
    self.iterations = iterations
    self.relativeGain = relativeGain
  }

  /// As far as reweighting gains much: what is left among the kinks is for the ``Polisher``.
  package static let untilPolish = DescentLimits(iterations: 60, relativeGain: 1e-6)
}

/// `point`, or the bounds where it is outside them.
@inline(__always)
func clamped<Point: SIMD>(_ point: Point, _ lower: Point, _ upper: Point) -> Point
where Point.Scalar == Double {
  point.replacing(with: lower, where: point .< lower).replacing(with: upper, where: point .> upper)
}

/// How far one can go along `direction` before a bound is met.
@inline(__always)
func roomAlong<Point: SIMD>(
  _ direction: Point, from x: Point, _ lower: Point, _ upper: Point, _ dimension: Int
) -> Double where Point.Scalar == Double {
  var room = Double.infinity
  for index in 0..<dimension {
    if direction[index] < 0 {
      room = min(room, (lower[index] - x[index]) / direction[index])
    } else if direction[index] > 0 {
      room = min(room, (upper[index] - x[index]) / direction[index])
    }
  }
  return room
}

/// The sum of the products of the lanes, in their order.
@inline(__always)
func dot<Point: SIMD>(_ first: Point, _ second: Point) -> Double where Point.Scalar == Double {
  let products = first * second
  var sum = 0.0
  for index in 0..<Point.scalarCount { sum += products[index] }
  return sum
}
