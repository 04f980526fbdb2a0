import Allocation
import Foundation
import PaperStudy
import ScalingLaws
import Testing

/// What plans hold to, whatever the law says: the bounds, and that no model is worse than one that knows nothing.
@Suite struct BoundsTests {
  /// The lab's law, about, with bounds that let it be asked about runs of a thousand tokens.
  private let law = DistillationLaw(
    parameterCoefficient: 28, tokenCoefficient: 4.4e7, alpha: 0.37, beta: 1.41, gamma: 0.655, c0: 1.37, c1: 103,
    f1: 0.142, d1: 1.29,
    supervised: SupervisedLaw(
      irreducibleLoss: 0, parameterCoefficient: 468, tokenCoefficient: 3.56e5, alpha: 0.42, beta: 0.784, gamma: 0.254))
  private let family = ModelFamily(aspectRatio: 8, context: 128, vocabulary: 128)
  private let knowingNothing = log(128.0)

  private func planner() throws -> Planner { try Planner(law: law, family: family, bounds: PlanningBounds(1e3...1e13)) }

  /// The two readings of the paper's law, by a search that knows nothing of the planner's reasoning.
  @Test(arguments: PaperLaw.allCases, Scenario.distillations) func bothReadingsAgreeWithAnExhaustiveSearch(
    reading: PaperLaw, scenario: Scenario
  ) throws {
    let planner = try Planner(law: reading.law, family: .paper, bounds: .paper)
    let search = ExhaustiveSearch(law: reading.law, family: .paper, bounds: .paper)
    for size in [3e8, 3e9, 5e10] {
      for compute in [1e20, 1e21, 3e22, 1e26] {
        let plan = try planner.plan(scenario, studentParameters: size, compute: compute)
        let found = search.minimum(scenario, studentParameters: size, compute: compute, points: 60)
        #expect(abs(plan.studentLoss - found.loss) < 2e-4, "\(reading) \(plan) \(found)")
      }
    }
  }

  @Test func theReadingsDifferWhereItMatters() throws {
    let losses = try PaperLaw.allCases.map { reading in
      try Planner(law: reading.law, family: .paper, bounds: .paper)
        .plan(.teacherInference, studentParameters: 10e9, compute: 1e20).studentLoss
    }
    #expect(abs(losses[0] - losses[1]) > 0.3)
    #expect(DistillationLaw.figures.tokenCoefficient == 2_418_100)
    #expect(DistillationLaw.printed.tokenCoefficient == PublishedCoefficients.distillation["B"]?.estimate)
    #expect(DistillationLaw.figures.supervised == .published && DistillationLaw.printed.supervised == .published)
  }

  @Test(arguments: Scenario.allCases) func noPlanIsWorseThanKnowingNothing(scenario: Scenario) throws {
    let planner = try planner()
    #expect(planner.greatestLoss == knowingNothing)
    var refused = 0
    for size in [1e4, 1e5, 1e6] {
      let least = try planner.leastCompute(scenario, studentParameters: size)
      for step in 0...50 {
        let compute = pow(10, 9 + Double(step) / 10)
        if let plan = try? planner.plan(scenario, studentParameters: size, compute: compute) {
          #expect(compute >= least * (1 - 1e-9))
          #expect(plan.studentLoss <= knowingNothing && plan.teacher?.loss ?? 0 <= knowingNothing, "\(plan)")
        } else {
          #expect(compute < least)
          refused += 1
        }
      }
      // The least compute makes a student that knows next to nothing.
      let plan = try planner.plan(scenario, studentParameters: size, compute: least * (1 + 1e-6))
      #expect(abs(plan.studentLoss - knowingNothing) < 1e-4)
    }
    #expect(refused > 0)
  }

  @Test func whatCannotBeSaysWhy() throws {
    let planner = try planner()
    // Which of the two is at fault decides whether a message names the law's file.
    let boundsCost = try Planner(law: law, family: family, bounds: PlanningBounds(1e3...1e13), greatestLoss: .infinity)
      .leastCompute(.bestCase, studentParameters: 1e6)
    for (compute, ofLaw) in [(boundsCost / 2, false), (boundsCost * 1.01, true)] {
      #expect {
        try planner.plan(.bestCase, studentParameters: 1e6, compute: compute)
      } throws: { error in
        guard let error = error as? AllocationError else { return false }
        let (given, least): (Double, Double)
        switch error {
        case .budgetTooSmall(let compute, let cost): (given, least) = (compute, cost)
        case .budgetTeachesNothing(let compute, let cost): (given, least) = (compute, cost)
        default: return false
        }
        return given == compute && least > compute && error.isOfLaw == ofLaw
          && "\(error)".contains("FLOPs are too few")
      }
    }
    #expect {
      try planner.plan(.bestCase, studentParameters: 1e6, studentTokens: 1000)
    } throws: { "\($0)".contains("1000 tokens are too few") }
    // A loss that no model can have is reached by the first that knows something.
    let plan = try #require(try planner.leastComputePlan(.bestCase, studentParameters: 1e5, reaching: 9))
    #expect(abs(plan.studentLoss - knowingNothing) < 1e-6)
  }

  @Test func aSentenceStatesTheBoundsAndTheGreatestLoss() {
    var scale = PlanningScale.paper
    #expect(scale.boundsSentence.contains("D_S, N_T and D_T lie from 1M to 100P, as in the paper"))
    scale.bounds.teacherParameters = 6600...1e13
    scale.family = family
    #expect(scale.boundsSentence.contains("D_S and D_T lie from 1M to 100P, N_T from 6.6k to 10T"))
    #expect(scale.boundsSentence.contains("ln 128 = 4.85 nats"))
    // Nothing is said of a vocabulary that is not known.
    scale.family = .parametersAlone
    #expect(!scale.boundsSentence.contains("ln") && scale.family.uninformedLoss == .infinity)
  }
}
