import Allocation
import Formats
import Plotting

extension OptimalPlans {
  func shareFigure(_ name: String, _ scenario: Scenario) -> Figure {
    let all: [(name: String, fill: Color, isPaid: Bool, value: (Row) -> Double)] = [
      ("student training", Palette.discrete[0], true, { $0.studentShare }),
      ("teacher logits", Palette.discrete[1], scenario.paysInference, { $0.logitShare }),
      ("teacher training", Palette.discrete[2], scenario.paysPretraining, { $0.teacherShare }),
    ]
    let parts = all.filter(\.isPaid)
    return smallMultiples(
      "\(name): compute by what it is spent on, \(scenario.name)",
      summary: "Shares of the compute at the optimum against compute, stacked; a panel a student size.",
      sizes: sizes,
      legend: [Legend.Group(nil, parts.map { Legend.Entry(RichText($0.name), Swatch(patch: $0.fill)) })],
      caption: RichText("Scenario: \(scenario.name). Shares add up to the compute that is paid for.")
    ) { studentParameters in
      let rows = plans(scenario, studentParameters: studentParameters)
      return Panel(
        "student \(TickFormat.abbreviate(studentParameters))", title: size("N", "S", studentParameters),
        x: computeAxis, y: Axis("Share of compute", domain: 0...100, format: .percent, shared: "share"),
        marks: parts.indices.map { index in
          BandMark(
            parts[index].name,
            rows.map { row in
              let below = parts[..<index].reduce(0) { $0 + $1.value(row) }
              return BandMark.Slice(x: row.compute, low: 100 * below, high: 100 * (below + parts[index].value(row)))
            }, fill: parts[index].fill)
        } + veils(rows))
    }
  }

  /// Veils over the budgets whose plans lie outside the runs' range.
  private func veils(_ rows: [Row]) -> [any Mark] {
    guard let range else { return [] }
    return rows.split { range.contains($0) }.compactMap { outside in
      guard let first = outside.first, let last = outside.last else { return nil }
      return RegionMark("outside the runs", x: (first.compute, last.compute), fill: RunsRange.veil)
    }
  }
}
