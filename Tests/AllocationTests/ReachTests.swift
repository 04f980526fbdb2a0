import Allocation
import Foundation
import PaperStudy
import ScalingLaws
import Testing

private func relative(_ value: Double, _ expected: Double) -> Double { abs(value / expected - 1) }

@Suite struct ReachTests {
  let planner: Planner
  let law = DistillationLaw.printed

  init() throws {
    planner = try Planner(law: .printed, family: .paper, bounds: .paper)
  }

  @Test(arguments: Scenario.allCases, [1e9, 3e10]) func theLeastComputeUndoesThePlan(
    scenario: Scenario, size: Double
  ) throws {
    for compute in [1e20, 1e22, 1e24] {
      let plan = try planner.plan(scenario, studentParameters: size, compute: compute)
      let reached = try #require(
        try planner.leastComputePlan(scenario, studentParameters: size, reaching: plan.studentLoss))
      #expect(relative(reached.compute, compute) < 1e-8)
      let near = try #require(
        try planner.leastComputePlan(
          scenario, studentParameters: size, reaching: plan.studentLoss, near: compute * 300))
      #expect(relative(near.compute, compute) < 1e-8)
    }
  }

  @Test(arguments: Scenario.allCases) func aLossBelowAllIsNotReached(scenario: Scenario) throws {
    #expect(try planner.leastComputePlan(scenario, studentParameters: 1e9, reaching: 1.5) == nil)
    #expect(try planner.leastTokens(scenario, studentParameters: 1e9, reaching: 1.5) == nil)
  }

  @Test(arguments: Scenario.allCases) func aLossAboveAllTakesTheLeastThatTheBoundsAllow(scenario: Scenario) throws {
    let plan = try #require(try planner.leastComputePlan(scenario, studentParameters: 1e9, reaching: 50))
    #expect(relative(plan.compute, try planner.leastCompute(scenario, studentParameters: 1e9)) < 1e-9)
  }

  /// No grid of teachers, with the D_S that each needs, gets by with fewer tokens.
  @Test func theLeastTokensAreTheFewestOfAnyTeacher() throws {
    let (size, loss) = (1e9, 2.2)
    let (free, trained) = (
      try #require(try planner.leastTokens(.teacherInference, studentParameters: size, reaching: loss)),
      try #require(try planner.leastTokens(.teacherPretraining, studentParameters: size, reaching: loss))
    )
    #expect(
      try planner.leastTokens(.teacherPretrainingAndInference, studentParameters: size, reaching: loss) == trained)
    func tokensNeeded(_ teacherLoss: Double) -> Double {
      var (low, high) = (log(1e6), log(1e17))
      for _ in 0..<50 {
        let middle = (low + high) / 2
        let reached = law.loss(studentParameters: size, studentTokens: exp(middle), teacherLoss: teacherLoss)
        if reached <= loss { high = middle } else { low = middle }
      }
      return exp(high)
    }
    let grid = (0...4000).map { 1e6 * pow(1e11, Double($0) / 4000) }.map { teacherTokens -> (Double, Double) in
      let needed = tokensNeeded(law.supervised.loss(parameters: 1e17, tokens: teacherTokens))
      return (needed, needed + teacherTokens)
    }
    for (fewest, least) in [(free, grid.map(\.0).min()), (trained, grid.map(\.1).min())] {
      let least = try #require(least)
      #expect(fewest <= least * (1 + 1e-9) && relative(fewest, least) < 1e-3)
    }
  }

  @Test func supervisedIsTheClosedForm() throws {
    let plan = try planner.plan(.supervised, studentParameters: 1e9, compute: 1e22)
    let tokens = try planner.leastTokens(.supervised, studentParameters: 1e9, reaching: plan.studentLoss)
    #expect(relative(try #require(tokens), plan.studentTokens) < 1e-9)
  }

  @Test func givenTeachersAreRankedByTheirStudents() throws {
    let teachers = [
      GivenTeacher(name: "large", parameters: 1e12, loss: 1.8), GivenTeacher(name: "small", parameters: 7e8, loss: 2.3),
      GivenTeacher(name: "middle", parameters: 7e9, loss: 2.0),
    ]
    for paying in [true, false] {
      let ranked = try planner.rank(teachers, studentParameters: 1e9, compute: 1e21, payingInference: paying)
      #expect(ranked.map(\.studentLoss) == ranked.map(\.studentLoss).sorted())
      for entry in ranked {
        // Eq. 27.
        let price = ModelFamily.paper.forwardFLOPs(parameters: entry.teacher.parameters)
        let tokens = 1e21 / (3 * ModelFamily.paper.forwardFLOPs(parameters: 1e9) + (paying ? price : 0))
        #expect(entry.studentTokens == tokens)
        let loss = law.loss(studentParameters: 1e9, studentTokens: tokens, teacherLoss: entry.teacher.loss)
        #expect(relative(entry.studentLoss, loss) < 1e-13)
      }
    }
    #expect(throws: AllocationError.noTeachers) {
      try planner.rank([], studentParameters: 1e9, compute: 1e21, payingInference: true)
    }
  }

  @Test func theBestTeacherIsTheBestOfAScan() throws {
    for (size, tokens) in [(1e9, 2.5e11), (1e10, 4e12), (3e8, 1e9)] {
      let best = try planner.bestTeacher(studentParameters: size, studentTokens: tokens)
      let scan = stride(from: 1.23, to: 4, by: 1e-4).map {
        ($0, law.loss(studentParameters: size, studentTokens: tokens, teacherLoss: $0))
      }.min { $0.1 < $1.1 }
      let (teacherLoss, loss) = try #require(scan)
      #expect(best.studentLoss <= loss + 1e-13 && best.studentLoss > loss - 1e-6)
      #expect(abs(best.teacherLoss - teacherLoss) < 2e-4)
    }
  }

  @Test(arguments: Scenario.distillations) func aPlanForTokensTakesTheCheapestTeacherOfTheBestLoss(
    scenario: Scenario
  ) throws {
    let plan = try planner.plan(scenario, studentParameters: 1e9, studentTokens: 1e11)
    let best = try planner.bestTeacher(studentParameters: 1e9, studentTokens: 1e11)
    #expect(plan.studentLoss == best.studentLoss)
    let teacher = try #require(plan.teacher)
    let reached = law.supervised.loss(parameters: teacher.parameters, tokens: teacher.tokens)
    #expect(relative(reached, best.teacherLoss) < 1e-9)
    // The same money cannot buy a better student.
    let optimum = try planner.plan(scenario, studentParameters: 1e9, compute: plan.compute)
    #expect(optimum.studentLoss <= plan.studentLoss + 1e-12)
    // Teachers a little smaller or larger, trained to the same loss, cost more.
    for factor in [0.98, 1.02] where scenario.paysInference || scenario.paysPretraining {
      let other = teacher.parameters * factor
      let rest =
        pow(teacher.loss - law.supervised.irreducibleLoss, 1 / law.supervised.gamma)
        - law.supervised.parameterCoefficient * pow(other, -law.supervised.alpha)
      let tokens = rest > 0 ? pow(law.supervised.tokenCoefficient / rest, 1 / law.supervised.beta) : .infinity
      guard tokens <= 1e17 else { continue }
      let price = ModelFamily.paper.forwardFLOPs(parameters: other)
      let cost = price * ((scenario.paysInference ? 1e11 : 0) + (scenario.paysPretraining ? 3 * tokens : 0))
      #expect(cost > plan.logitCompute + plan.teacherCompute)
    }
  }

  @Test func atACrossoverBothAreEquallyGood() throws {
    for scenario in Scenario.distillations {
      let found = try planner.computeCrossovers(scenario, studentParameters: 1e9, within: 1e19...1e26)
      #expect(found.map(\.location) == found.map(\.location).sorted())
      for crossover in found {
        func difference(_ compute: Double) throws -> Double {
          try planner.plan(scenario, studentParameters: 1e9, compute: compute).studentLoss
            - planner.plan(.supervised, studentParameters: 1e9, compute: compute).studentLoss
        }
        #expect(abs(try difference(crossover.location)) < 1e-9)
        #expect(try (difference(crossover.location * 1.05) > 0) == crossover.supervisedIsBetterAbove)
        #expect(try (difference(crossover.location / 1.05) > 0) != crossover.supervisedIsBetterAbove)
      }
    }
    for teacherLoss in [nil, 2.0] {
      let found = try planner.tokenCrossovers(studentParameters: 1e9, teacherLoss: teacherLoss, within: 1e9...1e15)
      #expect(!found.isEmpty)
      for crossover in found {
        let best = try planner.bestTeacher(studentParameters: 1e9, studentTokens: crossover.location).studentLoss
        let loss =
          teacherLoss.map {
            law.loss(studentParameters: 1e9, studentTokens: crossover.location, teacherLoss: $0)
          } ?? best
        #expect(abs(loss - law.supervised.loss(parameters: 1e9, tokens: crossover.location)) < 1e-9)
      }
    }
  }

  @Test func scalesAreWhatTheFiguresShow() {
    let paper = PlanningScale.paper
    #expect(Set(paper.contourParameters).isSuperset(of: paper.studentParameters))
    let small = PlanningScale(
      family: ModelFamily(aspectRatio: 8, context: 128, vocabulary: 128), bounds: .paper, panels: [1e4, 5e4, 1e6],
      budgetDecades: 10...15, losses: 120...220, boundsOrigin: "as in a test", fittedRange: nil)
    for scale in [paper, small] {
      for list in [scale.studentParameters, scale.contourParameters, scale.budgets, scale.losses] {
        #expect(zip(list, list.dropFirst()).allSatisfy { $0 < $1 })
      }
      #expect(scale.budgets.count >= 101)
    }
    #expect(paper.budgets.first == 1e20 && paper.budgets.last == 1e26)
    #expect(paper.budgets.contains(1e21))
    #expect(paper.losses.first == 1.6 && paper.losses.last == 2.6)
  }

  @Test func whatLiesOutsideTheFittedRangeIsNamed() throws {
    let range = try #require(PlanningScale.paper.fittedRange)
    let inside = Plan(
      scenario: .teacherInference, studentParameters: 1e9, studentTokens: 1e11, studentLoss: 2.2,
      teacher: PlannedTeacher(loss: 2, parameters: 7e9, tokens: 1e12), studentCompute: 1, logitCompute: 1,
      teacherCompute: 0)
    #expect(range.excursions(of: inside).isEmpty)
    var outside = inside
    outside.studentTokens = 1e15
    outside.teacher?.loss = 1.5
    #expect(range.excursions(of: outside).map(\.quantity) == [.studentTokens, .teacherLoss])
  }
}
