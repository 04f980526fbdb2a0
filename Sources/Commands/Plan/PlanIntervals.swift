import Allocation
import Formats
import Estimation
import Foundation
import ScalingLaws
import Statistics

/// Intervals of a plan, made in one of two ways: see ``PlanDoubt``.
struct PlanIntervals: Encodable {
  /// An end that the runs leave open is nil.
  struct Bounds: Encodable {
    var low, high: Double?
  }

  /// `resamples` or `profile`.
  let method: String
  /// Nominal coverage.
  let confidence: Double
  /// The laws behind percentiles; nil of profiles.
  let resamples: Int?
  let studentLoss, studentTokens: Bounds?
  /// Nil where the supervised law is held fixed.
  let supervisedLoss: Bounds?
  /// Nil in a supervised plan, or where the scenario fixes them.
  let teacherLoss, teacherParameters, teacherTokens: Bounds?
  /// Of each of the plan's crossovers, in their order; nil where too few laws have it, or it was not asked for.
  let crossoverCompute: [Bounds?]

  /// Whether the student is better, or worse, throughout the interval than one with `supervisedLoss`; nil where its
  /// loss has no interval.
  func decides(supervisedLoss loss: Double) -> Bool? {
    studentLoss.map { student in
      let (low, high) = (supervisedLoss?.low ?? loss, supervisedLoss?.high ?? loss)
      return student.high ?? .infinity < low || student.low ?? -.infinity > high
    }
  }
}

/// A way to make intervals of plans.
protocol PlanDoubt {
  /// How they are made, in words.
  var notes: [String] { get }
  /// - Parameters:
  ///   - budget: FLOPs that may be spent; nil where the student's tokens were given.
  ///   - crossovers: the plan's.
  func intervals(
    of plan: Plan, budget: Double?, crossovers: [Crossover]
  ) throws -> PlanIntervals
}

/// Intervals between the percentiles of the plans that the same question has under resampled laws.
struct ResampledPlanners: PlanDoubt {
  static let confidence = 0.9
  /// As many of the resamples are planned with, the first.
  static let most = 512

  let planners: [Planner]
  /// How the planners came about, in words.
  let notes: [String]
  private let threads: Int

  /// - Parameters:
  ///   - nominal: the planner of the fit itself.
  ///   - file: the fit's samples.
  ///   - supervisedFile: the samples of the supervised law under it; nil holds that law fixed.
  /// - Throws: ``StageError`` where samples are of other fits.
  init(_ nominal: Planner, file: String, supervisedFile: String?, threads: Int) throws(StageError) {
    let samples = try CoefficientSamples(readingFrom: file)
    let law = nominal.law
    try expect(samples, of: law.coefficients, file: file)
    var laws = samples.resamples.prefix(Self.most).map { DistillationLaw(coefficients: $0, supervised: law.supervised) }
    let fixed: String
    if let supervisedFile {
      let under = try CoefficientSamples(readingFrom: supervisedFile)
      try expect(under, of: law.supervised.coefficients, file: supervisedFile)
      laws = zip(samples.resamples, under.resamples).prefix(Self.most).map { own, under in
        SupervisedLaw(coefficients: under).flatMap { DistillationLaw(coefficients: own, supervised: $0) }
      }
      fixed =
        "the supervised law varies by its own resamples, of which the distillation law's know nothing: they were "
        + "refitted with it fixed"
    } else {
      fixed = "the supervised law under the distillation law is held fixed: its own doubt is not in them"
    }
    let usable = laws.compactMap { $0 }.filter { law in
      [law.coefficients, law.supervised.coefficients].flatMap(\.values).allSatisfy { $0.isFinite && $0 < 1e300 }
    }
    planners = usable.compactMap { try? Planner(law: $0, family: nominal.family, bounds: nominal.bounds) }
    guard planners.count > 1, planners.count > laws.count / 2 else {
      throw StageError("\(laws.count - planners.count) of \(laws.count) resamples are no laws to plan with", file: file)
    }
    var notes = [
      String(format: "intervals are %g%% percentiles over the best plans of ", 100 * Self.confidence)
        + "\(planners.count) resampled laws; \(fixed)"
    ]
    if planners.count < laws.count {
      notes.append("\(laws.count - planners.count) resamples with coefficients beyond what a number holds are left out")
    }
    self.notes = notes
    self.threads = threads
  }

  private struct Planned: Sendable {
    var plan: Plan
    var supervisedLoss: Double
    /// For each crossover of the nominal plan the nearest of its direction.
    var crossovers: [Double?]
  }

  func intervals(
    of plan: Plan, budget: Double?, crossovers: [Crossover]
  ) throws(AllocationError) -> PlanIntervals {
    let outcomes = parallelMap(count: planners.count, threads: threads, makeState: { () }) { _, index in
      let planner = planners[index]
      return Result { () throws(AllocationError) in
        try Self.planned(planner, as: plan, budget: budget, crossovers: crossovers)
      }
    }
    var planned = [Planned]()
    for outcome in outcomes { planned.append(try outcome.get()) }
    func bounds(_ values: [Double]) -> PlanIntervals.Bounds {
      let sorted = values.sorted()
      let tail = (1 - Self.confidence) / 2
      return .init(low: percentile(sorted, tail), high: percentile(sorted, 1 - tail))
    }
    func ofTeacher(_ value: (PlannedTeacher) -> Double) -> PlanIntervals.Bounds? {
      let values = planned.compactMap { $0.plan.teacher.map(value) }
      return values.isEmpty ? nil : bounds(values)
    }
    return PlanIntervals(
      method: "resamples", confidence: Self.confidence, resamples: planned.count,
      studentLoss: bounds(planned.map(\.plan.studentLoss)),
      studentTokens: bounds(planned.map(\.plan.studentTokens)), supervisedLoss: bounds(planned.map(\.supervisedLoss)),
      teacherLoss: ofTeacher(\.loss), teacherParameters: ofTeacher(\.parameters), teacherTokens: ofTeacher(\.tokens),
      crossoverCompute: crossovers.indices.map { index in
        let found = planned.compactMap { $0.crossovers[index] }
        return found.count > planned.count / 2 ? bounds(found) : nil
      })
  }

  private static func planned(
    _ planner: Planner, as plan: Plan, budget: Double?, crossovers: [Crossover]
  ) throws(AllocationError) -> Planned {
    let size = plan.studentParameters
    let own: Plan, supervised: Plan
    if let budget {
      own = try planner.plan(plan.scenario, studentParameters: size, compute: budget)
      supervised = try planner.plan(.supervised, studentParameters: size, compute: budget)
    } else {
      own = try planner.plan(plan.scenario, studentParameters: size, studentTokens: plan.studentTokens)
      supervised = try planner.plan(.supervised, studentParameters: size, studentTokens: plan.studentTokens)
    }
    var nearest = [Double?]()
    for crossover in crossovers {
      // A resampled law that crosses a hundred times further away than the fit says nothing of this crossover.
      let all = try planner.computeCrossovers(
        plan.scenario, studentParameters: size, within: crossover.location / 100...crossover.location * 100)
      nearest.append(
        all.filter { $0.supervisedIsBetterAbove == crossover.supervisedIsBetterAbove }.map(\.location)
          .min { abs(log($0 / crossover.location)) < abs(log($1 / crossover.location)) })
    }
    return Planned(plan: own, supervisedLoss: supervised.studentLoss, crossovers: nearest)
  }
}

/// Refuses samples that are not of the fit with these coefficients.
private func expect(_ samples: CoefficientSamples, of fit: [String: Double], file: String) throws(StageError) {
  // The gamma of a Chinchilla law is 1 and not among its coefficients.
  let isSame = fit.allSatisfy { name, value in
    abs((samples.estimates[name] ?? (name == "gamma" ? 1 : .nan)) - value) <= 1e-10 * abs(value)
  }
  guard isSame else { throw StageError("holds the samples of another fit than the law that is planned with", file: file) }
}
