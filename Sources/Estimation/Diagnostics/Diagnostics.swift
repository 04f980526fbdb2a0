import Foundation
import ScalingLaws
import Statistics

/// What a fit leaves unexplained, and which runs it hangs on.
public struct FitDiagnostics: Codable, Sendable, Hashable {
  /// Spearman's rank correlation of the residuals with a variable.
  public struct Correlation: Codable, Sendable, Hashable {
    public var variable: String
    /// Of the residuals: a trend that the law misses.
    public var residual: Double
    /// Of their magnitudes: noise that grows or shrinks.
    public var magnitude: Double
    /// Chance of a correlation as large in runs that have none, by the normal approximation.
    public var residualChance, magnitudeChance: Double
  }

  public struct Run: Codable, Sendable, Hashable {
    public var observed: Double
    public var predicted: Double
    /// log observed - log predicted.
    public var residual: Double
    /// The largest relative change of the predicted losses of all runs when this one is left out and the law fitted
    /// again from the fit.
    public var influence: Double
  }

  /// Variables that are the same in all runs are left out.
  public var correlations: [Correlation]
  /// In the order of the runs.
  public var runs: [Run]
}

/// Diagnostics of a supervised fit, or, with gamma at 1, of a Chinchilla fit.
/// - Parameters:
///   - coefficients: the fit, by printed names.
///   - restrictions: what was given of the coefficients.
/// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has.
public func diagnoseSupervised(
  _ observations: [SupervisedObservation], fixedGamma: Bool, coefficients: [String: Double],
  restrictions: Restrictions = Restrictions(), options: FitOptions = FitOptions()
) throws(EstimationError) -> FitDiagnostics {
  let fitted = try FittedModel(
    observations, fixedGamma: fixedGamma, coefficients: coefficients, restrictions: restrictions, delta: options.delta)
  return diagnostics(
    fitted, options: options,
    variables: [
      ("N", observations.map(\.parameters)), ("D", observations.map(\.tokens)),
      ("D/N", observations.map { $0.tokens / $0.parameters }),
    ])
}

/// Diagnostics of a distillation fit.
/// - Parameters:
///   - supervised: the law that gives L~_S.
///   - coefficients: the fit, by printed names.
/// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has.
public func diagnoseDistillation(
  _ observations: [DistillationObservation], supervised: SupervisedLaw, coefficients: [String: Double],
  options: FitOptions = FitOptions()
) throws(EstimationError) -> FitDiagnostics {
  let fitted = try FittedModel(
    observations, supervised: supervised, coefficients: coefficients, delta: options.delta)
  var variables = [
    ("N_S", observations.map(\.studentParameters)), ("D_S", observations.map(\.studentTokens)),
    ("L_T", observations.map(\.teacherLoss)),
    (
      "L_T/L~_S",
      observations.map {
        $0.teacherLoss / supervised.loss(parameters: $0.studentParameters, tokens: $0.studentTokens)
      }
    ),
  ]
  let sizes = observations.compactMap(\.teacherParameters)
  if sizes.count == observations.count { variables.append(("N_T", sizes)) }
  return diagnostics(fitted, options: options, variables: variables)
}

@inline(__always)
private func diagnostics<Model: SearchedModel>(
  _ fitted: FittedModel<Model>, options: FitOptions, variables: [(String, [Double])]
) -> FitDiagnostics {
  let (model, optimum) = (fitted.model, fitted.point)
  @Sendable func predictions(_ point: Model.Point) -> [Double] {
    let prepared = model.prepare(point)
    let logs = model.design.map { model.predict(prepared, $0).logLoss }
    return (0..<model.runs).map { logs[$0 / Lanes.scalarCount][$0 % Lanes.scalarCount] }
  }
  let expected = predictions(optimum)
  let observed = (0..<model.runs).map { model.observed[$0 / Lanes.scalarCount][$0 % Lanes.scalarCount] }
  let influences = parallelMap(
    count: model.runs, threads: options.threads,
    makeState: { Refit(model, delta: options.delta, upperWeight: options.upperWeight) }
  ) { refit, run -> Double in
    refit.objective.weights = model.unitWeights
    refit.objective.weights[run / Lanes.scalarCount][run % Lanes.scalarCount] = 0
    let descent = refit.descent.minimise(refit.objective, from: optimum, limits: .untilPolish)
    let moved = predictions(refit.settle(from: descent).point)
    return zip(moved, expected).reduce(0) { max($0, abs(expm1($1.0 - $1.1))) }
  }
  let residuals = zip(observed, expected).map { $0 - $1 }
  return FitDiagnostics(
    correlations: variables.compactMap { name, values in
      guard let trend = rankCorrelation(residuals, values), let spread = rankCorrelation(residuals.map(abs), values)
      else { return nil }
      func chance(_ correlation: Double) -> Double {
        2 * Normal.share(below: -abs(correlation) * Double(max(1, residuals.count - 1)).squareRoot())
      }
      return .init(
        variable: name, residual: trend, magnitude: spread, residualChance: chance(trend),
        magnitudeChance: chance(spread))
    },
    runs: residuals.indices.map {
      .init(
        observed: exp(observed[$0]), predicted: exp(expected[$0]), residual: residuals[$0], influence: influences[$0])
    })
}

/// Spearman's correlation, ties at their mean rank; nil where one side is the same throughout.
package func rankCorrelation(_ first: [Double], _ second: [Double]) -> Double? {
  let (x, y) = (centredRanks(first), centredRanks(second))
  func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  let scale = (product(x, x) * product(y, y)).squareRoot()
  return scale > 0 ? product(x, y) / scale : nil
}

/// The rank of every value less the mean rank.
private func centredRanks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var ranks = Array(repeating: 0.0, count: values.count)
  var first = 0
  while first < order.count {
    var last = first
    while last + 1 < order.count, values[order[last + 1]] == values[order[first]] { last += 1 }
    for place in first...last { ranks[order[place]] = 0.5 * Double(first + last) - 0.5 * Double(order.count - 1) }
    first = last + 1
  }
  return ranks
}
