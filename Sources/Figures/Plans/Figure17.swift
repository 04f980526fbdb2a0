import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure17 = FigureDefinition(
    number: 17, title: "the best loss for a compute budget, eight sizes",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: optimalLossAllSizesFigure)
}

/// Figure 17: as figure 8, for eight sizes.
public func optimalLossAllSizesFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.lossFigure("Figure 17", sizes: plans.sizes)
}
