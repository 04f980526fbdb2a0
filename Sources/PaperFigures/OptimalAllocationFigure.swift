import Allocation
import Artifacts
import Plotting

/// Figure 9: what the optimum is made of when the teacher's training and inference are paid for; four sizes.
public func optimalAllocationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.allocationFigure("Figure 9", .teacherPretrainingAndInference, sizes: plans.principalSizes)
}

/// Figure 20: the optimum's sizes and tokens in the best case.
public func bestCaseAllocationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.allocationFigure("Figure 20", .bestCase, sizes: plans.sizes)
}

/// Figure 22: the optimum's sizes and tokens when the teacher's inference is paid for.
public func inferenceAllocationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.allocationFigure("Figure 22", .teacherInference, sizes: plans.sizes)
}

/// Figure 25: the optimum's sizes and tokens when the teacher's training is paid for.
public func pretrainingAllocationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.allocationFigure("Figure 25", .teacherPretraining, sizes: plans.sizes)
}

/// Figure 28: the optimum's sizes and tokens when both are paid for.
public func fullCostAllocationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  return plans.allocationFigure("Figure 28", .teacherPretrainingAndInference, sizes: plans.sizes)
}

extension OptimalPlans {
  fileprivate func allocationFigure(_ name: String, _ scenario: Scenario, sizes: [Double]) -> Figure {
    let quantities: [(symbol: RichText, name: String, stroke: Stroke, value: (Row) -> Double?)] = [
      (
        .italic("N") + .subscript("S"), "student's parameters", Stroke(.grey(0.35), width: 0.9, dash: Stroke.dotted),
        { $0.studentParameters }
      ),
      (starred("D", "S"), "student's tokens", Stroke(Palette.discrete[0]), { $0.studentTokens }),
      (starred("N", "T"), "teacher's parameters", Stroke(Palette.discrete[1], dash: [5, 1.5]), { $0.teacherParameters }),
      (starred("D", "T"), "teacher's tokens", Stroke(Palette.discrete[2], dash: Stroke.dashed), { $0.teacherTokens }),
    ]
    let note: RichText
    switch scenario {
    case .bestCase:
      note = "Only the teacher's loss is determined; shown is the teacher that reaches it with the least training compute."
    case .teacherInference:
      note = tokenBoundSentence
    default:
      note = "Kinks are where the optimum moves to another valley or meets a bound."
    }
    return smallMultiples(
      "\(name): compute-optimal allocation, \(scenario.name)",
      summary:
        "Student's tokens, teacher's parameters and teacher's tokens at the optimum against compute; a panel a student size.",
      sizes: sizes,
      legend: [
        Legend.Group(nil, quantities.map { Legend.Entry($0.symbol + " " + RichText($0.name), Swatch(line: $0.stroke)) })
      ],
      caption: RichText("Scenario: \(scenario.name). ") + note
    ) { studentParameters in
      Panel(
        "student \(TickFormat.abbreviate(studentParameters))", title: size("N", "S", studentParameters),
        x: computeAxis, y: Axis("Parameters, tokens", .logarithmic, format: .powerOfTen, shared: "quantity"),
        marks: quantities.flatMap { quantity in
          line(
            quantity.name, scenario, studentParameters: studentParameters, stroke: quantity.stroke, quantity.value)
        })
    }
  }
}

/// The symbol of an optimal quantity.
func starred(_ symbol: String, _ script: String) -> RichText {
  .italic(symbol) + .subscript(script) + .superscript("*")
}
