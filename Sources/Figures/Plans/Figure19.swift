import Allocation
import Formats
import Foundation
import Plotting
import Studies

extension FigureDefinition {
  static let figure19 = FigureDefinition(
    number: 19, title: "the optimum over compute and student size, best case",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: bestCaseContoursFigure)
}

/// Figure 19: the optimum over compute and the student's size, in the best case.
public func bestCaseContoursFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).contoursFigure("Figure 19", .bestCase)
}
