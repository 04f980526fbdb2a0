import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure22 = FigureDefinition(
    number: 22, title: "what the optimum is made of, teacher inference",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: inferenceAllocationFigure)
}

/// Figure 22: the optimum's sizes and tokens when the teacher's inference is paid for.
public func inferenceAllocationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.allocationFigure("Figure 22", .teacherInference, sizes: plans.sizes)
}
