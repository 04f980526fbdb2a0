import ScalingLaws

/// What is drawn with replacement.
public enum Resampling: String, Codable, Sendable, CaseIterable {
  /// Runs, as if they were independent.
  case runs
  /// Teachers with all their students: what is peculiar to a teacher shows in all of them alike.
  case teachers
  /// Trainings with all their checkpoints: what is peculiar to a training shows in all of them alike. A run that names no
  /// training is one of its own.
  case trainings

  /// What supervised runs are resampled by unless something else is asked for: trainings, where several runs are of one.
  public static func automatic(_ runs: [SupervisedObservation]) -> Resampling {
    let trainings = runs.compactMap(\.training)
    return Set(trainings).count < trainings.count ? .trainings : .runs
  }

  /// What distillations are resampled by unless something else is asked for: teachers, where all are named, some have
  /// several students, and there are enough of them for a resample to hold most of what the runs say.
  public static func automatic(_ runs: [DistillationObservation]) -> Resampling {
    let teachers = Set(runs.compactMap(\.teacher))
    guard runs.allSatisfy({ $0.teacher != nil }), teachers.count >= leastTeachers, teachers.count < runs.count else {
      return .runs
    }
    return .teachers
  }

  /// With fewer, half of the resamples lack a third of the teachers' losses or more, and the break of the law with them.
  public static let leastTeachers = 10
}

/// Where the fit to a resample starts.
public enum RefitStarts: String, Codable, Sendable, CaseIterable {
  /// At the optimum of the fit alone, as in the paper.
  case optimum
  /// There and at variants of it, of which the best refit counts: the objective has other minima near by.
  case wide
  /// As `wide`, and then twice at the best of the other resamples' refits: nearer to a search of its own for every
  /// resample, at a fraction of its price.
  case exchange
}

/// How intervals are made.
public struct BootstrapOptions: Sendable, Hashable {
  public var resamples: Int
  /// Nominal coverage of the intervals, between 0 and 1.
  public var confidence: Double
  public var seed: UInt64
  public var delta: Double
  /// As ``FitOptions/upperWeight``.
  public var upperWeight: Double
  public var resampling: Resampling
  public var starts: RefitStarts
  /// Threads to use; the result does not depend on it.
  public var threads: Int

  public init(
    resamples: Int = 4096, confidence: Double = 0.9, seed: UInt64 = 1, delta: Double = 1e-4, upperWeight: Double = 1,
    resampling: Resampling = .runs, starts: RefitStarts = .wide, threads: Int? = nil
  ) {
    self.resamples = resamples
    self.confidence = confidence
    self.seed = seed
    self.delta = delta
    self.upperWeight = upperWeight
    self.resampling = resampling
    self.starts = starts
    self.threads = threads ?? availableProcessors
  }

  /// What is done, in words.
  public var method: String {
    let drawn =
      switch resampling {
      case .runs: "runs (Besiroglu et al. 2024): each resample draws as many runs with replacement"
      case .teachers: "teachers: each resample draws as many teachers with replacement, each with all its students"
      case .trainings:
        "trainings: each resample draws as many trainings with replacement, each with all its checkpoints"
      }
    let variants =
      """
      is refitted from the fit's optimum and from variants of it with gamma halved and doubled and, where E is 0, \
      with E a quarter and three fifths of the least loss, and the best is polished
      """
    let refitted =
      switch starts {
      case .optimum: "is refitted from the fit's optimum alone, as in the paper"
      case .wide: variants
      case .exchange: variants + ", twice also from the three refits of other resamples that suit it best"
      }
    return """
      Bootstrap over \(drawn) (Philox 2x64 by seed, resample and draw), and \(refitted). low and high are the \
      resamples' percentiles, those of biasCorrected moved by their median's bias (Efron 1981); percentiles \
      interpolate between order statistics. gamma is at least 0.05 unless the fit's is less, so that A and B stay \
      numbers.
      """
  }
}

/// The refit of one resample.
public struct ResampleRefit: Codable, Sendable, Hashable {
  /// The resample's number, from 0: with the seed it says what is drawn.
  public var resample: Int
  public var coefficients: [String: Double]
  /// The place of the refit's start among those of ``RefitStarts``, 0 being the fit; -1 where it was another's refit.
  public var start: Int
}

/// Refits of resampled runs.
public struct Bootstrap: Sendable, Hashable {
  /// The fit, by coefficient; also `a` and `b`, the compute-optimal exponents, and what else was derived.
  public var estimates: [String: Double]
  /// The same of each resample, in their order. A value that is no number, or beyond what one holds, is infinite.
  public var samples: [String: [Double]]
  /// Share of the resamples whose best refit did not start at the fit itself.
  public var foundElsewhere: Double
  public var confidence: Double

  /// By coefficient. A bound that is beyond what a number holds is the largest number.
  public func intervals(_ kind: IntervalKind = .percentile) -> [String: ClosedRange<Double>] {
    var intervals: [String: ClosedRange<Double>] = [:]
    for (name, values) in samples {
      guard let estimate = estimates[name] else { continue }
      intervals[name] = interval(kind, of: values, estimate: estimate, confidence: confidence)
    }
    return intervals
  }

  /// - Parameters:
  ///   - estimates: the fit.
  ///   - refits: in the order of the resamples.
  ///   - derived: quantities that follow from coefficients, by name.
  public init(
    estimates: [String: Double], refits: [ResampleRefit], confidence: Double,
    derived: ([String: Double]) -> [String: Double] = { _ in [:] }
  ) {
    self.estimates = extended(estimates, derived)
    self.confidence = confidence
    samples = [:]
    for refit in refits {
      for (name, value) in extended(refit.coefficients, derived) {
        samples[name, default: []].append(value.isNaN ? .infinity : value)
      }
    }
    foundElsewhere = Double(refits.count { $0.start != 0 }) / Double(max(1, refits.count))
  }
}

/// Coefficients, the compute-optimal exponents of size and tokens, and what else follows from them.
package func extended(
  _ coefficients: [String: Double], _ derived: ([String: Double]) -> [String: Double]
) -> [String: Double] {
  var all = coefficients
  if let alpha = all["alpha"], let beta = all["beta"], alpha + beta > 0 {
    all["a"] = beta / (alpha + beta)
    all["b"] = alpha / (alpha + beta)
  }
  return all.merging(derived(all), uniquingKeysWith: { own, _ in own })
}

/// What the same resamples give when they are refitted from more starts or fewer.
package struct Bootstraps: Sendable, Hashable {
  package var chosen, wide, optimum: Bootstrap

  @inline(__always)
  init<Model: SearchedModel>(
    _ fitted: FittedModel<Model>, _ options: BootstrapOptions, derived: ([String: Double]) -> [String: Double]
  ) {
    let refits = refits(of: fitted, options)
    func bootstrap(_ point: (ResampleFit<Model.Point>) -> (Model.Point, Int)) -> Bootstrap {
      Bootstrap(fitted, refits, options, derived: derived, point)
    }
    chosen = bootstrap { ($0.best, $0.start) }
    wide = bootstrap { ($0.fromVariants, max(0, $0.start)) }
    optimum = bootstrap { ($0.fromOptimum, 0) }
  }
}

extension Bootstrap {
  @inline(__always)
  fileprivate init<Model: SearchedModel>(
    _ fitted: FittedModel<Model>, _ options: BootstrapOptions, derived: ([String: Double]) -> [String: Double]
  ) {
    self.init(fitted, refits(of: fitted, options), options, derived: derived) { ($0.best, $0.start) }
  }

  /// - Parameter point: which of a resample's refits counts, and the place of its start.
  fileprivate init<Model: SearchedModel>(
    _ fitted: FittedModel<Model>, _ refits: [ResampleFit<Model.Point>], _ options: BootstrapOptions,
    derived: ([String: Double]) -> [String: Double], _ point: (ResampleFit<Model.Point>) -> (Model.Point, Int)
  ) {
    let laws = refits.enumerated().map { resample, refit in
      let (law, start) = point(refit)
      return ResampleRefit(resample: resample, coefficients: fitted.model.coefficients(at: law), start: start)
    }
    self.init(estimates: fitted.coefficients, refits: laws, confidence: options.confidence, derived: derived)
  }
}

/// Intervals of a supervised fit, or, with gamma at 1, of a Chinchilla fit.
/// - Parameters:
///   - coefficients: the fit, by printed names; every resample is refitted from there.
///   - derived: quantities that follow from coefficients, by name; they get intervals, too.
///   - restrictions: what was given of the coefficients.
/// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has, or where teachers are
///   to be resampled, which supervised runs have not.
public func bootstrapSupervised(
  _ observations: [SupervisedObservation], fixedGamma: Bool, coefficients: [String: Double],
  restrictions: Restrictions = Restrictions(), options: BootstrapOptions = BootstrapOptions(),
  derived: ([String: Double]) -> [String: Double] = { _ in [:] }
) throws(EstimationError) -> Bootstrap {
  let fitted = try FittedModel(
    observations, fixedGamma: fixedGamma, coefficients: coefficients, restrictions: restrictions, delta: options.delta,
    units: options.resampling)
  return Bootstrap(fitted, options, derived: derived)
}

/// Intervals of a distillation fit.
/// - Parameters:
///   - supervised: the law that gives L~_S, the same for every resample.
///   - coefficients: the fit, by printed names; every resample is refitted from there.
///   - derived: quantities that follow from coefficients, by name; they get intervals, too.
/// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has, or where teachers are
///   to be resampled and a run does not name its teacher.
public func bootstrapDistillation(
  _ observations: [DistillationObservation], supervised: SupervisedLaw, coefficients: [String: Double],
  options: BootstrapOptions = BootstrapOptions(), derived: ([String: Double]) -> [String: Double] = { _ in [:] }
) throws(EstimationError) -> Bootstrap {
  let fitted = try FittedModel(
    observations, supervised: supervised, coefficients: coefficients, delta: options.delta, units: options.resampling)
  return Bootstrap(fitted, options, derived: derived)
}

/// As ``bootstrapDistillation(_:supervised:coefficients:options:derived:)``, beside what fewer starts give.
package func distillationBootstraps(
  _ observations: [DistillationObservation], supervised: SupervisedLaw, coefficients: [String: Double],
  options: BootstrapOptions, derived: ([String: Double]) -> [String: Double]
) throws(EstimationError) -> Bootstraps {
  let fitted = try FittedModel(
    observations, supervised: supervised, coefficients: coefficients, delta: options.delta, units: options.resampling)
  return Bootstraps(fitted, options, derived: derived)
}

/// Refits of some of the resamples of a supervised or Chinchilla fit, as
/// ``bootstrapSupervised(_:fixedGamma:coefficients:restrictions:options:derived:)`` makes them of all.
/// - Parameter resamples: their numbers.
/// - Throws: ``EstimationError`` as that does, and where ``RefitStarts/exchange`` has not all resamples.
public func supervisedRefits(
  _ observations: [SupervisedObservation], fixedGamma: Bool, coefficients: [String: Double],
  restrictions: Restrictions = Restrictions(), resamples: [Int], options: BootstrapOptions = BootstrapOptions()
) throws(EstimationError) -> [ResampleRefit] {
  try numbered(
    try FittedModel(
      observations, fixedGamma: fixedGamma, coefficients: coefficients, restrictions: restrictions, delta: options.delta,
      units: options.resampling), resamples, options)
}

/// Refits of some of the resamples of a distillation fit, as
/// ``bootstrapDistillation(_:supervised:coefficients:options:derived:)`` makes them of all.
/// - Parameter resamples: their numbers.
/// - Throws: ``EstimationError`` as that does, and where ``RefitStarts/exchange`` has not all resamples.
public func distillationRefits(
  _ observations: [DistillationObservation], supervised: SupervisedLaw, coefficients: [String: Double], resamples: [Int],
  options: BootstrapOptions = BootstrapOptions()
) throws(EstimationError) -> [ResampleRefit] {
  try numbered(
    try FittedModel(
      observations, supervised: supervised, coefficients: coefficients, delta: options.delta, units: options.resampling),
    resamples, options)
}

@inline(__always)
private func numbered<Model: SearchedModel>(
  _ fitted: FittedModel<Model>, _ resamples: [Int], _ options: BootstrapOptions
) throws(EstimationError) -> [ResampleRefit] {
  guard options.starts != .exchange || resamples == Array(0..<options.resamples) else {
    throw EstimationError("refits that exchange their starts need all resamples at once")
  }
  return zip(resamples, refits(of: fitted, options, resamples: resamples)).map { resample, refit in
    ResampleRefit(
      resample: resample, coefficients: fitted.model.coefficients(at: refit.best), start: refit.start)
  }
}
