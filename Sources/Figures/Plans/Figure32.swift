import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure32 = FigureDefinition(
    number: 32, title: "the optimal size of the teacher, every scenario",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: optimalTeacherSizeFigure)
}

/// Figure 32: the optimal size of the teacher in every scenario.
public func optimalTeacherSizeFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).scenarioFigure(
    "Figure 32", "teacher's parameters", Phrase.parameters("N", "T", starred: true), Scenario.distillations
  ) { $0.teacherParameters }
}
