import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure28 = FigureDefinition(
    number: 28, title: "what the optimum is made of, pretraining and inference",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: fullCostAllocationFigure)
}

/// Figure 28: the optimum's sizes and tokens when both are paid for.
public func fullCostAllocationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.allocationFigure("Figure 28", .teacherPretrainingAndInference, sizes: plans.sizes)
}
