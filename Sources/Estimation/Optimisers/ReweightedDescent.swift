/// Descent by iteratively reweighted least squares, with bounds.
///
/// Where Huber's function is a line, it lies below the parabola that touches it at a run's residual r and has the curvature
/// delta / |r|. Each step goes to the minimum of the sum of these parabolas with the law linearised (Holland and Welsch
/// 1977), damped where the law is too curved for the step (Marquardt 1963). Residuals below ``leastShare`` of
/// their mean count as that large: a few runs that are met by chance would otherwise hold the law where it is.
///
/// Some twenty steps lead from a start to within percents of a minimum, where a quasi-Newton method takes a hundred to learn
/// how differently the coefficients act. The last steps, among the kinks, are the ``Polisher``'s.
///
/// Bounds: a coordinate on its bound whose gradient points outwards is left out of the step, and a step that leads over a
/// bound ends on it. A start on the boundary from which no step leads downhill inside is therefore a stationary point,
/// and is reported with its objective like any other.
package struct ReweightedDescent<Model: LawModel> {
  package typealias Point = Model.Point
  private var linear: Linearisation<Model>
  /// By block: the slopes of the runs' parabolas, and their curvatures.
  private var slopes: [Lanes]
  private var curvatures: [Lanes]
  /// The blocks of the objective at hand.
  private var all: [Int]
  private var normal: SymmetricSystem<Point>

  /// What a residual counts as at least, as a share of the mean.
  private static var leastShare: Double { 0.02 }
  /// What the diagonal is raised by in the first step, as a share of itself.
  private static var firstDamping: Double { 0.1 }
  /// What it is always raised by, as a share of its largest entry, and how far a coordinate moves at most in a step. A
  /// coordinate that hardly shows in any run would otherwise run away, with nothing to be gained.
  private static var floor: Double { 1e-8 }
  private static var longestStep: Double { 4 }

  /// - Parameter blocks: of the objectives to come, at most.
  package init(blocks: Int) {
    linear = Linearisation(blocks: blocks)
    slopes = Array(repeating: .zero, count: blocks)
    curvatures = slopes
    all = Array(0..<blocks)
    normal = SymmetricSystem(dimension: Model.dimension, blocks: blocks)
  }

  package mutating func minimise(
    _ objective: HuberObjective<Model>, from start: Point, limits: DescentLimits
  ) -> Descent<Point> {
    let (lower, upper) = (objective.model.lowerBounds, objective.model.upperBounds)
    if all.count != objective.model.blocks { all = Array(0..<objective.model.blocks) }
    let start = clamped(start, lower, upper)
    linear.update(objective, at: start)
    var best = Descent(point: start, objective: linear.objective, evaluations: 1)
    guard best.objective.isFinite else {
      best.objective = .infinity
      return best
    }
    var damping = Self.firstDamping
    var smallGains = 0
    for _ in 0..<limits.iterations {
      assemble(objective)
      let gradient = normal.gradient
      let held = normal.held(free: objective.model.free, at: best.point, lower: lower, upper: upper)
      var trials = 0
      while true {
        let step = clamped(
          normal.solve(held: held, damping: damping, floor: Self.floor), Point(repeating: -Self.longestStep),
          Point(repeating: Self.longestStep))
        let slope = dot(step, gradient)
        guard slope < -1e-14 * best.objective, trials < 12 else { return best }
        let point = clamped(best.point + step, lower, upper)
        linear.update(objective, at: point)
        best.evaluations += 1
        trials += 1
        let gain = best.objective - linear.objective
        // The parabolas promise half of the slope where they are not damped.
        if gain > -0.05 * slope {
          if gain > -0.3 * slope { damping = max(1e-9, damping * 0.2) }
          smallGains = gain <= limits.relativeGain * linear.objective ? smallGains + 1 : 0
          (best.point, best.objective) = (point, linear.objective)
          break
        }
        damping = max(1e-6, damping * 5)
      }
      if smallGains == 2 { return best }
    }
    return best
  }

  /// Sets up the parabolas at the point of the linearisation.
  @inline(__always)
  private mutating func assemble(_ objective: HuberObjective<Model>) {
    let limit = Lanes(repeating: objective.delta)
    let least = Lanes(repeating: max(objective.delta, Self.leastShare * linear.meanResidual))
    for block in all {
      let residual = linear.residuals[block]
      let magnitude = residual.magnitudes
      let weight = sided(objective.weights[block], residual, objective.upperWeight)
      let clipped = magnitude.replacing(where: magnitude .> limit, with: limit)
      slopes[block] = (clipped * weight).withSigns(of: residual)
      curvatures[block] = weight * limit / magnitude.replacing(where: magnitude .< least, with: least)
    }
    normal.sum(linear.jacobian, pulls: slopes, curvatures: curvatures, curved: all, blocks: all.count)
    normal.reduce()
  }
}
