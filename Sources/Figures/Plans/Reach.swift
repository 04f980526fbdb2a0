import Allocation
import Formats
import Plotting

func reachFigure(
  _ inputs: FigureInputs, name: String, quantity: String, meaning: String, _ value: (ReachTable.Row) -> Double?
) throws(StageError) -> Figure {
  let plans = try OptimalPlans(inputs)
  let table = try inputs.require(inputs.reach, .result(.reach))
  let law = try inputs.law()
  let bySize = Dictionary(grouping: table.rows, by: \.studentParameters)
  let guide = Stroke(.grey(0.4), width: 0.6, dash: Stroke.dashed)
  let limit = Stroke(.grey(0.4), width: 0.8, dash: Stroke.dotted)
  return plans.smallMultiples(
    "\(name): \(quantity) to reach a loss, distillation over supervised",
    summary:
      "\(quantity.capitalized) of each distillation scenario for a student loss, divided by what supervised training of the same size needs; a panel a student size. Below 1 distillation is cheaper.",
    sizes: plans.sizes,
    legend: [
      Scenario.legend(Scenario.distillations),
      Legend.Group(
        nil,
        [
          Legend.Entry("break-even", Swatch(line: guide)),
          Legend.Entry(
            .italic("L") + "(" + .italic("N") + .subscript("S") + ", ∞), supervised without end", Swatch(line: limit)),
        ]),
    ],
    caption: RichText(meaning) + " Nothing supervised arrives left of the dotted line."
  ) { studentParameters in
    let rows = bySize[studentParameters] ?? []
    let supervised = Dictionary(
      rows.filter { $0.scenario == Scenario.supervised.rawValue }.compactMap { row in value(row).map { (row.studentLoss, $0) }
      },
      uniquingKeysWith: { first, _ in first })
    let plansByScenario = Scenario.distillations.map { ($0, plans.plans($0, studentParameters: studentParameters)) }
    let known = Dictionary(plansByScenario, uniquingKeysWith: { first, _ in first })
    let lines = Scenario.distillations.flatMap { scenario in
      RunsRange.line(
        scenario.rawValue,
        rows.filter { $0.scenario == scenario.rawValue }.sorted { $0.studentLoss < $1.studentLoss }.map { row in
          let ratio = value(row).flatMap { needed in supervised[row.studentLoss].map { needed / $0 } }
          return (
            Datum(row.studentLoss, ratio ?? .nan),
            plans.isInside(compute: row.compute, among: known[scenario] ?? [])
          )
        }, stroke: scenario.stroke)
    }
    return Panel(
      "student \(TickFormat.abbreviate(studentParameters))", title: size("N", "S", studentParameters),
      x: Axis(Phrase.loss("S"), domain: plans.lossRange, shared: "loss"),
      y: Axis(
        RichText("\(quantity.capitalized), distilled / supervised"), .logarithmic, domain: 0.2...10, format: .shortest,
        shared: "ratio"),
      marks: [
        RuleMark("break-even", .horizontal(1), stroke: guide),
        RuleMark(
          "supervised without end",
          .vertical(law.supervised.loss(parameters: studentParameters, tokens: .infinity)), stroke: limit),
      ] + lines)
  }
}
