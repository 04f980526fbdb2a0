import Foundation
import Randomness
import ScalingLaws

/// How intervals are made.
public struct BootstrapOptions: Sendable, Hashable {
  public var resamples: Int
  /// Nominal coverage of the intervals, between 0 and 1.
  public var confidence: Double
  public var seed: UInt64
  public var delta: Double
  /// Threads to use; the result does not depend on it.
  public var threads: Int

  public init(
    resamples: Int = 4096, confidence: Double = 0.9, seed: UInt64 = 1, delta: Double = 1e-4,
    threads: Int? = nil
  ) {
    self.resamples = resamples
    self.confidence = confidence
    self.seed = seed
    self.delta = delta
    self.threads = threads ?? availableProcessors
  }
}

/// Percentile intervals of a bootstrap over runs.
public struct Bootstrap: Sendable, Hashable {
  /// By coefficient; also `a` and `b`, the compute-optimal exponents. A bound that is beyond what a number
  /// holds is the largest number.
  public var intervals: [String: ClosedRange<Double>]
  /// Share of the resamples whose best refit did not start at the fit itself.
  public var foundElsewhere: Double

  /// How it is done, in words.
  public static let method = """
    Percentile bootstrap over runs (Besiroglu et al. 2024): each resample draws as many runs with replacement \
    (Philox 2x64 by seed, resample and draw), is refitted from the fit's optimum and from variants of it with \
    gamma halved and doubled and, where E is 0, with E a quarter and three fifths of the least loss, and the best \
    is polished; percentiles interpolate between order statistics.
    """
}

/// Intervals of a supervised fit, or, with gamma at 1, of a Chinchilla fit.
/// - Parameter coefficients: the fit, by printed names; every resample is refitted from there.
/// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has.
public func bootstrapSupervised(
  _ observations: [SupervisedObservation], fixedGamma: Bool, coefficients: [String: Double],
  options: BootstrapOptions = BootstrapOptions()
) throws(EstimationError) -> Bootstrap {
  try validate(observations, coefficients: fixedGamma ? 5 : 6, delta: options.delta)
  let model = SupervisedModel(observations, fixedGamma: fixedGamma)
  guard let start = model.point(coefficients) else { throw missing }
  return bootstrap(model, [start] + model.neighbours(of: start), options)
}

/// Intervals of a distillation fit.
/// - Parameters:
///   - supervised: the law that gives L~_S, the same for every resample.
///   - coefficients: the fit, by printed names; every resample is refitted from there.
///   - derived: quantities that follow from coefficients, by name; they get intervals, too.
/// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has.
public func bootstrapDistillation(
  _ observations: [DistillationObservation], supervised: SupervisedLaw, coefficients: [String: Double],
  options: BootstrapOptions = BootstrapOptions(), derived: ([String: Double]) -> [String: Double] = { _ in [:] }
) throws(EstimationError) -> Bootstrap {
  try validate(observations, coefficients: 9, delta: options.delta)
  let model = DistillationModel(observations, supervised: supervised)
  guard let start = model.point(coefficients) else { throw missing }
  return bootstrap(model, [start] + model.neighbours(of: start), options, derived)
}

private var missing: EstimationError {
  EstimationError("the fit lacks coefficients of its law, or has some that are not positive")
}

extension SupervisedModel {
  /// Starts beside the fit's optimum.
  fileprivate func neighbours(of point: Point) -> [Point] {
    var starts = [Point]()
    if free[5] != 0 {
      for factor in [0.5, 2] {
        var other = point
        other[5] = SizeCoordinates.bend(factor * SizeCoordinates.gamma(point[5]))
        starts.append(other)
      }
    }
    // An E that has gone to 0 no longer shows in the gradient, so that no descent brings it back.
    let least = observed.map { $0.min() }.min() ?? 0
    if point[2] < least - 3 {
      for share in [0.25, 0.6] {
        var other = point
        other[2] = least + log(share)
        starts.append(other)
      }
    }
    return starts
  }
}

extension DistillationModel {
  /// Starts beside the fit's optimum.
  fileprivate func neighbours(of point: Point) -> [Point] {
    [0.5, 2].map { factor in
      var other = point
      other[4] = SizeCoordinates.bend(factor * SizeCoordinates.gamma(point[4]))
      return other
    }
  }
}

@inline(__always)
private func bootstrap<Model: LawModel>(
  _ model: Model, _ starts: [Model.Point], _ options: BootstrapOptions,
  _ derived: ([String: Double]) -> [String: Double] = { _ in [:] }
) -> Bootstrap {
  let limits = DescentLimits(iterations: 1000, relativeGain: 1e-7)
  let refits = parallelMap(
    count: options.resamples, threads: options.threads, chunk: 4,
    makeState: { Refit(model, delta: options.delta) }
  ) { refit, resample -> (point: Model.Point, start: Int) in
    refit.draw(CounterRandom(seed: options.seed, stream: UInt64(resample)))
    var best = refit.newton.minimise(refit.objective, from: starts[0], limits: limits)
    var origin = 0
    for start in starts.indices.dropFirst() {
      let other = refit.newton.minimise(refit.objective, from: starts[start], limits: limits)
      if other.objective < best.objective * (1 - 1e-6) { (best, origin) = (other, start) }
    }
    return (refit.settle(from: best).point, origin)
  }
  var samples: [String: [Double]] = [:]
  for refit in refits {
    var coefficients = model.coefficients(at: refit.point)
    if let alpha = coefficients["alpha"], let beta = coefficients["beta"], alpha + beta > 0 {
      coefficients["a"] = beta / (alpha + beta)
      coefficients["b"] = alpha / (alpha + beta)
    }
    for (name, value) in coefficients.merging(derived(coefficients), uniquingKeysWith: { own, _ in own }) {
      samples[name, default: []].append(value.isNaN ? .infinity : value)
    }
  }
  let tail = (1 - options.confidence) / 2
  return Bootstrap(
    intervals: samples.mapValues {
      let sorted = $0.sorted()
      return finite(percentile(sorted, tail))...finite(percentile(sorted, 1 - tail))
    },
    foundElsewhere: Double(refits.count { $0.start != 0 }) / Double(max(1, refits.count)))
}

private func finite(_ value: Double) -> Double { min(value, .greatestFiniteMagnitude) }

/// The value below which `share` of the sorted values lie, by linear interpolation between order statistics.
package func percentile(_ sorted: [Double], _ share: Double) -> Double {
  let place = share * Double(sorted.count - 1)
  let low = sorted[Int(place.rounded(.down))]
  let high = sorted[Int(place.rounded(.up))]
  return low == high ? low : low + (place - place.rounded(.down)) * (high - low)
}
