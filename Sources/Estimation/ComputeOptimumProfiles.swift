import Foundation
import ScalingLaws

/// Intervals of the compute-optimal size, tokens and loss for a budget, from profiles of the likelihood.
public struct ComputeOptimumProfile: Sendable, Hashable {
  /// C = 6 N D, in FLOPs.
  public var compute: Double
  public var parameters, tokens, loss: Profile
}

/// Profiles of what a supervised fit, or, with gamma at 1, a Chinchilla fit says of the best size for budgets C = 6 N D,
/// and of the exponent `a` of compute in it.
/// - Parameters:
///   - coefficients: the fit, by printed names.
///   - restrictions: what was given of the coefficients.
/// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has.
public func profilesComputeOptimum(
  _ observations: [SupervisedObservation], fixedGamma: Bool, coefficients: [String: Double],
  restrictions: Restrictions = Restrictions(), budgets: [Double], options: ProfileOptions = ProfileOptions()
) throws(EstimationError) -> (budgets: [ComputeOptimumProfile], exponent: Profile?) {
  let fitted = try FittedModel(
    observations, fixedGamma: fixedGamma, coefficients: coefficients, restrictions: restrictions, units: options.units)
  let model = fitted.printable
  let exponent = model.profiledQuantities().filter { $0.name == "a" }
  let quantities = budgets.flatMap { [model.profiledOptimum(compute: $0), model.profiledOptimalLoss(compute: $0)] } + exponent
  var profiler = Profiler(fitted.likelihood(), options: options)
  let found = profiler.profiles(quantities, confidences: [options.confidence])[0]
  return (
    budgets.indices.map { index in
      let (compute, size) = (budgets[index], found[2 * index])
      return ComputeOptimumProfile(
        compute: compute, parameters: size, tokens: size.mapped({ compute / (6 * $0) }, name: "tokens"),
        loss: found[2 * index + 1])
    }, exponent.isEmpty ? nil : found.last
  )
}

extension SupervisedModel {
  /// log N* of C = 6 N D, where alpha A / N^alpha = beta B / D^beta whatever gamma is, with its partial derivatives.
  ///
  /// With the internal coordinates, log N* (x_3 + x_4) = gamma log(x_3 / x_4) + x_0 - x_1 + x_3 n - x_4 d + x_4 log(C / 6),
  /// n and d the means of log N and log D.
  private func optimum(_ x: Point, _ logBudget: Double) -> (value: Double, slopes: Point) {
    let gamma = SizeCoordinates.gamma(x[5])
    let (alpha, beta) = (max(x[3], 1e-12), max(x[4], 1e-12))
    let (n, d) = (sizes.meanLogParameters, sizes.meanLogTokens)
    let sum = alpha + beta
    let value = (gamma * log(alpha / beta) + x[0] - x[1] + alpha * n + beta * (logBudget - d)) / sum
    let slopes: Point = [
      1 / sum, -1 / sum, 0, (gamma / alpha + n - value) / sum, (-gamma / beta + logBudget - d - value) / sum,
      log(alpha / beta) * (1 + gamma) * (1 + gamma) / sum, 0, 0,
    ]
    return (value, slopes)
  }

  /// The best size for a budget, in its logarithm.
  func profiledOptimum(compute: Double) -> ProfiledQuantity<Point> {
    let logBudget = log(compute / 6)
    return .init("parameters", logarithmic: true, within: -100...200) { optimum($0, logBudget) }
  }

  /// The loss of the best size for a budget, in its logarithm. It is flat in the size there, so that its partial
  /// derivatives are those of the loss of that size (the envelope theorem).
  func profiledOptimalLoss(compute: Double) -> ProfiledQuantity<Point> {
    let logBudget = log(compute / 6)
    return .init("loss", logarithmic: true) { point in
      let size = optimum(point, logBudget).value
      // The law within what numbers hold: at a slope of 0 the best size is without end.
      let held = min(max(size, -50), logBudget + 50)
      return logLoss(logParameters: held, logTokens: logBudget - held, point)
    }
  }

  /// log predicted of a size and tokens, with its partial derivatives.
  private func logLoss(logParameters: Double, logTokens: Double, _ point: Point) -> (value: Double, slopes: Point) {
    let x = prepare(point)
    let block = Block(
      logParameters: Lanes(repeating: logParameters - sizes.meanLogParameters),
      logTokens: Lanes(repeating: logTokens - sizes.meanLogTokens))
    let (loss, row) = predict(x, block)
    var slopes = Point.zero
    row.forEach { slopes[$0] = $1[0] }
    return (loss[0], slopes)
  }
}
