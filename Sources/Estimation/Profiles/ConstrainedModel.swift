/// What is zero where a quantity of a law has a given value, with its partial derivatives, in internal coordinates.
package typealias LawCondition<Point> = @Sendable (Point) -> (value: Double, slopes: Point)

/// A law held where a quantity of it has a given value, to see how well it can fit the runs there.
///
/// One coordinate follows from the others: wherever these go, it goes to where the condition holds. To the optimisers
/// this is a law like any other with one coordinate less, smooth where the law is.
struct ConstrainedModel<Base: LawModel>: LawModel {
  typealias Point = Base.Point
  typealias Row = Base.Row
  static var dimension: Int { Base.dimension }

  private var base: Base
  private let condition: LawCondition<Point>
  /// Along which points of the base model's chart move to meet the condition.
  private let direction: Point
  let free: Point

  /// - Parameters:
  ///   - base: in the chart that points are to be in.
  ///   - lanes: the coordinates that move together to meet the condition.
  init(_ base: Base, condition: @escaping LawCondition<Point>, lanes: [Int]) {
    self.base = base
    self.condition = condition
    var (direction, free) = (Point.zero, base.free)
    for lane in lanes { direction[lane] = 1 }
    free[lanes[0]] = 0
    (self.direction, self.free) = (direction, free)
  }

  var observed: [Lanes] { base.observed }
  var precisions: [Lanes] { base.precisions }
  var runs: Int { base.runs }
  /// Never empty, so that gradients are pulled back.
  var chart: Chart { base.chart.union(.constrained) }
  var design: [Base.Block] { base.design }
  var covariates: [[Lanes]] { base.covariates }
  func keeping(_ places: [Int]) -> Self {
    var model = self
    model.base = base.keeping(places)
    return model
  }
  var lowerBounds: Point { base.lowerBounds }
  var upperBounds: Point { base.upperBounds }

  /// The point on the condition that belongs to `point`, and the condition's slopes there; nil where there is none
  /// within the bounds. By Newton's method, kept between where the root must be.
  func meeting(_ point: Point) -> (point: Point, slopes: Point)? {
    let (lower, upper) = (base.lowerBounds, base.upperBounds)
    var (low, high) = (-Double.infinity, Double.infinity)
    for lane in 0..<Self.dimension where direction[lane] != 0 {
      low = max(low, lower[lane] - point[lane])
      high = min(high, upper[lane] - point[lane])
    }
    var moved = min(max(0, low), high)
    for _ in 0..<60 {
      let there = point + direction * moved
      let residual = condition(base.chart.isEmpty ? there : base.fromChart(there))
      let slopes = base.chart.isEmpty ? residual.slopes : base.pullBack(residual.slopes, at: there)
      let rate = (slopes * direction).sum()
      let step = -residual.value / rate
      guard step.isFinite else { return nil }
      // Where Newton's step is this short, the next would be shorter than what numbers tell apart. Where the slope is
      // vast, short steps alone mean nothing.
      if abs(step) <= 1e-7 * (1 + abs(moved)), abs(residual.value) <= 1e-5 {
        let end = min(max(moved + step, low), high)
        return (point + direction * end, slopes)
      }
      if step < 0 { high = moved } else { low = moved }
      let next = moved + step
      moved = next < low ? 0.5 * (moved + low) : next > high ? 0.5 * (moved + high) : next
    }
    return nil
  }

  /// A point on the condition in the chart of this model, near a law in internal coordinates.
  func start(near law: Point) -> Point? { meeting(clamped(base.toChart(law), lowerBounds, upperBounds))?.point }

  /// The law, in internal coordinates, that a point stands for.
  func law(_ point: Point) -> Point {
    let met = meeting(point)?.point ?? point
    return base.chart.isEmpty ? met : base.fromChart(met)
  }

  func pullBack(_ gradient: Point, at point: Point) -> Point {
    guard let (met, slopes) = meeting(point) else { return .zero }
    let own = base.chart.isEmpty ? gradient : base.pullBack(gradient, at: met)
    let share = (own * direction).sum() / (slopes * direction).sum()
    return (own - slopes * share) * free
  }

  struct Prepared {
    var base: Base.Prepared
    var isPossible: Bool
  }

  @inline(__always)
  func prepare(_ point: Point) -> Prepared {
    let met = meeting(point)
    return Prepared(base: base.prepare(met?.point ?? point), isPossible: met != nil)
  }

  /// Where no law meets the condition, a loss that fits nothing.
  @inline(always)
  func predict(_ x: Prepared, _ block: Base.Block) -> (logLoss: Lanes, row: Row) {
    x.isPossible ? base.predict(x.base, block) : (Lanes(repeating: 1e6), .zero)
  }

  func printable(leastGamma: Double) -> Self { self }
  func charted(around point: Point) -> Self { self }
  func toChart(_ point: Point) -> Point { start(near: point) ?? point }
  func fromChart(_ point: Point) -> Point { law(point) }
  func kind(of point: Point) -> SizeCoordinates.Kind { base.kind(of: point) }
  func variations(of point: Point) -> [Point] { [] }
  func coefficients(at point: Point) -> [String: Double] { base.coefficients(at: law(point)) }
  func point(_ coefficients: [String: Double]) -> Point? { base.point(coefficients).flatMap(start(near:)) }
}
