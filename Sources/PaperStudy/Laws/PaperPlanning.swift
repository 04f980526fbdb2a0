import Allocation
import ScalingLaws

extension PlanningBounds {
  /// The paper's (appendix D).
  public static let paper = PlanningBounds(1e6...1e17)
}

extension PlanningScale {
  /// The paper's: eight students from 300M to 50B, budgets from 1e20 to 1e26 FLOPs (figures 8, 9 and 17 to 34).
  public static let paper = PlanningScale(
    family: .paper, bounds: .paper, panels: [300e6, 500e6, 1e9, 3e9, 5e9, 10e9, 30e9, 50e9],
    budgetDecades: 20...26, losses: 160...260,
    boundsOrigin: "as in the paper",
    fittedRange: FittedRange(parameters: 143e6...12.6e9, tokens: 2e9...512e9, teacherLoss: 1.9...2.8))
}
