import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure09 = FigureDefinition(
    number: 9, title: "what the optimum is made of, four sizes",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: optimalAllocationFigure)
}

/// Figure 9: what the optimum is made of when the teacher's training and inference are paid for; four sizes.
public func optimalAllocationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.allocationFigure("Figure 9", .teacherPretrainingAndInference, sizes: plans.principalSizes)
}
