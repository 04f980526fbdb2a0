import Foundation
import Statistics

/// How far a difference between two settings varies from seed to seed, over all pairs of an experiment.
///
/// Three seeds say little of the spread of one difference; all pairs and values together say it well.
public struct PairedNoise: Codable, Hashable, Sendable {
  /// Standard deviation of one seed's difference of the logarithms of two losses.
  public var standardDeviation: Double
  public var degreesOfFreedom: Int

  /// From the differences of every value to the plain one; nil where no value has two seeds.
  public init?(_ series: [SettingSeries]) {
    var squares = 0.0
    var freedom = 0
    for series in series {
      guard let plain = series.value(series.plainValue) else { continue }
      for value in series.values where value.value != series.plainValue {
        let differences = Self.differences(value, plain)
        guard differences.count > 1 else { continue }
        let center = mean(differences) ?? .nan
        squares += differences.reduce(0) { $0 + ($1 - center) * ($1 - center) }
        freedom += differences.count - 1
      }
    }
    guard freedom > 0, squares > 0 else { return nil }
    degreesOfFreedom = freedom
    standardDeviation = (squares / Double(freedom)).squareRoot()
  }

  /// log(loss / other loss) for each seed that both have, in the order of the seeds.
  static func differences(_ value: SettingSeries.Value, _ other: SettingSeries.Value) -> [Double] {
    value.seeds.compactMap { seed in
      guard let loss = value.losses[seed], let reference = other.losses[seed] else { return nil }
      return log(loss / reference)
    }
  }

  /// How much worse one setting is than another, as a share of the loss.
  public struct Difference: Codable, Hashable, Sendable {
    public var mean: Double
    /// Half of the 90% interval; nil where the noise is not known.
    public var halfWidth: Double?
    public var seeds: Int
  }

  /// Half the width of an interval of a mean of `seeds` differences that leaves out `level` on either side.
  func halfWidth(seeds: Int, level: Double) -> Double {
    StudentT.critical(level: level, freedom: degreesOfFreedom) * standardDeviation / Double(seeds).squareRoot()
  }
}

extension SettingSeries {
  /// How much worse `value` is than `other`, within seeds; nil where they share none.
  public func difference(_ value: Value, to other: Value, noise: PairedNoise?) -> PairedNoise.Difference? {
    let differences = PairedNoise.differences(value, other)
    guard let mean = mean(differences) else { return nil }
    return .init(
      mean: mean, halfWidth: noise?.halfWidth(seeds: differences.count, level: 0.05),
      seeds: differences.count)
  }

  /// The values that the seeds cannot tell from the lowest: those that are not worse by more than chance would
  /// show once in twenty over all values (Bonferroni). Nil where the noise is not known.
  public func indistinguishable(noise: PairedNoise?) -> [Double]? {
    guard let noise, let lowest else { return nil }
    let others = values.filter { $0.value != lowest.value }
    let level = 0.05 / Double(max(1, others.count))
    return values.filter { value in
      guard value.value != lowest.value else { return true }
      let differences = PairedNoise.differences(value, lowest)
      guard let mean = mean(differences) else { return true }
      return mean <= noise.halfWidth(seeds: differences.count, level: level)
    }.map(\.value)
  }
}
