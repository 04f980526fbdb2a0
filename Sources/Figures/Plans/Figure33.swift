import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure33 = FigureDefinition(
    number: 33, title: "compute to reach a loss, distillation over supervised",
    needs: [.distillationLaw, .result(.optima), .result(.reach)], uses: [.distillations],
    make: computeToReachFigure)
}

/// Figure 33: compute that distillation needs to reach a loss, over what supervised training needs.
public func computeToReachFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try reachFigure(inputs, name: "Figure 33", quantity: "compute", meaning: "Least compute over all teachers.") { $0.compute }
}
