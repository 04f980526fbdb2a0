import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure20 = FigureDefinition(
    number: 20, title: "what the optimum is made of, best case",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: bestCaseAllocationFigure)
}

/// Figure 20: the optimum's sizes and tokens in the best case.
public func bestCaseAllocationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.allocationFigure("Figure 20", .bestCase, sizes: plans.sizes)
}
