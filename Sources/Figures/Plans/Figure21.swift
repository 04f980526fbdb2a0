import Allocation
import Formats
import Foundation
import Plotting
import Studies

extension FigureDefinition {
  static let figure21 = FigureDefinition(
    number: 21, title: "the optimum over compute and student size, teacher inference",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: inferenceContoursFigure)
}

/// Figure 21: the optimum over compute and the student's size, when the teacher's inference is paid for.
public func inferenceContoursFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).contoursFigure("Figure 21", .teacherInference)
}
