import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure25 = FigureDefinition(
    number: 25, title: "what the optimum is made of, teacher pretraining",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: pretrainingAllocationFigure)
}

/// Figure 25: the optimum's sizes and tokens when the teacher's training is paid for.
public func pretrainingAllocationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.allocationFigure("Figure 25", .teacherPretraining, sizes: plans.sizes)
}
