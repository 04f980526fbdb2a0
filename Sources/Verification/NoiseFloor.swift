import Formats
import Foundation
import Statistics

/// How far runs of one configuration differ by their seed alone: no law can be closer to single runs than
/// this.
public struct NoiseFloor: Codable, Hashable, Sendable {
  /// Configurations that were trained from more than one seed.
  public var configurations: Int
  public var runs: Int
  public var degreesOfFreedom: Int
  /// Pooled relative standard deviation of the loss.
  public var standardDeviation: Double
  /// Its 90% interval, from the chi-square distribution.
  public var low: Double
  public var high: Double
  /// Mean absolute relative error that normal noise of this size would leave a perfect law with.
  public var meanAbsoluteError: Double

  /// Nil where no configuration was trained from more than one seed.
  public init?(_ records: [RunRecord]) {
    let seeded = records.filter { ($0.purpose == .law || $0.purpose == .baseline) && $0.seed != nil }
    let groups = Configuration.cells(seeded).filter { group in Set(group.map(\.seed)).count > 1 }
    guard !groups.isEmpty else { return nil }
    configurations = groups.count
    runs = groups.reduce(0) { $0 + $1.count }
    degreesOfFreedom = runs - configurations
    // Sorted, so that the sum does not depend on the order of a dictionary.
    let squares = groups.map(Self.relativeSquares).sorted().reduce(0, +)
    let freedom = Double(degreesOfFreedom)
    standardDeviation = (squares / freedom).squareRoot()
    low = standardDeviation * (freedom / ChiSquare.quantile(0.95, freedom: freedom)).squareRoot()
    high = standardDeviation * (freedom / ChiSquare.quantile(0.05, freedom: freedom)).squareRoot()
    meanAbsoluteError = standardDeviation * (2 / Double.pi).squareRoot()
  }

  private static func relativeSquares(_ group: [RunRecord]) -> Double {
    let losses = group.map(\.loss).sorted()
    let mean = losses.reduce(0, +) / Double(losses.count)
    return losses.reduce(0) { $0 + ($1 / mean - 1) * ($1 / mean - 1) }
  }
}
