/// Where a descent has come to.
package struct Descent<Point: SIMD & Sendable>: Sendable where Point.Scalar == Double {
  package var point: Point
  package var objective: Double
  /// Evaluations of the objective with its gradient.
  package var evaluations: Int
  package var converged: Bool
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
}

/// Quasi-Newton descent with bounds.
///
/// This is BFGS with its whole memory, which with at most ten coefficients costs less than a limited one. The
/// line search asks for the weak Wolfe conditions by bisection: the near-L1 objective has kinks, on which
/// this combination is known to converge (Lewis and Overton 2013) where interpolation stalls.
///
/// Bounds: a coordinate on its bound whose gradient points outwards is left out of the step, and a step ends
/// where it meets the first bound. A start on the boundary from which no step leads downhill inside is
/// therefore a stationary point, and is reported with its objective like any other.
package struct QuasiNewton<Model: LawModel> {
  package typealias Point = Model.Point
  /// Approximate inverse Hessian, by rows.
  private var inverse: [Point]

  package init() {
    inverse = Array(repeating: .zero, count: Model.dimension)
  }

  private mutating func resetInverse(_ scale: Double) {
    for row in 0..<Model.dimension {
      inverse[row] = .zero
      inverse[row][row] = scale
    }
  }

  @inline(__always)
  private func times(_ vector: Point) -> Point {
    var product = Point.zero
    for row in 0..<Model.dimension { product.addProduct(inverse[row], Point(repeating: vector[row])) }
    return product
  }

  package mutating func minimise(
    _ objective: HuberObjective<Model>, from start: Point, limits: DescentLimits
  ) -> Descent<Point> {
    let (lower, upper) = (objective.model.lowerBounds, objective.model.upperBounds)
    // In units of delta the objective is about the sum of the residuals, whatever delta is.
    let unit = 1 / objective.delta
    var x = clamped(start, lower, upper)
    var value = objective.evaluate(at: x)
    var evaluations = 1
    var fresh = true
    var smallGains = 0
    guard value.objective.isFinite else {
      return Descent(point: x, objective: .infinity, evaluations: 1, converged: false)
    }
    iterating: for _ in 0..<limits.iterations {
      let gradient = value.gradient * unit
      let held = ((x .<= lower) .& (gradient .> Point.zero)) .| ((x .>= upper) .& (gradient .< Point.zero))
      let reduced = gradient.replacing(with: 0, where: held)
      let steepest = norm(reduced)
      guard steepest > 1e-12 else {
        return Descent(point: x, objective: value.objective, evaluations: evaluations, converged: true)
      }
      if fresh { resetInverse(min(1, 1 / steepest)) }
      var direction = (-times(reduced)).replacing(with: 0, where: held)
      var slope = dot(direction, reduced)
      if !(slope < 0) {
        resetInverse(min(1, 1 / steepest))
        fresh = true
        direction = (-times(reduced)).replacing(with: 0, where: held)
        slope = dot(direction, reduced)
      }
      let room = roomAlong(direction, from: x, lower, upper, Model.dimension)

      // Weak Wolfe conditions by bisection.
      var (low, high) = (0.0, Double.infinity)
      var step = min(1, room)
      var next = value
      var point = x
      var trials = 0
      while true {
        point = clamped(x.addingProduct(direction, Point(repeating: step)), lower, upper)
        next = objective.evaluate(at: point)
        evaluations += 1
        trials += 1
        let change = (next.objective - value.objective) * unit
        if !(change <= 1e-4 * step * slope) {
          high = step
        } else if dot(next.gradient * unit, direction) < 0.9 * slope, step < room {
          low = step
        } else {
          break
        }
        if trials == 40 {
          // The kinks leave no room on this line. Fresh from steepest descent that is the end.
          if low > 0 { break }
          if fresh { break iterating }
          fresh = true
          continue iterating
        }
        step = high.isFinite ? 0.5 * (low + high) : min(2 * low, room)
      }

      let gain = value.objective - next.objective
      let moved = point - x
      let turned = next.gradient * unit - gradient
      let curvature = dot(moved, turned)
      if curvature > 1e-14 * norm(moved) * norm(turned), curvature > 0 {
        if fresh { resetInverse(curvature / dot(turned, turned)) }
        update(moved, turned, curvature)
        fresh = false
      }
      x = point
      value = next
      smallGains = gain <= limits.relativeGain * value.objective ? smallGains + 1 : 0
      if smallGains == 2 {
        return Descent(point: x, objective: value.objective, evaluations: evaluations, converged: true)
      }
    }
    return Descent(point: x, objective: value.objective, evaluations: evaluations, converged: false)
  }

  /// H += (1 + y'Hy / s'y) ss' / s'y - (Hy s' + s y'H) / s'y
  @inline(__always)
  private mutating func update(_ s: Point, _ y: Point, _ curvature: Double) {
    let hy = times(y)
    let inverseCurvature = 1 / curvature
    let outer = (1 + dot(y, hy) * inverseCurvature) * inverseCurvature
    for row in 0..<Model.dimension {
      inverse[row] += s * (outer * s[row] - inverseCurvature * hy[row]) - hy * (inverseCurvature * s[row])
    }
  }
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

@inline(__always)
func norm<Point: SIMD>(_ vector: Point) -> Double where Point.Scalar == Double {
  dot(vector, vector).squareRoot()
}
