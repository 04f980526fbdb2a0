import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure30 = FigureDefinition(
    number: 30, title: "the optimal tokens of the student, every scenario",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: optimalStudentTokensFigure)
}

/// Figure 30: the optimal tokens of the student in every scenario.
public func optimalStudentTokensFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).scenarioFigure(
    "Figure 30", "student's tokens", Phrase.tokens("D", "S", starred: true), Scenario.allCases
  ) { $0.studentTokens }
}
