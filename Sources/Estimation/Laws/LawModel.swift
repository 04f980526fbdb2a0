import Foundation
import Statistics

/// A law as a regression in logs: what the optimisers need to know of it, with the runs that it is fitted to.
///
/// Runs stand in blocks of eight lanes, a structure of arrays; the last block is padded with copies of the
/// last run, whose weights are zero. Coefficients are the lanes of a SIMD vector in internal coordinates,
/// see ``coefficients(at:)``, unless the model is in another ``chart``.
package protocol LawModel: Sendable {
  /// Holds the internal coordinates; lanes past ``dimension`` are zero.
  associatedtype Point: SIMD & Sendable where Point.Scalar == Double
  /// Partial derivatives of the predicted logs of one block.
  associatedtype Row: PartialDerivatives

  static var dimension: Int { get }
  /// Number of runs, without padding.
  var runs: Int { get }
  /// log observed, by block.
  var observed: [Lanes] { get }
  /// What residuals are multiplied with, by block: the runs' typical noise over the run's own, see ``precisions(of:)``.
  /// Empty where runs count alike.
  var precisions: [Lanes] { get }
  /// What the predictions of a block's runs are made from. One record a block, so that an evaluation reads one array.
  associatedtype Block: RunBlock
  var design: [Block] { get }
  /// What runs differ in, each by block: logs of sizes, tokens and the teacher's loss.
  var covariates: [[Lanes]] { get }
  /// The same law of some of the runs, in the same coordinates.
  func keeping(_ places: [Int]) -> Self
  /// Smallest and largest admissible values of the internal coordinates.
  var lowerBounds: Point { get }
  var upperBounds: Point { get }
  /// The model with a least gamma of its own, and with slopes that keep A and B within what a number holds.
  func printable(leastGamma: Double) -> Self
  /// The coordinates that points are in: empty for the internal ones.
  var chart: Chart { get }
  /// The model in the chart that suits the neighbourhood of a point.
  func charted(around point: Point) -> Self
  /// A point in the model's chart from one in internal coordinates, and the reverse.
  func toChart(_ point: Point) -> Point
  func fromChart(_ point: Point) -> Point
  /// Partial derivatives by a point in the model's chart, from those by its internal coordinates.
  func pullBack(_ gradient: Point, at point: Point) -> Point
  /// The point with the coordinates that follow from others where they have to be.
  func restored(_ point: Point) -> Point
  /// Coordinates that are fitted, as 1, and those that keep their value, as 0.
  var free: Point { get }

  /// What every block needs, worked out once for a point.
  associatedtype Prepared
  func prepare(_ point: Point) -> Prepared
  /// log predicted of a block, and its partial derivatives by coordinate.
  func predict(_ prepared: Prepared, _ block: Block) -> (logLoss: Lanes, row: Row)

  /// Which kind of law a point is: minima of different kinds are kept side by side.
  func kind(of point: Point) -> SizeCoordinates.Kind
  /// Other points worth a descent, once `point` has turned out to be good.
  func variations(of point: Point) -> [Point]

  /// The law's coefficients by their printed names.
  func coefficients(at point: Point) -> [String: Double]
  /// The inverse of ``coefficients(at:)``; nil where a coefficient is missing or not positive.
  func point(_ coefficients: [String: Double]) -> Point?
}

/// Values of eight runs side by side.
package protocol RunBlock: Sendable {
  static var zero: Self { get }
  static var columns: [WritableKeyPath<Self, Lanes>] { get }
}

/// A block's partial derivatives by the coordinates of a model, in their order.
package protocol PartialDerivatives {
  static var zero: Self { get }
  /// self += row * weight
  mutating func add(_ row: Self, times weight: Lanes)
  /// Calls `body` with the index and the lanes of each coordinate, in order.
  func forEach(_ body: (Int, Lanes) -> Void)
}

extension LawModel {
  package func restored(_ point: Point) -> Point { point }

  package var blocks: Int { observed.count }

  /// Coefficients that are fitted.
  package var freeCoefficients: Int { Int(free.sum()) }

  /// Weights that count every run once and the padding not at all.
  package var unitWeights: [Lanes] {
    pack(Array(repeating: 1, count: runs), padding: 0)
  }
}

/// What residuals are multiplied with, so that each is in units of its run's noise: sigma_0 / sigma, with sigma_0 the
/// geometric mean of the runs' sigma. A run of typical noise is left as it is, so that delta keeps its meaning for it, and
/// one of half that noise is taken for twice as sure. Empty unless the noise of every run is known, and where it is
/// the same for all.
package func precisions(of noise: [Double?]) -> [Lanes] {
  let known = noise.compactMap { $0 }.filter { $0 > 0 && $0.isFinite }
  guard Set(known).count > 1, known.count == noise.count, let typical = mean(known.map { log($0) }) else { return [] }
  return pack(known.map { exp(typical - log($0)) })
}

/// Values in blocks of eight; the last block is filled up with `padding`, or else the last value.
package func pack(_ values: [Double], padding: Double? = nil) -> [Lanes] {
  stride(from: 0, to: values.count, by: Lanes.scalarCount).map { start in
    var lanes = Lanes(repeating: padding ?? values[values.count - 1])
    for index in start..<min(start + Lanes.scalarCount, values.count) { lanes[index - start] = values[index] }
    return lanes
  }
}

extension LawModel {
  /// The same law of some of the runs.
  /// - Parameters:
  ///   - runs: where the model has their number.
  ///   - columns: what it has of every run beside the design.
  func keeping(
    _ places: [Int], runs: WritableKeyPath<Self, Int>, columns: [WritableKeyPath<Self, [Lanes]>],
    design: WritableKeyPath<Self, [Block]>
  ) -> Self {
    var model = self
    model[keyPath: runs] = places.count
    for column in columns { model[keyPath: column] = values(self[keyPath: column], of: places) }
    model[keyPath: design] = values(self.design, of: places)
    return model
  }
}

/// The values of some runs, in blocks as ``pack(_:padding:)`` has them.
func values(_ values: [Lanes], of places: [Int]) -> [Lanes] {
  values.isEmpty ? [] : pack(places.map { values[$0 / Lanes.scalarCount][$0 % Lanes.scalarCount] })
}

/// The same of blocks with more than one value.
func values<Block: RunBlock>(_ blocks: [Block], of places: [Int]) -> [Block] {
  var chosen: [Block] = []
  for column in Block.columns {
    let lanes = values(blocks.map { $0[keyPath: column] }, of: places)
    if chosen.isEmpty { chosen = Array(repeating: .zero, count: lanes.count) }
    for (index, value) in lanes.enumerated() { chosen[index][keyPath: column] = value }
  }
  return chosen
}
