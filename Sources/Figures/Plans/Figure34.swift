import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure34 = FigureDefinition(
    number: 34, title: "tokens to reach a loss, distillation over supervised",
    needs: [.distillationLaw, .result(.optima), .result(.reach)], uses: [.distillations],
    make: tokensToReachFigure)
}

/// Figure 34: tokens that distillation needs to reach a loss, over what supervised training needs.
public func tokensToReachFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try reachFigure(
    inputs, name: "Figure 34", quantity: "tokens",
    meaning: "Tokens of the plan of least compute: the student's, and the teacher's where its training is paid for."
  ) {
    $0.tokensAtLeastCompute
  }
}
