import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure23 = FigureDefinition(
    number: 23, title: "compute by what it is spent on, teacher inference",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: inferenceShareFigure)
}

/// Figure 23: how the optimum divides compute when the teacher's inference is paid for.
public func inferenceShareFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).shareFigure("Figure 23", .teacherInference)
}
