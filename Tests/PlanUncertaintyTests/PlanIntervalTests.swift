import Allocation
import Estimation
import Foundation
import PaperStudy
import PlanUncertainty
import ScalingLaws
import SimulatedObservations
import Testing

/// Intervals of plans: the answers of many laws, and the profiles of what a plan turns on.
@Suite struct PlanIntervalTests {
  private let runs = Simulation.distillation(count: 96, noise: 4e-3, seed: 87)

  private func question(
    _ scenario: Scenario, of law: DistillationLaw = .printed, compute: Double = 6e20
  ) throws -> PlanQuestion {
    try PlanQuestion(
      try Planner(law: law, family: .paper, bounds: .paper), scenario: scenario, studentParameters: 1e9,
      compute: compute)
  }

  private func law(_ changes: [String: Double]) throws -> DistillationLaw {
    let coefficients = DistillationLaw.printed.coefficients.merging(changes) { $1 }
    return try #require(DistillationLaw(coefficients: coefficients, supervised: .published))
  }

  /// Every law is asked by another way than the planner goes, and answers as the planner of that law does.
  @Test(
    arguments: Scenario.distillations, [[:], ["c0": 2.2, "f1": 0.15], ["d1": 1.1, "alpha": 0.3], ["gamma": 0.9, "A": 900]])
  func lawsAnswerAsTheirPlannersDo(scenario: Scenario, changes: [String: Double]) throws {
    let published = try question(scenario)
    let answers = PlanAnswers(published, model: DistillationModel(runs, supervised: .published), supervised: .published)
    let own = try law(changes)
    let found = answers(own.coefficients)
    let plan = try question(scenario, of: own).nominal
    #expect(Set(found.keys) == Set(published.nominal.keys))
    for (name, value) in found {
      if name == "crossover compute" {
        // Of the published law's crossover, whose direction may not be that of the crossover nearest to the budget.
        let crossover = try #require(published.crossover)
        let all = try Planner(law: own, family: .paper, bounds: .paper).computeCrossovers(
          scenario, studentParameters: 1e9, within: crossover.location / 30...crossover.location * 30)
        let same = all.filter { $0.supervisedIsBetterAbove == crossover.supervisedIsBetterAbove }.map(\.location)
        let expected = same.min { abs(Foundation.log($0 / crossover.location)) < abs(Foundation.log($1 / crossover.location)) }
        if let expected { #expect(abs(log(value / expected)) < 0.003, "\(name): \(value), \(expected)") }
      } else {
        let expected = try #require(plan[name])
        // Losses are flat about the optimum, and what they hang on is not.
        let slack = name == "plan: student loss" ? 5e-5 : name == "plan: teacher loss" ? 2e-3 : 0.05
        #expect(abs(value / expected - 1) < slack, "\(name): \(value), \(expected)")
      }
    }
  }

  /// The teacher of every loss is within the bounds, has that loss and leaves what the scenario says.
  @Test(arguments: Scenario.distillations)
  func choicesSpendTheBudget(scenario: Scenario) throws {
    let question = try question(scenario)
    let consequences = Dictionary(uniqueKeysWithValues: question.consequences.map { ($0.name, $0.value) })
    let losses = question.choices.teacherLosses
    let family = ModelFamily.paper
    for step in 1..<20 {
      let loss = losses.lowerBound * pow(losses.upperBound / losses.lowerBound, Double(step) / 20)
      let tokens = question.choices.studentTokens(loss)
      #expect(PlanningBounds.paper.studentTokens.contains(tokens))
      let size = consequences["plan: teacher parameters"]?(loss) ?? .nan
      // What is not named is fixed: with inference alone paid for, teachers are trained as long as the bounds allow, but
      // for the smallest.
      let trained = consequences["plan: teacher tokens"]?(loss) ?? 1e17
      guard size > 1e6 else { continue }
      #expect(abs(SupervisedLaw.published.loss(parameters: size, tokens: trained) / loss - 1) < 1e-9)
      let spent =
        3 * family.forwardFLOPs(parameters: 1e9) * tokens
        + family.forwardFLOPs(parameters: size)
        * ((scenario.paysInference ? tokens : 0) + (scenario.paysPretraining ? 3 * trained : 0))
      #expect(abs(spent / 6e20 - 1) < 1e-6, "\(scenario) \(loss)")
    }
    #expect(throws: AllocationError.self) { try self.question(scenario, compute: 1e10) }
  }

  @Test func aStudentWithoutTeacherIsNoQuestion() {
    #expect(throws: AllocationError.noTeachers) { try self.question(.supervised) }
  }
}
