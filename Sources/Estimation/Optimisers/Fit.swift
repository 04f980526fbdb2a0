import Foundation
import ScalingLaws
import Statistics

/// How a law is fitted.
public struct FitOptions: Sendable, Hashable {
  /// Where Huber's function turns from a parabola into a line, in units of log L.
  public var delta: Double
  /// How much a run above the law counts, as a share of one below it: 1 for Huber's function, less for a law along the
  /// lower edge of the runs.
  public var upperWeight: Double
  /// Threads to use; the result does not depend on it.
  public var threads: Int
  /// One start in so many of the distillation law's grid is tried. A prime above 5 keeps every value of every
  /// axis, since no axis has so many.
  public var thinning: Int
  /// Whether a distillation law is searched for with little effort (``MultiStart/quick``): for the many fits of a comparison
  /// that start at a good one.
  public var isQuick: Bool
  /// Where there are more than twice as many runs, starts are tried on about so many of them (``Screening``); what is found
  /// is then fitted to all.
  public var screenedRuns: Int

  /// - Parameter threads: as many as there are processors where it is nil.
  public init(
    delta: Double = 1e-4, upperWeight: Double = 1, threads: Int? = nil, thinning: Int = 1, isQuick: Bool = false,
    screenedRuns: Int = 128
  ) {
    self.isQuick = isQuick
    self.screenedRuns = screenedRuns
    self.delta = delta
    self.upperWeight = upperWeight
    self.threads = threads ?? availableProcessors
    self.thinning = max(1, thinning)
  }
}

/// A fitted law.
public struct LawFit: Sendable, Hashable {
  /// By their printed names: A, B, E, alpha, beta, gamma, c0, c1, f1, d1 as the law has them.
  public var coefficients: [String: Double]
  /// Sum over the runs of Huber's function of log predicted - log observed, in units of the runs' noise where it is known.
  public var objective: Double
  /// Mean and largest |predicted - observed| / observed over the runs.
  public var meanAbsoluteRelativeError: Double
  public var maxAbsoluteRelativeError: Double
  public var runs: Int
  /// Starting points tried.
  public var starts: Int
  /// The runs that they were tried on, where these were not all (``FitOptions/screenedRuns``).
  public var screenedRuns: Int?
  /// Starting points that were followed to the end, the others having been dismissed early.
  public var followed: Int
  /// Of those, the ones that came to the best objective but for a thousandth.
  public var agreeing: Int
  /// Evaluations of the objective with its gradient.
  public var evaluations: Int
  /// What to know before the coefficients are believed, in words.
  public var warnings: [String]
  /// Which of the coefficients the runs determine; the others have arbitrary values.
  public var determination: Determination
  /// Coefficients that were fitted, and not given.
  var fitted: Int

  /// The coefficients that the runs determine.
  public var determinedCoefficients: [String: Double] {
    coefficients.filter { !determination.undetermined.contains($0.key) }
  }

  /// Takes in which coefficients the runs determine: of the others nothing else is to be said.
  mutating func determined(by determination: Determination) {
    self.determination = determination
    guard !determination.isComplete else { return }
    warnings =
      determination.reasons + identifiabilityWarnings(determinedCoefficients, runs: runs, parameters: fitted)
  }
}

/// Why runs cannot be fitted.
public struct EstimationError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Fits the supervised law (eq. 1) from the paper's 9,600 starts.
/// - Parameter restrictions: what is given of the coefficients.
/// - Throws: ``EstimationError`` where there are fewer runs than coefficients, a number is not positive, or what is given
///   makes no sense.
public func fitSupervised(
  _ observations: [SupervisedObservation], restrictions: Restrictions = Restrictions(),
  options: FitOptions = FitOptions()
) throws(EstimationError) -> LawFit {
  try fit(observations, fixedGamma: false, restrictions, options)
}

/// Fits the Chinchilla law, gamma = 1, from the 2,400 starts of the paper's grid that are left with it.
/// - Parameter restrictions: what is given of the coefficients.
/// - Throws: ``EstimationError`` as ``fitSupervised(_:restrictions:options:)`` does.
public func fitChinchilla(
  _ observations: [SupervisedObservation], restrictions: Restrictions = Restrictions(),
  options: FitOptions = FitOptions()
) throws(EstimationError) -> LawFit {
  try fit(observations, fixedGamma: true, restrictions, options)
}

private func fit(
  _ observations: [SupervisedObservation], fixedGamma: Bool, _ restrictions: Restrictions, _ options: FitOptions
) throws(EstimationError) -> LawFit {
  try validate(observations, fixedGamma: fixedGamma, restrictions, delta: options.delta)
  var fit = fit(SupervisedModel(observations, fixedGamma: fixedGamma, restrictions: restrictions), options)
  fit.determined(by: Determination(observations, fixedGamma: fixedGamma, restrictions: restrictions))
  if let least = observations.map(\.loss).min(), restrictions.fixed["E"] == nil,
    let warning = asymptoteWarning(fit.determinedCoefficients, leastLoss: least)
  {
    fit.warnings.append(warning)
  }
  fit.warnings += dependenceWarnings(observations, isOneSided: options.upperWeight < 1)
  return fit
}

/// Fits the distillation law (eq. 8) from the paper's 216,000 starts.
/// - Parameters:
///   - supervised: the law that gives L~_S.
///   - form: the law itself, or a rival: the grids of simpler laws leave out what they lack, those of richer laws are
///     eq. 8's, and laws that are built another way have smaller ones of their own (``FadingGapModel/grid``).
///   - start: a fit from which the law is fitted as well: of the same form, or of eq. 8, so that a richer law is never
///     worse. What a simpler law lacks is left out of it.
/// - Throws: ``EstimationError`` where there are fewer runs than coefficients, a number is not positive, or a form needs
///   the teachers' sizes and a run does not have it.
public func fitDistillation(
  _ observations: [DistillationObservation], supervised: SupervisedLaw, form: DistillationForm = .full,
  from start: [String: Double]? = nil, options: FitOptions = FitOptions()
) throws(EstimationError) -> LawFit {
  try validate(observations, coefficients: form.coefficients, delta: options.delta)
  if form == .teacherSize,
    let bad = observations.firstIndex(where: { !(($0.teacherParameters ?? 0) > 0) })
  {
    throw EstimationError("run \(bad + 1) does not say how large its teacher is")
  }
  let plan = distillationPlan(options)
  switch form {
  case .monotone, .fadingGap:
    let objective = HuberObjective(FadingGapModel(observations, hasGap: form == .fadingGap), delta: options.delta)
    let (starts, known) = starts(objective.model, objective.model.grid, from: start, thinning: options.thinning)
    return report(
      plan, objective, plan.minimise(objective, from: starts, known: known), starts: starts.count + known.count)
  case .teacherSize, .beatingTeacher:
    let model = ExtendedDistillationModel(observations, supervised: supervised, form: form)
    let objective = HuberObjective(model, delta: options.delta)
    let (starts, known) = model.starts(thinning: options.thinning, from: start)
    return report(
      plan, objective, plan.minimise(objective, from: starts, known: known), starts: starts.count + known.count)
  case .full, .unitGamma, .withoutBreak, .additive:
    let model = DistillationModel(observations, supervised: supervised, form: form)
    let objective = HuberObjective(model, delta: options.delta)
    let (starts, known) = starts(model, StartGrid.distillation(model), from: start, thinning: options.thinning)
    var fit = report(
      plan, objective, plan.minimise(objective, from: starts, known: known), starts: starts.count + known.count)
    if form == .full { fit.determined(by: Determination(observations)) }
    return fit
  }
}

/// One start of the grid in so many, and `start`, where it is a point of the model, with what this lacks as the grid has it.
private func starts<Model: LawModel>(
  _ model: Model, _ grid: Combinations<Model.Point>, from start: [String: Double]?, thinning: Int
) -> (grid: [Model.Point], known: [Model.Point]) {
  let thinned = grid.thinned(thinning)
  guard let point = start.flatMap(model.point) else { return (thinned, []) }
  return (thinned, [point.replacing(with: grid[0], where: model.free .== Model.Point.zero)])
}

/// How a supervised law is searched for.
package func supervisedPlan(threads: Int) -> MultiStart {
  MultiStart(stages: [.init(iterations: 8, keepOneIn: 4)], threads: threads)
}

/// How a distillation law is searched for.
package func distillationPlan(threads: Int) -> MultiStart {
  MultiStart(
    stages: [.init(iterations: 2, keepOneIn: 8, runs: 32), .init(iterations: 8, keepOneIn: 8)], threads: threads)
}

private func distillationPlan(_ options: FitOptions) -> MultiStart {
  var plan = distillationPlan(threads: options.threads)
  plan.screenedRuns = options.screenedRuns
  return options.isQuick ? plan.quick : plan
}

private func fit(_ model: SupervisedModel, _ options: FitOptions) -> LawFit {
  let objective = HuberObjective(model, delta: options.delta, upperWeight: options.upperWeight)
  let starts = StartGrid.supervised(model)
  var plan = supervisedPlan(threads: options.threads)
  plan.screenedRuns = options.screenedRuns
  let outcome = plan.minimise(objective, from: Array(starts))
  return report(plan, objective, outcome, starts: starts.count)
}

private func report<Model: LawModel>(
  _ plan: MultiStart, _ objective: HuberObjective<Model>, _ outcome: MultiStart.Outcome<Model.Point>, starts: Int
) -> LawFit {
  let model = objective.model
  let best = plan.printable(objective, outcome.finalists)
  let errors = objective.logErrors(at: best.point).map { abs(expm1($0)) }
  let coefficients = model.coefficients(at: best.point)
  let agreed = (outcome.screened?.objective ?? best.objective) * 1.001
  return LawFit(
    coefficients: coefficients, objective: best.objective,
    meanAbsoluteRelativeError: mean(errors) ?? .nan, maxAbsoluteRelativeError: errors.max() ?? 0,
    runs: model.runs, starts: starts, screenedRuns: outcome.screened?.runs,
    followed: outcome.followed.reduce(0) { $0 + $1.count },
    agreeing: outcome.followed.filter { $0.objective <= agreed }.reduce(0) { $0 + $1.count },
    evaluations: outcome.evaluations,
    warnings: identifiabilityWarnings(coefficients, runs: model.runs, parameters: model.freeCoefficients),
    determination: Determination(), fitted: model.freeCoefficients)
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

/// Checks runs, and what is given of the coefficients.
func validate(
  _ runs: [SupervisedObservation], fixedGamma: Bool, _ restrictions: Restrictions, delta: Double
) throws(EstimationError) {
  let names = SupervisedLaw.coefficientNames.filter { !fixedGamma || $0 != "gamma" }
  if let problem = restrictions.problem(names) { throw EstimationError(problem) }
  guard restrictions.count < names.count else { throw EstimationError("all coefficients are given: there is nothing to fit") }
  try validate(runs, coefficients: names.count - restrictions.count, delta: delta)
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
