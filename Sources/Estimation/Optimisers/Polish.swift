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
  private var residuals: [Lanes]
  private var moved: [Lanes]
  private var slopes: [Lanes]
  /// Partial derivatives: of block b by coordinate j at b * dimension + j.
  private var jacobian: [Lanes]
  /// The curvature of the law, by rows.
  private var second: [Point]
  private var normal: SymmetricSystem
  /// Second derivatives of the terms, by block, and the blocks in which any is not zero.
  private var curvatures: [Lanes]
  private var curved: [Int] = []
  /// As the objective has it.
  private var upperWeight = 1.0

  package init(blocks: Int) {
    self.blocks = blocks
    residuals = Array(repeating: .zero, count: blocks)
    moved = residuals
    slopes = residuals
    jacobian = Array(repeating: .zero, count: blocks * Model.dimension)
    second = Array(repeating: .zero, count: Model.dimension)
    curvatures = residuals
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
    stepping: for _ in 0..<iterations {
      let scale = linearise(objective, at: best.point)
      bend(objective, at: best.point)
      let room = (lower: lower - best.point, upper: upper - best.point)
      // The same derivatives serve until a step goes down.
      while true {
        var next = best
        var promise = 0.0
        for bent in [true, false] {
          let (step, promised) = solve(objective, scale: scale, damping: damping, bent: bent, room: room)
          if !(promised > relativeGain * best.objective) { continue }
          let point = clamped(best.point + step, lower, upper)
          let value = objective.evaluate(at: point).objective
          next.evaluations += 1
          if promise == 0 || value < next.objective { promise = promised }
          if value < next.objective {
            next.objective = value
            next.point = point
          }
        }
        guard promise > 0 else {
          best.converged = true
          break stepping
        }
        let ratio = (best.objective - next.objective) / promise
        if ratio > 0.75 {
          damping = max(damping * 0.1, 1e-14)
        } else if !(ratio > 0.25) {
          damping *= 8
        }
        let improved = next.objective < best.objective
        best = next
        if improved { break }
        guard damping < 1e8 else { break stepping }
      }
    }
    return best
  }

  /// Takes the Jacobian to the coordinates that the model's points are in, and leaves out what is not free.
  @inline(__always)
  private mutating func changeChart(_ model: Model, at point: Point) {
    let dimension = Model.dimension
    let rows = (0..<dimension).map { index in
      var unit = Point.zero
      unit[index] = 1
      return (model.chart.isEmpty ? unit : model.pullBack(unit, at: point))
        .replacing(with: 0, where: model.free .== 0)
    }
    var changed = Array(repeating: Lanes.zero, count: dimension)
    for block in 0..<blocks {
      for column in 0..<dimension {
        var sum = Lanes.zero
        for row in 0..<dimension where rows[row][column] != 0 {
          sum = jacobian[block * dimension + row].fma(Lanes(repeating: rows[row][column]), sum)
        }
        changed[column] = sum
      }
      for column in 0..<dimension { jacobian[block * dimension + column] = changed[column] }
    }
  }

  /// Fills in the part of the Hessian that comes from the curvature of the law, sum of weight huber' times the
  /// second derivatives of the predictions, by central differences of its first derivatives.
  @inline(__always)
  private mutating func bend(_ objective: HuberObjective<Model>, at point: Point) {
    let dimension = Model.dimension
    let limit = Lanes(repeating: objective.delta)
    let precisions = objective.model.precisions
    for block in 0..<blocks {
      let magnitude = residuals[block].magnitudes
      let clipped = magnitude.replacing(where: magnitude .> limit, with: limit)
      slopes[block] = (clipped * sided(objective.weights[block], residuals[block], upperWeight)).withSigns(of: residuals[block])
      if !precisions.isEmpty { slopes[block] *= precisions[block] }
    }
    // Rows that are not free would otherwise keep what the last descent left there.
    for row in 0..<dimension { second[row] = .zero }
    let (lower, upper) = (objective.model.lowerBounds, objective.model.upperBounds)
    for row in 0..<dimension where objective.model.free[row] != 0 {
      let width = 1e-5 * (1 + abs(point[row]))
      var difference = Point.zero
      var distance = 0.0
      for side in [1.0, -1.0] {
        // Beyond its bounds a coordinate may stand for nothing.
        var moved = point
        moved[row] = min(max(point[row] + side * width, lower[row]), upper[row])
        distance += (moved[row] - point[row]) * side
        let prepared = objective.model.prepare(moved)
        var total = Model.Row.zero
        let design = objective.model.design
        for block in 0..<blocks { total.add(objective.model.predict(prepared, design[block]).row, times: slopes[block]) }
        var gradient = Point.zero
        total.forEach { gradient[$0] = $1.orderedSum }
        if !objective.model.chart.isEmpty { gradient = objective.model.pullBack(gradient, at: moved) }
        difference += gradient * side
      }
      second[row] = (difference * (1 / distance)).replacing(with: 0, where: objective.model.free .== 0)
    }
    for row in 0..<dimension {
      for column in 0..<row {
        let mean = 0.5 * (second[row][column] + second[column][row])
        second[row][column] = mean
        second[column][row] = mean
      }
    }
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

  /// Fills in residuals and Jacobian, and returns the sums of squares of its columns.
  @inline(__always)
  private mutating func linearise(_ objective: HuberObjective<Model>, at point: Point) -> Point {
    let prepared = objective.model.prepare(point)
    let (design, observed, precisions) = (objective.model.design, objective.model.observed, objective.model.precisions)
    var squares = Point.zero
    for block in 0..<blocks {
      let (prediction, row) = objective.model.predict(prepared, design[block])
      residuals[block] = prediction - observed[block]
      row.forEach { jacobian[block * Model.dimension + $0] = $1 }
      guard !precisions.isEmpty else { continue }
      residuals[block] *= precisions[block]
      for j in 0..<Model.dimension { jacobian[block * Model.dimension + j] *= precisions[block] }
    }
    changeChart(objective.model, at: point)
    for j in 0..<Model.dimension {
      var sum = Lanes.zero
      for block in 0..<blocks {
        let entry = jacobian[block * Model.dimension + j]
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
    room bounds: (lower: Point, upper: Point)
  ) -> (Point, Double) {
    let weights = objective.weights
    var step = Point.zero
    var (size, count) = (0.0, 0.0)
    for block in 0..<blocks {
      moved[block] = residuals[block]
      size += (residuals[block].magnitudes * weights[block]).orderedSum
      count += weights[block].orderedSum
    }
    let meanResidual = max(size / count, objective.delta)
    // Damping in the units of the curvature that the residuals have on average.
    let ridge = (scale + 1e-12 * largest(scale)) * (damping * objective.delta / meanResidual)
    let before = huberSum(weights, objective.delta)
    var delta = max(objective.delta, meanResidual)
    while true {
      for _ in 0..<12 {
        var held = SymmetricSystem.Held()
        let gradient = assemble(weights, delta: delta, ridge: ridge * (delta / objective.delta), step: step, bent: bent)
        for j in 0..<Model.dimension {
          if objective.model.free[j] == 0 || (step[j] <= bounds.lower[j] && gradient[j] > 0)
            || (step[j] >= bounds.upper[j] && gradient[j] < 0)
          {
            held.insert(j)
          }
        }
        var direction = Point.zero
        var slope = 0.0
        let solution = normal.solve(held: held)
        for j in 0..<Model.dimension where !held.contains(j) {
          direction[j] = solution[j]
          slope += solution[j] * gradient[j]
        }
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
    normal.sum(jacobian, pulls: slopes, curvatures: curvatures, curved: curved, blocks: blocks)
    var gradient = Point.zero
    let pull = ridge * step + bending(step, bent)
    for j in 0..<dimension {
      gradient[j] = normal.finish(j, diagonal: ridge[j], row: bent ? second[j] : .zero, pull: pull[j])
    }
    return gradient
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
        sum = jacobian[block * dimension + j].fma(Lanes(repeating: direction[j]), sum)
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
