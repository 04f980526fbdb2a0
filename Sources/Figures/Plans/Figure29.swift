import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure29 = FigureDefinition(
    number: 29, title: "compute by what it is spent on, pretraining and inference",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: fullCostShareFigure)
}

/// Figure 29: how the optimum divides compute when both are paid for.
public func fullCostShareFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).shareFigure("Figure 29", .teacherPretrainingAndInference)
}
