import Allocation
import Artifacts
import Plotting

/// Figure 8: the best loss for a compute budget, supervised and in the four scenarios; four student sizes.
public func optimalLossFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.lossFigure("Figure 8", sizes: plans.principalSizes)
}

/// Figure 17: as figure 8, for eight sizes.
public func optimalLossAllSizesFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.lossFigure("Figure 17", sizes: plans.sizes)
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

extension OptimalPlans {
  fileprivate func lossFigure(_ name: String, sizes: [Double]) -> Figure {
    smallMultiples(
      "\(name): the best loss for a compute budget",
      summary:
        "Cross-entropy of the student at the optimum of each scenario against the compute that is paid for; a panel a student size, a line a scenario.",
      sizes: sizes, legend: [Scenario.legend(Scenario.allCases)],
      caption: "Each line is at its scenario's global optimum for the compute that the scenario pays for."
    ) { studentParameters in
      panel(
        studentParameters, y: Axis(Phrase.loss("S")), Scenario.allCases
      ) { $0.studentLoss }
    }
  }

  /// A panel with a line a scenario.
  func panel(
    _ studentParameters: Double, y: Axis, _ scenarios: [Scenario], _ value: (Row) -> Double?
  ) -> Panel {
    Panel(
      "student \(TickFormat.abbreviate(studentParameters))", title: size("N", "S", studentParameters),
      x: computeAxis, y: y,
      // Supervised last: its dashes lie on the best case's line where both train on as many tokens.
      marks: scenarios.sorted { $0 != .supervised && $1 == .supervised }.flatMap { scenario in
        line(
          scenario.rawValue, scenario, studentParameters: studentParameters, stroke: scenario.stroke, value)
      })
  }
}
