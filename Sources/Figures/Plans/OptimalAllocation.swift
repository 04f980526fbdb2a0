import Allocation
import Formats
import Plotting

extension OptimalPlans {
  func allocationFigure(_ name: String, _ scenario: Scenario, sizes: [Double]) -> Figure {
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
