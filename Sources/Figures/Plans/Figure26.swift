import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure26 = FigureDefinition(
    number: 26, title: "compute by what it is spent on, teacher pretraining",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: pretrainingShareFigure)
}

/// Figure 26: how the optimum divides compute when the teacher's training is paid for.
public func pretrainingShareFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).shareFigure("Figure 26", .teacherPretraining)
}
