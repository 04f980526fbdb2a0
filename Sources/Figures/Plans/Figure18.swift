import Allocation
import Formats
import Plotting
import Studies

extension FigureDefinition {
  static let figure18 = FigureDefinition(
    number: 18, title: "the compute-optimal teacher's loss",
    needs: [.distillationLaw, .result(.optima)], uses: [.distillations],
    make: optimalTeacherLossFigure)
}

/// Figure 18: the loss of the best teacher for a compute budget, in the four scenarios.
public func optimalTeacherLossFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.smallMultiples(
    "Figure 18: the loss of the compute-optimal teacher",
    summary:
      "Cross-entropy of the compute-optimal teacher against the compute that is paid for; a panel a student size, a line a scenario.",
    sizes: plans.sizes, legend: [Scenario.legend(Scenario.distillations)],
    caption: "Teacher's loss at each scenario's global optimum."
  ) { studentParameters in
    plans.panel(
      studentParameters, y: Axis(Phrase.loss("T", starred: true), shared: "teacher's loss"),
      Scenario.distillations
    ) { $0.teacherLoss }
  }
}
