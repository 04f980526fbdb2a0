import Formats
import Foundation
import Statistics

/// Whether a law leaves more unexplained than the seeds do: Fisher's test of lack of fit, with every configuration
/// weighted by its noise.
///
/// The mean square of the configurations' mean residuals about the law, against that of the runs about their
/// configuration's mean. A law that is true has a ratio of about 1.
public struct LackOfFit: Codable, Hashable, Sendable {
  public var runs: Int
  public var configurations: Int
  /// Degrees of freedom of the two mean squares.
  public var freedomAbove: Int
  /// 0 where the noise is known, since the runs were drawn with it.
  public var freedomBelow: Int
  public var ratio: Double
  /// Chance of a ratio as large for a true law.
  public var probability: Double

  /// - Parameters:
  ///   - coefficients: as many as the law had free when it was fitted to `records`; the share of a part of the runs is
  ///     counted by the caller.
  ///   - noise: standard deviation of log L of a run.
  /// - Returns: nil where no configuration repeats, or there are no more of them than coefficients.
  public init?(
    _ records: [RunRecord], coefficients: Double, predict: (RunRecord) -> Double, noise: (RunRecord) -> Double
  ) {
    let cells = Configuration.cells(records.sorted { $0.run < $1.run })
    var lack = 0.0, pure = 0.0
    for cell in cells {
      let sigma = noise(cell[0])
      guard sigma > 0, sigma.isFinite else { return nil }
      let residuals = cell.map { log($0.loss / predict($0)) / sigma }
      guard let center = mean(residuals) else { continue }
      lack += Double(cell.count) * center * center
      pure += residuals.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    }
    let above = Double(cells.count) - coefficients
    freedomBelow = records.count - cells.count
    guard above >= 1, freedomBelow >= 2, pure > 0, lack.isFinite else { return nil }
    freedomAbove = Int(above.rounded())
    runs = records.count
    configurations = cells.count
    ratio = (lack / above) / (pure / Double(freedomBelow))
    probability = FisherF.tail(above: ratio, freedom: (above, Double(freedomBelow)))
  }

  /// The same of runs that were drawn with a known noise: the mean square of the runs' residuals about the law, against that
  /// noise, by the chi-square distribution.
  /// - Returns: nil where there are no more runs than coefficients.
  public init?(_ records: [RunRecord], coefficients: Double, predict: (RunRecord) -> Double, drawn noise: Double) {
    let residuals = records.sorted { $0.run < $1.run }.map { log($0.loss / predict($0)) / noise }
    let above = Double(records.count) - coefficients, squares = residuals.reduce(0) { $0 + $1 * $1 }
    guard above >= 1, noise > 0, squares.isFinite else { return nil }
    runs = records.count
    configurations = Configuration.cells(records).count
    (freedomAbove, freedomBelow) = (Int(above.rounded()), 0)
    ratio = squares / above
    probability = 1 - ChiSquare.probability(upTo: squares, freedom: above)
  }
}
