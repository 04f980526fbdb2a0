import Allocation
import Foundation
import PaperStudy
import Randomness
import ScalingLaws
import Testing

private func relative(_ value: Double, _ expected: Double) -> Double { abs(value / expected - 1) }

@Suite struct PlannerTests {
  let planner: Planner
  let family = ModelFamily.paper

  init() throws {
    planner = try Planner(law: .printed, family: .paper, bounds: .paper)
  }

  /// Cost by eq. 9, worked out from the plan's sizes alone.
  private func cost(_ plan: Plan, family: ModelFamily) -> Double {
    let student = 3 * family.forwardFLOPs(parameters: plan.studentParameters) * plan.studentTokens
    guard let teacher = plan.teacher else { return student }
    let price = family.forwardFLOPs(parameters: teacher.parameters)
    return student + price * (plan.scenario.paysInference ? plan.studentTokens : 0)
      + price * (plan.scenario.paysPretraining ? 3 * teacher.tokens : 0)
  }

  /// Expects that the plan's losses are those of the law at its sizes, and that it costs its budget.
  private func expectHonest(_ plan: Plan, compute: Double, _ planner: Planner) {
    let cost = cost(plan, family: planner.family)
    #expect(relative(plan.compute, cost) < 1e-12)
    let isCapped = plan.studentTokens == planner.bounds.studentTokens.upperBound
    #expect(isCapped ? cost <= compute * (1 + 1e-9) : relative(cost, compute) < 1e-9, "\(plan)")
    #expect(planner.bounds.studentTokens.contains(plan.studentTokens))
    guard let teacher = plan.teacher else { return }
    #expect(planner.bounds.teacherParameters.contains(teacher.parameters))
    #expect(planner.bounds.teacherTokens.contains(teacher.tokens))
    let teacherLoss = planner.law.supervised.loss(parameters: teacher.parameters, tokens: teacher.tokens)
    #expect(relative(teacher.loss, teacherLoss) < 1e-12)
    let loss = planner.law.loss(
      studentParameters: plan.studentParameters, studentTokens: plan.studentTokens, teacherLoss: teacherLoss)
    #expect(relative(plan.studentLoss, loss) < 1e-12)
  }

  /// Some with two valleys in teacher inference: at N_S = 5e10 and C = 1.6e23 they are 0.0007 nats and two decades of
  /// N_T apart, and a little more compute makes the other one the better.
  @Test(
    arguments: Scenario.distillations,
    [
      (3e9, 1e21), (3e9, 1e22), (3e8, 1e20), (5e10, 1e26), (1e10, 1e19), (5e9, 2.51e21), (5e10, 1.58e23),
      (5e10, 2.51e23),
    ])
  func noGridFindsBetter(scenario: Scenario, request: (size: Double, compute: Double)) throws {
    let plan = try planner.plan(scenario, studentParameters: request.size, compute: request.compute)
    expectHonest(plan, compute: request.compute, planner)
    let search = ExhaustiveSearch(law: .printed, family: .paper, bounds: .paper)
    let found = search.minimum(
      scenario, studentParameters: request.size, compute: request.compute, points: 80)
    #expect(plan.studentLoss <= found.loss + 1e-12)
    #expect(abs(plan.studentLoss - found.loss) < 1e-7, "\(plan) \(found)")
    let coarse = search.coarseMinimum(
      scenario, studentParameters: request.size, compute: request.compute, points: 45)
    #expect(plan.studentLoss <= coarse)
  }

  /// The law of the paper, one without an irreducible loss, and others with gamma above 1, a sharp turn and a soft
  /// one; families, bounds, sizes and budgets at random.
  @Test func randomRequestsAgreeWithExhaustiveSearch() throws {
    var random = CounterGenerator(seed: 5)
    var laws = [DistillationLaw.printed]
    var law = DistillationLaw.printed
    law.supervised.irreducibleLoss = 0
    laws.append(law)
    law = .printed
    (law.supervised.gamma, law.supervised.parameterCoefficient, law.supervised.tokenCoefficient) = (1.3, 60, 90)
    laws.append(law)
    law = .printed
    (law.f1, law.c1) = (0.02, 300)
    laws.append(law)
    law = .printed
    (law.f1, law.c1, law.c0) = (0.4, 20, 0.5)
    laws.append(law)
    var checked = 0
    for trial in 0..<220 {
      let law = laws[trial % laws.count]
      let scenario = Scenario.distillations[trial / laws.count % 4]
      let family =
        trial % 3 == 0 ? ModelFamily(aspectRatio: 40, context: 32768, vocabulary: 150_000) : ModelFamily.paper
      let bounds =
        trial % 2 == 0
        ? PlanningBounds.paper
        : PlanningBounds(
          studentTokens: 1e8...1e15, teacherParameters: 1e8...(1e9...1e13).at(random.uniform()),
          teacherTokens: 1e9...(1e10...1e15).at(random.uniform()))
      let planner = try Planner(law: law, family: family, bounds: bounds)
      let size = (1e8...1e11).at(random.uniform()), compute = (1e19...1e26).at(random.uniform())
      let search = ExhaustiveSearch(law: law, family: family, bounds: bounds)
      let found = search.minimum(scenario, studentParameters: size, compute: compute, points: 40)
      guard let plan = try? planner.plan(scenario, studentParameters: size, compute: compute) else {
        #expect(found.loss > log(family.vocabulary))
        continue
      }
      expectHonest(plan, compute: compute, planner)
      #expect(plan.studentLoss <= found.loss + 1e-12, "\(trial) \(plan) \(found)")
      #expect(plan.studentLoss > found.loss - 1e-4, "\(trial) \(plan) \(found)")
      checked += 1
    }
    #expect(checked >= 200)
  }

  @Test(arguments: Scenario.distillations) func lessCertaintyMissesNoMoreThanItSays(scenario: Scenario) throws {
    for size in [3e8, 3e9, 5e10] {
      for step in 0...12 {
        let compute = 1e21 * pow(10, Double(step) / 2)
        let best = try planner.plan(scenario, studentParameters: size, compute: compute).studentLoss
        for certainty in [1e-4, 1e-3, .infinity] {
          let plan = try planner.plan(scenario, studentParameters: size, compute: compute, certainty: certainty)
          #expect(plan.studentLoss > best - Planner.certainty && plan.studentLoss < best + certainty)
        }
      }
    }
  }

  @Test(arguments: Scenario.allCases) func moreComputeNeverHurts(scenario: Scenario) throws {
    for size in [3e8, 3e9, 5e10] {
      var before = Double.infinity
      for step in 0...35 {
        let plan = try planner.plan(scenario, studentParameters: size, compute: 1e19 * pow(10, Double(step) / 5))
        #expect(plan.studentLoss < before)
        before = plan.studentLoss
      }
    }
  }

  @Test func aScenarioThatPaysForMoreIsNeverBetter() throws {
    for compute in [1e20, 1e22, 1e25] {
      func loss(_ scenario: Scenario) throws -> Double {
        try planner.plan(scenario, studentParameters: 2e9, compute: compute).studentLoss
      }
      let (best, both) = (try loss(.bestCase), try loss(.teacherPretrainingAndInference))
      for scenario in [Scenario.teacherInference, .teacherPretraining] {
        #expect(try best <= loss(scenario) && loss(scenario) <= both)
      }
    }
  }

  @Test func supervisedIsTheClosedForm() throws {
    let plan = try planner.plan(.supervised, studentParameters: 3e9, compute: 1e22)
    let tokens = 1e22 / (3 * family.forwardFLOPs(parameters: 3e9))
    #expect(plan.studentTokens == tokens)
    #expect(plan.studentLoss == SupervisedLaw.published.loss(parameters: 3e9, tokens: tokens))
    #expect(plan.teacher == nil && plan.logitCompute == 0 && plan.teacherCompute == 0)
  }

  @Test func whereOnlyInferenceIsPaidForTheTeacherSeesAllTokens() throws {
    for (size, compute) in [(3e8, 1e20), (3e9, 1e21), (3e9, 1e24), (5e10, 1e26)] {
      let plan = try planner.plan(.teacherInference, studentParameters: size, compute: compute)
      #expect(plan.teacher?.tokens == 1e17)
    }
  }

  /// Half again, or two thirds, of the parameters, with the tokens for the same loss, cost more to train.
  @Test(arguments: [Scenario.bestCase, .teacherPretraining])
  func theTeacherIsTheCheapestOfItsLoss(scenario: Scenario) throws {
    let teacher = try #require(try planner.plan(scenario, studentParameters: 3e9, compute: 1e22).teacher)
    let law = SupervisedLaw.published
    for factor in [0.5, 0.99, 1.01, 2] {
      let other = teacher.parameters * factor
      let rest =
        pow(teacher.loss - law.irreducibleLoss, 1 / law.gamma) - law.parameterCoefficient * pow(other, -law.alpha)
      let tokens = pow(law.tokenCoefficient / rest, 1 / law.beta)
      #expect(
        family.trainingFLOPs(parameters: other, tokens: tokens)
          > family.trainingFLOPs(parameters: teacher.parameters, tokens: teacher.tokens))
    }
  }

  @Test func aSingleTeacherLeavesOnlyItsTokens() throws {
    let bounds = PlanningBounds(
      studentTokens: 1e6...1e17, teacherParameters: 7e9...7e9, teacherTokens: 1e12...1e12)
    let planner = try Planner(law: .printed, family: .paper, bounds: bounds)
    let plan = try planner.plan(.teacherInference, studentParameters: 1e9, compute: 1e22)
    let tokens = 1e22 / (3 * family.forwardFLOPs(parameters: 1e9) + family.forwardFLOPs(parameters: 7e9))
    #expect(relative(plan.studentTokens, tokens) < 1e-12)
    expectHonest(plan, compute: 1e22, planner)
  }

  @Test func tokensStopAtTheirBoundAndTheRestStaysUnspent() throws {
    let bounds = PlanningBounds(1e6...1e10)
    let planner = try Planner(law: .printed, family: .paper, bounds: bounds)
    for scenario in Scenario.allCases {
      let plan = try planner.plan(scenario, studentParameters: 1e9, compute: 1e30)
      #expect(plan.studentTokens == 1e10)
      #expect(plan.compute < 1e30)
    }
  }

  @Test func requestsThatHaveNoPlanSaySo() throws {
    let least = try planner.leastCompute(.teacherPretraining, studentParameters: 1e9)
    #expect(throws: AllocationError.budgetTooSmall(compute: least * 0.99, least: least)) {
      try planner.plan(.teacherPretraining, studentParameters: 1e9, compute: least * 0.99)
    }
    for scenario in Scenario.allCases {
      let least = try planner.leastCompute(scenario, studentParameters: 1e9)
      let plan = try planner.plan(scenario, studentParameters: 1e9, compute: least)
      #expect(relative(plan.studentTokens, 1e6) < 1e-9)
    }
    #expect(throws: AllocationError.self) {
      try planner.plan(.bestCase, studentParameters: .nan, compute: 1e20)
    }
    #expect(throws: AllocationError.self) { try planner.plan(.bestCase, studentParameters: 1e9, compute: -1) }
    var law = DistillationLaw.printed
    law.c1 = -1
    #expect(throws: AllocationError.unusableLaw(coefficient: "c1", value: -1)) {
      try Planner(law: law, family: .paper, bounds: .paper)
    }
    #expect(throws: AllocationError.self) {
      try Planner(law: .printed, family: .paper, bounds: PlanningBounds(0...1e10))
    }
  }
}
