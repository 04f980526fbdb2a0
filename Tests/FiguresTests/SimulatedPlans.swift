import Allocation
import Formats
import ScalingLaws
import Studies

/// Tables of plans at a few budgets, as distill-optimize makes them at many.
enum SimulatedPlans {
  static let optima: OptimaTable = {
    var table = OptimaTable(rows: [])
    for scenario in Scenario.allCases {
      for size in scale.studentParameters {
        for budget in stride(from: 0, to: scale.budgets.count, by: 20).map({ scale.budgets[$0] }) {
          guard let plan = try? planner?.plan(scenario, studentParameters: size, compute: budget) else { continue }
          table.rows.append(
            .init(
              scenario: scenario.rawValue, studentParameters: size, compute: budget, studentLoss: plan.studentLoss,
              teacherLoss: plan.teacher?.loss, studentTokens: plan.studentTokens,
              teacherParameters: plan.teacher?.parameters, teacherTokens: plan.teacher?.tokens,
              studentShare: plan.studentCompute / plan.compute, logitShare: plan.logitCompute / plan.compute,
              teacherShare: plan.teacherCompute / plan.compute))
        }
      }
    }
    return table
  }()

  /// Compute that falls with the loss, at half the supervised amount with a teacher.
  static let reach = ReachTable(
    rows: Scenario.allCases.flatMap { scenario in
      scale.studentParameters.flatMap { size in
        scale.losses.map { loss in
          let needed = loss < 1.5 ? nil : 1e12 / (loss - 1.4) * (scenario == .supervised ? 1 : 0.5)
          return ReachTable.Row(
            scenario: scenario.rawValue, studentParameters: size, studentLoss: loss, compute: needed, tokens: needed,
            tokensAtLeastCompute: needed)
        }
      }
    })

  private static let scale = PlanningScale(StudyRuns.lab([]))!
  private static let planner = try? Planner(
    law: SimulatedRuns.distillationLaw, family: scale.family, bounds: scale.bounds)
}
