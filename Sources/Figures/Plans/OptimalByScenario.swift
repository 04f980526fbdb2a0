import Allocation
import Formats
import Plotting

extension OptimalPlans {
  func scenarioFigure(
    _ name: String, _ quantity: String, _ symbol: RichText, _ scenarios: [Scenario], _ value: @escaping (Row) -> Double?
  ) -> Figure {
    smallMultiples(
      "\(name): compute-optimal \(quantity)",
      summary: "The \(quantity) at the optimum of each scenario against compute; a panel a student size, a line a scenario.",
      sizes: sizes, legend: [Scenario.legend(scenarios)],
      caption: "In the best case the teacher is the one that reaches the best loss with the least training compute. "
        + tokenBoundSentence
    ) { studentParameters in
      panel(
        studentParameters, y: Axis(symbol, .logarithmic, format: .powerOfTen, shared: "quantity"), scenarios, value)
    }
  }
}
