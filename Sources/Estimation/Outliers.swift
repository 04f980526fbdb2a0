import Foundation
import ScalingLaws
import Statistics

/// Runs that a law misses by far more than the others, and what they do to the fit.
///
/// A run is one where its residual log observed - log predicted is beyond ``limit`` robust standard deviations: the median
/// of the residuals' magnitudes over 0.6745, without the smallest ones, as many as there are coefficients, which a fit
/// makes small by itself. The limit is Bonferroni's: in runs without outliers it is passed by any of them with a chance
/// of 5%. Residuals of good runs have heavier tails than normal ones, since no law is quite true. So the limit is that of
/// Student's t with four degrees of freedom: a normal one names 9 of the 420 good runs of a study in ten.
public struct Outliers: Sendable, Hashable {
  public struct Run: Sendable, Hashable {
    /// The place among the runs, from 0.
    public var place: Int
    public var observed, predicted: Double
    /// log observed - log predicted, in robust standard deviations.
    public var deviations: Double

    /// (observed - predicted) / predicted.
    public var relativeError: Double { observed / predicted - 1 }
  }

  /// The worst first.
  public var runs: [Run]
  /// Robust standard deviations beyond which a run is an outlier.
  public var limit: Double
  /// The robust standard deviation, of log loss.
  public var deviation: Double
  /// The coefficients without them, fitted from the fit; nil where there are none, or too many to fit without.
  public var without: [String: Double]?

  /// Least standard deviation: losses are written to four or five digits.
  static let leastDeviation = 1e-4
  static let chance = 0.05
  static let freedom = 4
}

/// Outliers of a supervised fit, or, with gamma at 1, of a Chinchilla fit.
/// - Parameters:
///   - coefficients: the fit, by printed names.
///   - restrictions: what was given of the coefficients.
/// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has.
public func outliersSupervised(
  _ observations: [SupervisedObservation], fixedGamma: Bool, coefficients: [String: Double],
  restrictions: Restrictions = Restrictions(), options: FitOptions = FitOptions()
) throws(EstimationError) -> Outliers {
  outliers(
    try FittedModel(
      observations, fixedGamma: fixedGamma, coefficients: coefficients, restrictions: restrictions, delta: options.delta),
    options)
}

/// Outliers of a distillation fit.
/// - Parameters:
///   - supervised: the law that gives L~_S.
///   - coefficients: the fit, by printed names.
/// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has.
public func outliersDistillation(
  _ observations: [DistillationObservation], supervised: SupervisedLaw, coefficients: [String: Double],
  options: FitOptions = FitOptions()
) throws(EstimationError) -> Outliers {
  outliers(
    try FittedModel(observations, supervised: supervised, coefficients: coefficients, delta: options.delta), options)
}

@inline(__always)
private func outliers<Model: SearchedModel>(_ fitted: FittedModel<Model>, _ options: FitOptions) -> Outliers {
  let model = fitted.model
  var refit = Refit(model, delta: options.delta, upperWeight: options.upperWeight)
  let residuals = refit.objective.residuals(at: fitted.point).map { -$0 }
  let left = Array(residuals.map(abs).sorted().dropFirst(model.freeCoefficients))
  let deviation = max(left.isEmpty ? 0 : percentile(left, 0.5) / Normal.quantile(0.75), Outliers.leastDeviation)
  // The robust standard deviation of Student's t is its own upper quartile over the normal one.
  let unit = StudentT.critical(level: 0.25, freedom: Outliers.freedom) / Normal.quantile(0.75)
  let level = Outliers.chance / (2 * Double(max(1, model.runs)))
  let limit = StudentT.critical(level: level, freedom: Outliers.freedom) / unit
  // In units of the runs' noise, where it is known; what the law misses a run by is in log loss.
  let errors = refit.objective.logErrors(at: fitted.point).map { -$0 }
  let places = residuals.indices.filter { abs(residuals[$0]) > limit * deviation }
    .sorted { (-abs(residuals[$0]), $0) < (-abs(residuals[$1]), $1) }
  let observed = places.map { model.observed[$0 / Lanes.scalarCount][$0 % Lanes.scalarCount] }
  var found = Outliers(
    runs: zip(places, observed).map { place, loss in
      .init(
        place: place, observed: exp(loss), predicted: exp(loss - errors[place]),
        deviations: residuals[place] / deviation)
    }, limit: limit, deviation: deviation)
  guard !places.isEmpty, model.runs - places.count > model.freeCoefficients else { return found }
  for place in places { refit.objective.weights[place / Lanes.scalarCount][place % Lanes.scalarCount] = 0 }
  let best = refit.lowest(refit.objective, from: [fitted.point] + fitted.neighbours)
  found.without = model.coefficients(at: best.point)
  return found
}
