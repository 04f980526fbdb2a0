import Allocation
import Formats
import Estimation
import Foundation
import PlanUncertainty
import Runs
import ScalingLaws

/// Intervals from profiles: how far a plan may be from its best before no law that has it fits the runs.
struct PlanProfiles: PlanDoubt {
  private let planner: Planner
  private let runs: [DistillationObservation]
  private let coefficients: [String: Double]
  private let options: ProfileOptions

  /// - Parameters:
  ///   - planner: of the fit.
  ///   - fit: the fit's file.
  ///   - loaded: the runs that it was made from.
  /// - Throws: ``StageError`` where they are others.
  init(_ planner: Planner, fit: String, runs: String, of loaded: LoadedRuns, options: ProfileOptions) throws(StageError) {
    let fitted = try FitDocument.read(from: fit)
    guard fitted.law == "distillation" else { throw StageError("is no fit of the distillation law", file: fit) }
    self.runs = try loaded.distillation(of: fitted, file: fit, source: runs).runs
    (self.planner, coefficients, self.options) = (planner, fitted.coefficients, options)
  }

  var notes: [String] {
    [
      String(format: "intervals are %g%% profiles of the likelihood", 100 * options.confidence)
        + (options.units == .teachers ? ", with teachers as what is independent" : "")
        + "; the supervised law under the distillation law is held fixed: its own doubt is not in them"
    ]
  }

  func intervals(
    of plan: Plan, budget: Double?, crossovers: [Crossover]
  ) throws -> PlanIntervals {
    guard let budget else { throw StageError("profiles are of plans for a budget of compute") }
    let question = try PlanQuestion(planner, plan: plan, compute: budget, crossovers: crossovers)
    if isatty(STDERR_FILENO) == 1 {
      FileHandle.standardError.write(Data("profiles of the plan at \(flops(budget)): some seconds\n".utf8))
    }
    let profiles = try profilesDistillation(
      runs, supervised: planner.law.supervised, coefficients: coefficients,
      question: LawQuestion(question, supervised: planner.law.supervised), options: options)
    func bounds(_ name: String) -> PlanIntervals.Bounds? {
      profiles.first { $0.name == name }.map {
        .init(low: $0.lowIsOpen ? nil : $0.interval.lowerBound, high: $0.highIsOpen ? nil : $0.interval.upperBound)
      }
    }
    return PlanIntervals(
      method: "profile", confidence: options.confidence, resamples: nil,
      studentLoss: bounds(PlanQuestion.studentLossName), studentTokens: bounds(PlanQuestion.studentTokensName),
      supervisedLoss: nil, teacherLoss: bounds(PlanQuestion.teacherLossName),
      teacherParameters: bounds(PlanQuestion.teacherParametersName),
      teacherTokens: bounds(PlanQuestion.teacherTokensName),
      crossoverCompute: crossovers.map { $0 == question.crossover ? bounds(PlanQuestion.crossoverName) : nil })
  }
}
