import Allocation
import Formats
import Plotting

extension OptimalPlans {
  func lossFigure(_ name: String, sizes: [Double]) -> Figure {
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
