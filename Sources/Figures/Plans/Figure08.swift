import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure08 = FigureDefinition(
    number: 8, title: "the best loss for a compute budget, four sizes",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: optimalLossFigure)
}

/// Figure 8: the best loss for a compute budget, supervised and in the four scenarios; four student sizes.
public func optimalLossFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.lossFigure("Figure 8", sizes: plans.principalSizes)
}
