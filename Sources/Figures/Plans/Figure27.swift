import Allocation
import Formats
import Foundation
import Plotting
import Studies

extension FigureDefinition {
  static let figure27 = FigureDefinition(
    number: 27, title: "the optimum over compute and student size, pretraining and inference",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: fullCostContoursFigure)
}

/// Figure 27: the optimum over compute and the student's size, when both are paid for.
public func fullCostContoursFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).contoursFigure("Figure 27", .teacherPretrainingAndInference)
}
