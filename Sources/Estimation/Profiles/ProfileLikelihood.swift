import Foundation
import Randomness
import ScalingLaws
import Statistics

/// How well the law can still fit the runs when a quantity of it is held at a value, over all values.
///
/// The measure is the likelihood ratio of `LikelihoodScale` between the best law with the quantity at v and the best
/// of all: where v is the truth it goes as chi² with one degree of freedom. The interval is where the ratio stays below
/// the quantile. It needs no start to be right about a ridge: where the runs leave a quantity open, the ratio stays low
/// and the interval has no end.
public struct Profile: Sendable, Hashable {
  public var name: String
  public var estimate: Double
  /// An end that the runs leave open is the last value that the quantity can have, or infinite.
  public var interval: ClosedRange<Double>
  public var lowIsOpen, highIsOpen: Bool
  /// In ascending order of their values, the estimate among them.
  public var points: [Point]

  public struct Point: Sendable, Hashable {
    public var value: Double
    public var ratio: Double
    /// The best law there.
    public var coefficients: [String: Double]
  }
}

/// How profiles are made.
public struct ProfileOptions: Sendable, Hashable {
  /// Nominal coverage of the intervals, between 0 and 1.
  public var confidence: Double
  /// What is independent of one another.
  public var units: Resampling
  /// Values between the ends of the interval that a profile is worked out at, for drawing; none for intervals alone.
  public var points: Int
  /// Laws drawn by their likelihood, which show where else good laws are.
  public var scouts: Int
  public var seed: UInt64
  public var threads: Int

  /// The ratio at the ends of an interval.
  public var limit: Double { Self.limit(confidence) }

  /// The quantile of chi² with one degree of freedom.
  static func limit(_ confidence: Double) -> Double {
    let quantile = Normal.quantile(0.5 + 0.5 * confidence)
    return quantile * quantile
  }

  /// What is done, in words.
  public var method: String {
    """
    The likelihood ratio of Huber's function, turned at 1.345 standard deviations, between the best law with the \
    coefficient held at a value and the best of all; searched from \(scouts) laws drawn by their likelihood, and again \
    from all laws met until no profile misses one. An interval is where the ratio stays below the quantile of chi² with \
    one degree of freedom; an end that the runs leave open is missing.
    """
  }

  public init(
    confidence: Double = 0.9, units: Resampling = .runs, points: Int = 0, scouts: Int = 32768,
    seed: UInt64 = 1, threads: Int? = nil
  ) {
    self.confidence = confidence
    self.units = units
    self.points = points
    self.scouts = scouts
    self.seed = seed
    self.threads = threads ?? availableProcessors
  }
}

extension Profile {
  /// The profile of what rises or falls with this quantity.
  package func mapped(_ value: (Double) -> Double, name: String) -> Profile {
    let (low, high) = (value(interval.lowerBound), value(interval.upperBound))
    let falls = high < low
    return Profile(
      name: name, estimate: value(estimate), interval: min(low, high)...max(low, high),
      lowIsOpen: falls ? highIsOpen : lowIsOpen, highIsOpen: falls ? lowIsOpen : highIsOpen,
      points: points.map { Point(value: value($0.value), ratio: $0.ratio, coefficients: $0.coefficients) }
        .sorted { $0.value < $1.value })
  }
}
