import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure31 = FigureDefinition(
    number: 31, title: "the optimal tokens of the teacher, every scenario",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: optimalTeacherTokensFigure)
}

/// Figure 31: the optimal tokens of the teacher in every scenario.
public func optimalTeacherTokensFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).scenarioFigure(
    "Figure 31", "teacher's tokens", Phrase.tokens("D", "T", starred: true), Scenario.distillations
  ) { $0.teacherTokens }
}
