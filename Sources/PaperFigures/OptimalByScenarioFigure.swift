import Allocation
import Artifacts
import Plotting

/// Figure 30: the optimal tokens of the student in every scenario.
public func optimalStudentTokensFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).scenarioFigure(
    "Figure 30", "student's tokens", Phrase.tokens("D", "S", starred: true), Scenario.allCases
  ) { $0.studentTokens }
}

/// Figure 31: the optimal tokens of the teacher in every scenario.
public func optimalTeacherTokensFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).scenarioFigure(
    "Figure 31", "teacher's tokens", Phrase.tokens("D", "T", starred: true), Scenario.distillations
  ) { $0.teacherTokens }
}

/// Figure 32: the optimal size of the teacher in every scenario.
public func optimalTeacherSizeFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).scenarioFigure(
    "Figure 32", "teacher's parameters", Phrase.parameters("N", "T", starred: true), Scenario.distillations
  ) { $0.teacherParameters }
}

extension OptimalPlans {
  fileprivate func scenarioFigure(
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
