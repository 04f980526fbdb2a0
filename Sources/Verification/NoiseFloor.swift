import Formats
import Foundation
import Statistics

/// How far runs of one configuration differ by their seed alone, pooled over configurations as if all had one noise. Where
/// lengths or teachers differ, ``NoiseModel`` says what a single run's noise is.
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

/// The scatter of repeated runs of one kind, pooled: what the noise is before any model.
public struct NoiseCell: Codable, Hashable, Sendable {
  public var name: String
  public var noise: NoiseFloor

  /// Short runs, long runs and, of distillations, those of teachers weaker than the student would be by itself; a part without
  /// repeats is left out.
  /// - Parameters:
  ///   - records: of one kind, baselines, too.
  ///   - edge: tokens that part short runs from long ones.
  ///   - strength: L_T / L~_S of a distillation.
  static func cells(_ records: [RunRecord], edge: Double, strength: (RunRecord) -> Double?) -> [NoiseCell] {
    let text = NoiseRange.shortTokensText(edge)
    func cell(_ name: String, _ isIn: (RunRecord) -> Bool) -> NoiseCell? {
      NoiseFloor(records.filter(isIn)).map { NoiseCell(name: name, noise: $0) }
    }
    let parts = [
      cell("below \(text) tokens") { $0.tokens < edge }, cell("from \(text) tokens on") { $0.tokens >= edge },
      cell("of teachers weaker than the student alone, any length") { strength($0) ?? 0 > 1 },
    ].compactMap { $0 }
    return parts
  }

  static let header = ["repeated runs", "runs", "degrees of freedom", "standard deviation", "90% interval"]

  var row: [String] {
    [
      name, "\(noise.runs)", "\(noise.degreesOfFreedom)", String(format: "%.3f%%", 100 * noise.standardDeviation),
      String(format: "%.3f%% to %.3f%%", 100 * noise.low, 100 * noise.high),
    ]
  }
}
