/// A law held where a quantity of it has a given value, to see how well it can fit the runs there.
///
/// The condition is a pseudo-run in a block of its own: its residual is what the condition is off, and its weight so
/// large that no run can outweigh it. To the optimisers it is a law like any other.
struct PinnedModel<Base: LawModel>: LawModel {
  typealias Point = Base.Point
  typealias Row = Base.Row
  static var dimension: Int { Base.dimension }

  private var base: Base
  /// Zero where the condition holds, by a point in internal coordinates.
  private let condition: @Sendable (Point) -> Double

  init(_ base: Base, condition: @escaping @Sendable (Point) -> Double) {
    self.base = base
    self.condition = condition
    observed = base.observed + [.zero]
  }

  let observed: [Lanes]
  var runs: Int { base.runs }
  var bendingBlocks: Int { base.blocks }
  var chart: Chart { base.chart }
  var lowerBounds: Point { base.lowerBounds }
  var upperBounds: Point { base.upperBounds }
  var free: Point { base.free }

  /// The weights of the runs, and that of the condition: more than what all runs together can pull.
  static func weights(_ base: Base, _ weights: [Lanes]) -> [Lanes] {
    weights + [Lanes(0).replacingFirst(with: 16 * Double(base.runs))]
  }

  private func replacing(base: Base) -> Self {
    var model = self
    model.base = base
    return model
  }

  func printable(leastGamma: Double) -> Self { replacing(base: base.printable(leastGamma: leastGamma)) }
  func charted(around point: Point) -> Self { replacing(base: base.charted(around: point)) }
  func toChart(_ point: Point) -> Point { base.toChart(point) }
  func fromChart(_ point: Point) -> Point { base.fromChart(point) }
  func pullBack(_ gradient: Point, at point: Point) -> Point { base.pullBack(gradient, at: point) }

  struct Prepared {
    var base: Base.Prepared
    /// In internal coordinates.
    var point: Point
  }

  @inline(__always)
  func prepare(_ point: Point) -> Prepared {
    Prepared(base: base.prepare(point), point: chart.isEmpty ? point : base.fromChart(point))
  }

  @inline(__always)
  func terms(_ x: Prepared, block: Int) -> Base.Terms { base.terms(x.base, block: min(block, base.blocks - 1)) }

  @inline(__always)
  func predict(_ x: Prepared, _ terms: Base.Terms, block: Int) -> (logLoss: Lanes, row: Row) {
    guard block == base.blocks else { return base.predict(x.base, terms, block: block) }
    let slopes = differences(x.point)
    return (Lanes(0).replacingFirst(with: condition(x.point)), Row { Lanes(0).replacingFirst(with: slopes[$0]) })
  }

  /// The slopes of the condition, by central differences.
  private func differences(_ point: Point) -> Point {
    var slopes = Point.zero
    for index in 0..<Self.dimension where free[index] != 0 {
      let width = 1e-5 * (1 + abs(point[index]))
      var (low, high) = (point, point)
      low[index] -= width
      high[index] += width
      slopes[index] = (condition(high) - condition(low)) * (0.5 / width)
    }
    return slopes
  }

  func kind(of point: Point) -> SizeCoordinates.Kind { base.kind(of: point) }
  func variations(of point: Point) -> [Point] { base.variations(of: point) }
  func coefficients(at point: Point) -> [String: Double] { base.coefficients(at: point) }
  func point(_ coefficients: [String: Double]) -> Point? { base.point(coefficients) }
}

extension Lanes {
  fileprivate init(_ value: Double) { self.init(repeating: value) }

  fileprivate func replacingFirst(with value: Double) -> Lanes {
    var lanes = self
    lanes[0] = value
    return lanes
  }
}
