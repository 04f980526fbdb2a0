import Foundation
import ScalingLaws
import Statistics

/// How a law is fitted.
public struct FitOptions: Sendable, Hashable {
  /// Where Huber's function turns from a parabola into a line, in units of log L.
  public var delta: Double
  /// Threads to use; the result does not depend on it.
  public var threads: Int
  /// One start in so many of the distillation law's grid is tried. A prime above 5 keeps every value of every
  /// axis, since no axis has so many.
  public var thinning: Int

  /// - Parameter threads: as many as there are processors where it is nil.
  public init(delta: Double = 1e-4, threads: Int? = nil, thinning: Int = 1) {
    self.delta = delta
    self.threads = threads ?? availableProcessors
    self.thinning = max(1, thinning)
  }
}

/// A fitted law.
public struct LawFit: Sendable, Hashable {
  /// By their printed names: A, B, E, alpha, beta, gamma, c0, c1, f1, d1 as the law has them.
  public var coefficients: [String: Double]
  /// Sum over the runs of Huber's function of log predicted - log observed.
  public var objective: Double
  /// Mean and largest |predicted - observed| / observed over the runs.
  public var meanAbsoluteRelativeError: Double
  public var maxAbsoluteRelativeError: Double
  public var runs: Int
  /// Starting points tried.
  public var starts: Int
  /// Starting points that were followed to the end, the others having been dismissed early.
  public var followed: Int
  /// Of those, the ones that came to the best objective but for a thousandth.
  public var agreeing: Int
  /// Evaluations of the objective with its gradient.
  public var evaluations: Int
  /// What to know before the coefficients are believed, in words.
  public var warnings: [String]
}

/// Why runs cannot be fitted.
public struct EstimationError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Fits the supervised law (eq. 1) from the paper's 9,600 starts.
/// - Throws: ``EstimationError`` where there are fewer runs than coefficients, or a number is not positive.
public func fitSupervised(
  _ observations: [SupervisedObservation], options: FitOptions = FitOptions()
) throws(EstimationError) -> LawFit {
  try validate(observations, coefficients: 6, delta: options.delta)
  return fit(SupervisedModel(observations, fixedGamma: false), options)
}

/// Fits the Chinchilla law, gamma = 1, from the 2,400 starts of the paper's grid that are left with it.
/// - Throws: ``EstimationError`` where there are fewer runs than coefficients, or a number is not positive.
public func fitChinchilla(
  _ observations: [SupervisedObservation], options: FitOptions = FitOptions()
) throws(EstimationError) -> LawFit {
  try validate(observations, coefficients: 5, delta: options.delta)
  return fit(SupervisedModel(observations, fixedGamma: true), options)
}

/// Fits the distillation law (eq. 8) from the paper's 216,000 starts.
/// - Parameters:
///   - supervised: the law that gives L~_S.
///   - form: the law itself, or a rival: the grids of simpler laws leave out what they lack, those of richer laws are
///     eq. 8's.
///   - start: a fit of eq. 8, from which a richer law is fitted as well, so that it is never worse.
/// - Throws: ``EstimationError`` where there are fewer runs than coefficients, a number is not positive, or a form needs
///   the teachers' sizes and a run does not have it.
public func fitDistillation(
  _ observations: [DistillationObservation], supervised: SupervisedLaw, form: DistillationForm = .full,
  from start: [String: Double]? = nil, options: FitOptions = FitOptions()
) throws(EstimationError) -> LawFit {
  try validate(observations, coefficients: form.coefficients, delta: options.delta)
  guard form.isExtension else {
    return fit(DistillationModel(observations, supervised: supervised, form: form), options)
  }
  if form == .teacherSize,
    let bad = observations.firstIndex(where: { !(($0.teacherParameters ?? 0) > 0) })
  {
    throw EstimationError("run \(bad + 1) does not say how large its teacher is")
  }
  let model = ExtendedDistillationModel(observations, supervised: supervised, form: form)
  let objective = HuberObjective(model, delta: options.delta)
  let starts = model.starts(thinning: options.thinning, from: start)
  let plan = distillationPlan(threads: options.threads)
  return report(plan, objective, plan.minimise(objective, from: starts), starts: starts.count)
}

/// How a supervised law is searched for.
package func supervisedPlan(threads: Int) -> MultiStart {
  MultiStart(stages: [.init(iterations: 40, keepOneIn: 4)], threads: threads)
}

/// How a distillation law is searched for.
package func distillationPlan(threads: Int) -> MultiStart {
  MultiStart(
    stages: [.init(iterations: 12, keepOneIn: 4), .init(iterations: 25, keepOneIn: 16)], threads: threads)
}

private func fit(_ model: SupervisedModel, _ options: FitOptions) -> LawFit {
  let objective = HuberObjective(model, delta: options.delta)
  let starts = StartGrid.supervised(model)
  let plan = supervisedPlan(threads: options.threads)
  let outcome = plan.minimise(objective, from: starts)
  return report(plan, objective, outcome, starts: starts.count)
}

private func fit(_ model: DistillationModel, _ options: FitOptions) -> LawFit {
  let objective = HuberObjective(model, delta: options.delta)
  let grid = StartGrid.distillation(model)
  let starts = stride(from: 0, to: grid.count, by: options.thinning).map { grid[$0] }
  let plan = distillationPlan(threads: options.threads)
  let outcome = plan.minimise(objective, from: starts)
  return report(plan, objective, outcome, starts: starts.count)
}

private func report<Model: LawModel>(
  _ plan: MultiStart, _ objective: HuberObjective<Model>, _ outcome: MultiStart.Outcome<Model.Point>, starts: Int
) -> LawFit {
  let model = objective.model
  let best = plan.printable(objective, outcome.finalists)
  let errors = objective.residuals(at: best.point).map { abs(expm1($0)) }
  let coefficients = model.coefficients(at: best.point)
  return LawFit(
    coefficients: coefficients, objective: best.objective,
    meanAbsoluteRelativeError: mean(errors) ?? .nan, maxAbsoluteRelativeError: errors.max() ?? 0,
    runs: model.runs, starts: starts, followed: outcome.followed.reduce(0) { $0 + $1.count },
    agreeing: outcome.followed.filter { $0.objective <= best.objective * 1.001 }.reduce(0) { $0 + $1.count },
    evaluations: outcome.evaluations,
    warnings: identifiabilityWarnings(coefficients, runs: model.runs, parameters: model.freeCoefficients))
}

/// What coefficients that have run away say about the runs.
public func identifiabilityWarnings(_ coefficients: [String: Double], runs: Int, parameters: Int) -> [String] {
  var warnings: [String] = []
  func note(_ name: String, _ condition: (Double) -> Bool, _ text: String) {
    if let value = coefficients[name], condition(value) { warnings.append(text) }
  }
  if runs < 3 * parameters {
    warnings.append("\(runs) runs are few for \(parameters) coefficients")
  }
  note("E", { $0 < 1e-3 }, "E has run to 0: the runs do not show an irreducible loss")
  note("alpha", { $0 == 0 }, "alpha is 0: the runs do not show that size matters")
  note("beta", { $0 == 0 }, "beta is 0: the runs do not show that tokens matter")
  note(
    "gamma", { $0 < 0.02 }, "gamma has run to 0, and A, B, alpha, beta with it: only alpha gamma and beta gamma are determined")
  note("gamma", { $0 > 20 }, "gamma has run away, and alpha and beta to 0: only alpha gamma and beta gamma are determined")
  note("A", { !(1e-6...1e30).contains($0) }, "A is beyond reason: the runs do not tell it from alpha")
  note("B", { !(1e-6...1e30).contains($0) }, "B is beyond reason: the runs do not tell it from beta")
  note("c1", { $0 == 0 }, "c1 is 0: the runs do not show a capacity gap")
  note("c1", { $0 > 1e4 }, "c1 has run away with d1: the break lies beyond the runs, and only its tail is determined")
  note("f1", { $0 <= DistillationModel.minimumWidth }, "f1 is at its least value: the break is a kink")
  return warnings
}

func validate(
  count: Int, _ coefficients: Int, _ delta: Double, bad: Int?
) throws(EstimationError) {
  guard delta > 0, delta.isFinite else { throw EstimationError("delta must be a positive number") }
  guard count >= coefficients else {
    throw EstimationError("\(count) runs are too few to fit \(coefficients) coefficients")
  }
  if let bad { throw EstimationError("run \(bad + 1): sizes and losses must be positive, finite numbers") }
}

func validate(
  _ runs: [SupervisedObservation], coefficients: Int, delta: Double
) throws(EstimationError) {
  try validate(
    count: runs.count, coefficients, delta,
    bad: runs.firstIndex { !isPositive($0.parameters, $0.tokens, $0.loss) })
}

func validate(
  _ runs: [DistillationObservation], coefficients: Int, delta: Double
) throws(EstimationError) {
  try validate(
    count: runs.count, coefficients, delta,
    bad: runs.firstIndex { !isPositive($0.studentParameters, $0.studentTokens, $0.teacherLoss, $0.studentLoss) })
}

private func isPositive(_ values: Double...) -> Bool {
  values.allSatisfy { $0 > 0 && $0.isFinite }
}
