import Randomness
import ScalingLaws

/// How laws are drawn by their likelihood.
public struct LikelihoodOptions: Sendable, Hashable {
  /// Laws drawn, to the nearest multiple of what the ensembles hold.
  public var samples: Int
  /// Steps of every walker, half of them forgotten.
  public var steps: Int
  public var confidence: Double
  public var seed: UInt64
  public var delta: Double
  /// What is independent of one another.
  public var units: Resampling
  /// Threads to use; the result does not depend on it.
  public var threads: Int

  public init(
    samples: Int = 4096, steps: Int = 4000, confidence: Double = 0.9, seed: UInt64 = 1, delta: Double = 1e-4,
    units: Resampling = .runs, threads: Int? = nil
  ) {
    self.samples = samples
    self.steps = steps
    self.confidence = confidence
    self.seed = seed
    self.delta = delta
    self.units = units
    self.threads = threads ?? availableProcessors
  }

  /// What is done, in words.
  public var method: String {
    let independent =
      switch units {
      case .runs: ""
      case .teachers: ", with as few independent runs as the residuals of a teacher's students go together"
      case .trainings: ", with as few independent runs as the residuals of a training's checkpoints go together"
      }
    return """
      Laws drawn in proportion to how well they fit the runs, exp(-ratio / 2) with the likelihood ratio of the \
      fit's own objective\(independent), flat in what the law says at the middle of the runs: \
      8 ensembles of 32 walkers (Goodman and Weare 2010), \(steps) steps, half of them forgotten (Philox 2x64 by \
      seed). low and high are percentiles, which interpolate between order statistics; gamma is at least 0.05 unless the \
      fit's is less.
      """
  }
}

@inline(__always)
func posteriorSamples<Model: CentralModel>(
  _ likelihood: LikelihoodObjective<Model>, options: LikelihoodOptions
) -> [Model.Point] {
  typealias Sampler = LikelihoodSampler<Model>
  let model = likelihood.objective.model
  let scouts = parallelMap(
    count: Sampler.ensembles * Sampler.walkers / 2, threads: options.threads, chunk: 4,
    makeState: { Refit(model, delta: likelihood.objective.delta) }
  ) { refit, index -> Model.Point in
    refit.draw(CounterRandom(seed: options.seed, stream: UInt64(index)))
    return refit.descent.minimise(refit.objective, from: likelihood.optimum, limits: .untilPolish).point
  }
  let sampler = Sampler(likelihood, seed: options.seed)
  let kept = max(1, options.samples / (Sampler.ensembles * Sampler.walkers))
  return parallelMap(count: Sampler.ensembles, threads: options.threads, chunk: 1, makeState: { 0 }) {
    sampler.run(ensemble: $1, from: [likelihood.optimum] + scouts, steps: options.steps, kept: kept)
  }.flatMap { $0 }
}

/// Laws drawn by how well they fit the runs.
@inline(__always)
func likelyLaws<Model: SearchedModel>(
  _ fitted: FittedModel<Model>, _ options: LikelihoodOptions, derived: ([String: Double]) -> [String: Double]
) -> Bootstrap {
  let laws = posteriorSamples(fitted.likelihood(delta: options.delta), options: options)
  return Bootstrap(
    estimates: fitted.coefficients,
    refits: laws.enumerated().map { ResampleRefit(resample: $0, coefficients: fitted.model.coefficients(at: $1), start: 0) },
    confidence: options.confidence, derived: derived)
}

/// Supervised laws, or, with gamma at 1, Chinchilla laws, drawn by how well they fit the runs.
/// - Throws: ``EstimationError`` as ``bootstrapSupervised(_:fixedGamma:coefficients:restrictions:options:derived:)`` does.
public func likelySupervisedLaws(
  _ observations: [SupervisedObservation], fixedGamma: Bool, coefficients: [String: Double],
  restrictions: Restrictions = Restrictions(), options: LikelihoodOptions = LikelihoodOptions(),
  derived: ([String: Double]) -> [String: Double] = { _ in [:] }
) throws(EstimationError) -> Bootstrap {
  let fitted = try FittedModel(
    observations, fixedGamma: fixedGamma, coefficients: coefficients, restrictions: restrictions, delta: options.delta,
    units: options.units)
  return likelyLaws(fitted, options, derived: derived)
}

/// Distillation laws drawn by how well they fit the runs.
/// - Throws: ``EstimationError`` as ``bootstrapDistillation(_:supervised:coefficients:options:derived:)`` does.
public func likelyDistillationLaws(
  _ observations: [DistillationObservation], supervised: SupervisedLaw, coefficients: [String: Double],
  options: LikelihoodOptions = LikelihoodOptions(), derived: ([String: Double]) -> [String: Double] = { _ in [:] }
) throws(EstimationError) -> Bootstrap {
  let fitted = try FittedModel(
    observations, supervised: supervised, coefficients: coefficients, delta: options.delta, units: options.units)
  return likelyLaws(fitted, options, derived: derived)
}
