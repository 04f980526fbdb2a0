/// Takes a point that a descent has reached to the minimum, kinks or no kinks.
///
/// With delta far below the residuals the objective is nearly a sum of absolute values: at its minimum about
/// as many runs are fitted to within delta as there are coefficients, and the gradient jumps from one set of
/// runs to another. Descents along a line stall there. Here instead the law is linearised (Osborne and Watson
/// 1971) and the convex problem
///
///     minimise over s   sum of weight huber(r + J s) + s' (S + damping D) s / 2,   x + s within the bounds
///
/// is solved to the end, kinks and all, by Newton steps with an exact line search while Huber's delta shrinks
/// from the size of the residuals to its own (Madsen and Nielsen 1993). The damping grows where the law is
/// too curved for the step and shrinks where it is not (Levenberg and Marquardt). S is the curvature of the
/// law, without which the steps would creep along bent valleys; since S may spoil the convexity, the step
/// with S = 0 is tried as well, and the better one taken.
package struct Polisher<Model: LawModel> {
  package typealias Point = Model.Point
  /// Of the objective at hand; there is room for as many as the polisher was made for.
  private var blocks: Int
  private var linear: Linearisation<Model>
  private var moved: [Lanes]
  private var slopes: [Lanes]
  /// The curvature of the law, by rows.
  private var second: [Point]
  private var normal: SymmetricSystem<Point>
  /// Second derivatives of the terms, by block, and the blocks in which any is not zero.
  private var curvatures: [Lanes]
  private var curved: [Int] = []
  /// As the objective has it.
  private var upperWeight = 1.0

  package init(blocks: Int) {
    self.blocks = blocks
    linear = Linearisation(blocks: blocks)
    moved = Array(repeating: .zero, count: blocks)
    slopes = moved
    second = Array(repeating: .zero, count: Model.dimension)
    curvatures = moved
    normal = SymmetricSystem(dimension: Model.dimension, blocks: blocks)
  }

  /// Steps until the models of the objective promise less than `relativeGain` of it.
  @inline(__always)
  package mutating func minimise(
    _ objective: HuberObjective<Model>, from start: Descent<Point>, iterations: Int = 100,
    relativeGain: Double = 1e-12
  ) -> Descent<Point> {
    let (lower, upper) = (objective.model.lowerBounds, objective.model.upperBounds)
    upperWeight = objective.upperWeight
    blocks = objective.model.blocks
    var best = start
    var damping = 1e-4
    // How far the last step moved a residual: kinks further away are no matter for the next.
    var reach = Double.infinity
    stepping: for _ in 0..<iterations {
      let scale = linearise(objective, at: best.point)
      bend(objective, at: best.point)
      let room = (lower: lower - best.point, upper: upper - best.point)
      // The same derivatives serve until a step goes down.
      while true {
        var next = best
        var (promise, nextReach) = (0.0, reach)
        for bent in [true, false] {
          let (step, promised) = solve(
            objective, scale: scale, damping: damping, bent: bent, room: room, reach: reach)
          if !(promised > relativeGain * best.objective) { continue }
          let point = clamped(best.point + step, lower, upper)
          let value = objective.evaluate(at: point).objective
          next.evaluations += 1
          if promise == 0 || value < next.objective { promise = promised }
          if value < next.objective {
            next.objective = value
            next.point = point
            nextReach = largestMove()
          }
          // The other step is only for where this one does not lead as far down as it should.
          if best.objective - value > 0.25 * promised { break }
        }
        guard promise > 0 else { break stepping }
        let ratio = (best.objective - next.objective) / promise
        if ratio > 0.75 {
          damping = max(damping * 0.1, 1e-14)
        } else if !(ratio > 0.25) {
          damping *= 8
        }
        let improved = next.objective < best.objective
        (best, reach) = (next, nextReach)
        if improved { break }
        guard damping < 1e8 else { break stepping }
      }
    }
    return best
  }

  /// Fills in the part of the Hessian that comes from the curvature of the law, sum of weight huber' times the
  /// second derivatives of the predictions, by differences of its first derivatives.
  @inline(__always)
  private mutating func bend(_ objective: HuberObjective<Model>, at point: Point) {
    let dimension = Model.dimension
    let limit = Lanes(repeating: objective.delta)
    let precisions = objective.model.precisions
    for block in 0..<blocks {
      let residual = linear.residuals[block]
      let magnitude = residual.magnitudes
      let clipped = magnitude.replacing(where: magnitude .> limit, with: limit)
      slopes[block] = (clipped * sided(objective.weights[block], residual, upperWeight)).withSigns(of: residual)
      if !precisions.isEmpty { slopes[block] *= precisions[block] }
    }
    let here = pull(objective, at: point)
    // Rows that are not free would otherwise keep what the last descent left there.
    for row in 0..<dimension { second[row] = .zero }
    let upper = objective.model.upperBounds
    for row in 0..<dimension where objective.model.free[row] != 0 {
      // Beyond its bounds a coordinate may stand for nothing.
      let width = 1e-6 * (1 + abs(point[row]))
      var moved = point
      moved[row] += point[row] + width > upper[row] ? -width : width
      let difference = pull(objective, at: moved) - here
      second[row] = (difference * (1 / (moved[row] - point[row]))).replacing(with: 0, where: objective.model.free .== 0)
    }
    for row in 0..<dimension {
      for column in 0..<row {
        let mean = 0.5 * (second[row][column] + second[column][row])
        second[row][column] = mean
        second[column][row] = mean
      }
    }
  }

  /// The sum of the runs' derivatives at a point, each times its slope.
  @inline(__always)
  private func pull(_ objective: HuberObjective<Model>, at point: Point) -> Point {
    let prepared = objective.model.prepare(point)
    let design = objective.model.design
    var total = Model.Row.zero
    for block in 0..<blocks { total.add(objective.model.predict(prepared, design[block]).row, times: slopes[block]) }
    var gradient = Point.zero
    total.forEach { gradient[$0] = $1.orderedSum }
    return objective.model.chart.isEmpty ? gradient : objective.model.pullBack(gradient, at: point)
  }

  /// The curvature of the law along a step, or zero.
  @inline(__always)
  private func bending(_ step: Point, _ bent: Bool) -> Point {
    var product = Point.zero
    if bent {
      for row in 0..<Model.dimension { product.addProduct(second[row], Point(repeating: step[row])) }
    }
    return product
  }

  /// Linearises the law, and returns the sums of squares of the columns of its derivatives.
  @inline(__always)
  private mutating func linearise(_ objective: HuberObjective<Model>, at point: Point) -> Point {
    linear.update(objective, at: point)
    var squares = Point.zero
    for j in 0..<Model.dimension {
      var sum = Lanes.zero
      for block in 0..<blocks {
        let entry = linear.jacobian[block * Model.dimension + j]
        sum = (entry * entry).fma(objective.weights[block], sum)
      }
      squares[j] = sum.orderedSum
    }
    return squares
  }

  /// The step that solves the linearised problem, and the decrease that it promises.
  @inline(__always)
  private mutating func solve(
    _ objective: HuberObjective<Model>, scale: Point, damping: Double, bent: Bool,
    room bounds: (lower: Point, upper: Point), reach: Double
  ) -> (Point, Double) {
    let weights = objective.weights
    var step = Point.zero
    var (size, count) = (0.0, 0.0)
    for block in 0..<blocks {
      moved[block] = linear.residuals[block]
      size += (linear.residuals[block].magnitudes * weights[block]).orderedSum
      count += weights[block].orderedSum
    }
    let meanResidual = max(size / count, objective.delta)
    // Damping in the units of the curvature that the residuals have on average.
    let ridge = (scale + 1e-12 * largest(scale)) * (damping * objective.delta / meanResidual)
    let before = huberSum(weights, objective.delta)
    var delta = max(objective.delta, min(meanResidual, reach))
    while true {
      for _ in 0..<12 {
        let gradient = assemble(weights, delta: delta, ridge: ridge * (delta / objective.delta), step: step, bent: bent)
        let held = normal.held(free: objective.model.free, at: step, lower: bounds.lower, upper: bounds.upper)
        let direction = normal.solve(held: held)
        let slope = dot(direction, gradient)
        if !(slope < -1e-13 * before) { break }
        let room = roomAlong(direction, from: step, bounds.lower, bounds.upper, Model.dimension)
        let length = lineSearch(
          weights, delta: delta, ridge: ridge * (delta / objective.delta), step: step,
          direction: direction, bent: bent, slope: slope, room: room)
        step = clamped(step + direction * length, bounds.lower, bounds.upper)
        for block in 0..<blocks { moved[block] += slopes[block] * length }
        if -slope * length < 1e-12 * before { break }
      }
      if delta <= objective.delta { break }
      delta = max(objective.delta, delta * 0.25)
    }
    let after = huberSum(weights, objective.delta) + 0.5 * dot(step, step * ridge + bending(step, bent))
    return (step, before - after)
  }

  /// The most that the last solution moves a residual.
  @inline(__always)
  private func largestMove() -> Double {
    var most = Lanes.zero
    for block in 0..<blocks {
      let moves = (moved[block] - linear.residuals[block]).magnitudes
      most = most.replacing(where: moves .> most, with: moves)
    }
    return most.max()
  }

  @inline(__always)
  private func largest(_ vector: Point) -> Double {
    var value = 0.0
    for index in 0..<Model.dimension { value = max(value, vector[index]) }
    return value
  }

  @inline(__always)
  private func huberSum(_ weights: [Lanes], _ delta: Double) -> Double {
    let limit = Lanes(repeating: delta)
    var sum = Lanes.zero
    for block in 0..<blocks {
      let magnitude = moved[block].magnitudes
      let clipped = magnitude.replacing(where: magnitude .> limit, with: limit)
      sum = (clipped * sided(weights[block], moved[block], upperWeight)).fma(magnitude - clipped * 0.5, sum)
    }
    return sum.orderedSum
  }

  /// Sets up the Newton system at the moved residuals and returns the gradient.
  @inline(__always)
  private mutating func assemble(_ weights: [Lanes], delta: Double, ridge: Point, step: Point, bent: Bool) -> Point {
    let limit = Lanes(repeating: delta)
    let dimension = Model.dimension
    curved.removeAll(keepingCapacity: true)
    for block in 0..<blocks {
      let residual = moved[block]
      let magnitude = residual.magnitudes
      let outside = magnitude .> limit
      let weight = sided(weights[block], residual, upperWeight)
      slopes[block] = (magnitude.replacing(where: outside, with: limit) * weight).withSigns(of: residual)
      curvatures[block] = weight.replacing(where: outside, with: .zero)
      if curvatures[block] != .zero { curved.append(block) }
    }
    normal.sum(linear.jacobian, pulls: slopes, curvatures: curvatures, curved: curved, blocks: blocks)
    let pull = ridge * step + bending(step, bent)
    for j in 0..<dimension { normal.finish(j, diagonal: ridge[j], row: bent ? second[j] : .zero, pull: pull[j]) }
    return normal.gradient
  }

  /// The length at which the slope along `direction` vanishes, or `room`.
  @inline(__always)
  private mutating func lineSearch(
    _ weights: [Lanes], delta: Double, ridge: Point, step: Point, direction: Point, bent: Bool,
    slope: Double, room: Double
  ) -> Double {
    let dimension = Model.dimension
    for block in 0..<blocks {
      var sum = Lanes.zero
      for j in 0..<dimension {
        sum = linear.jacobian[block * dimension + j].fma(Lanes(repeating: direction[j]), sum)
      }
      slopes[block] = sum
    }
    let limit = Lanes(repeating: delta)
    let fixed = dot(ridge * step + bending(step, bent), direction)
    let growing = dot(ridge * direction + bending(direction, bent), direction)
    func slopeAt(_ length: Double) -> Double {
      var sum = Lanes.zero
      for block in 0..<blocks {
        let residual = slopes[block].fma(Lanes(repeating: length), moved[block])
        let magnitude = residual.magnitudes
        let clipped = magnitude.replacing(where: magnitude .> limit, with: limit)
        sum = (clipped * sided(weights[block], residual, upperWeight)).withSigns(of: residual).fma(slopes[block], sum)
      }
      return sum.orderedSum + fixed + length * growing
    }
    var (low, lowSlope) = (0.0, slope)
    var high = min(1, room)
    var highSlope = slopeAt(high)
    var doublings = 0
    while highSlope < 0, high < room, doublings < 40 {
      (low, lowSlope) = (high, highSlope)
      high = min(2 * high, room)
      highSlope = slopeAt(high)
      doublings += 1
    }
    if highSlope <= 0 { return high }
    // The slope rises piecewise linearly: the false position with Illinois's halving ends soon.
    for _ in 0..<30 {
      let length = low + (high - low) * lowSlope / (lowSlope - highSlope)
      let value = slopeAt(length)
      if abs(value) <= -1e-3 * slope { return length }
      if value < 0 {
        (low, lowSlope) = (length, value)
        highSlope *= 0.5
      } else {
        (high, highSlope) = (length, value)
        lowSlope *= 0.5
      }
    }
    return low > 0 ? low : high
  }
}
