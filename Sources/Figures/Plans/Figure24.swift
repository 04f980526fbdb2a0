import Allocation
import Formats
import Foundation
import Plotting
import Studies

extension FigureDefinition {
  static let figure24 = FigureDefinition(
    number: 24, title: "the optimum over compute and student size, teacher pretraining",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: pretrainingContoursFigure)
}

/// Figure 24: the optimum over compute and the student's size, when the teacher's training is paid for.
public func pretrainingContoursFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).contoursFigure("Figure 24", .teacherPretraining)
}
