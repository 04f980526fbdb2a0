import Allocation
import Formats
import Foundation
import Plotting
import Studies

/// The compute-optimal plans of a study, as distill-optimize found them.
struct OptimalPlans {
  typealias Row = OptimaTable.Row
  let scale: PlanningScale
  /// Budgets and student sizes that plans were made for, rising.
  let budgets, plannedSizes: [Double]
  private let rows: [Key: [Row]]
  private let law: RichText
  /// Where the law was fitted.
  let range: RunsRange?

  private struct Key: Hashable {
    var scenario: String
    var studentParameters: Double
  }

  init(_ inputs: FigureInputs) throws(StageError) {
    let table = try inputs.require(inputs.optima, .result(.optima))
    scale = try inputs.require(PlanningScale(inputs.runs), .distillations)
    range = RunsRange(inputs)
    // Within the study's budgets, whatever others the table has.
    let lowest = (scale.budgets.first ?? 0) * (1 - 1e-9), highest = (scale.budgets.last ?? .infinity) * (1 + 1e-9)
    let shown = table.rows.filter { $0.compute >= lowest && $0.compute <= highest }
    rows = Dictionary(grouping: shown) { Key(scenario: $0.scenario, studentParameters: $0.studentParameters) }
      .mapValues { $0.sorted { $0.compute < $1.compute } }
    budgets = Set(shown.map(\.compute)).sorted()
    plannedSizes = Set(shown.map(\.studentParameters)).sorted()
    law = inputs.lawSentence
  }

  /// The eight sizes of the figures with a panel each.
  var sizes: [Double] {
    scale.studentParameters.filter { size in plannedSizes.contains(size) }
  }

  /// Four of them.
  var principalSizes: [Double] { [0, 2, 3, 5].filter { $0 < sizes.count }.map { sizes[$0] } }

  /// Optima of one student size by rising compute.
  func plans(_ scenario: Scenario, studentParameters: Double) -> [Row] {
    rows[Key(scenario: scenario.rawValue, studentParameters: studentParameters)] ?? []
  }

  /// A quantity of the optima of a scenario over compute and the students' sizes.
  func field(_ scenario: Scenario, _ value: (Row) -> Double?) throws(PlotError) -> FieldGrid {
    return try FieldGrid(
      x: budgets, y: plannedSizes,
      values: plannedSizes.flatMap { size in
        // Budgets that are too small for a plan have none.
        let byCompute = Dictionary(
          plans(scenario, studentParameters: size).map { ($0.compute, value($0)) }, uniquingKeysWith: { first, _ in first })
        return budgets.map { (byCompute[$0] ?? nil) ?? .nan }
      })
  }

  /// A line over compute, faded where the plans lie outside the runs' range.
  func line(
    _ name: String, _ scenario: Scenario, studentParameters: Double, stroke: Stroke, _ value: (Row) -> Double?
  ) -> [any Mark] {
    RunsRange.line(
      name,
      plans(scenario, studentParameters: studentParameters).map { row in
        (Datum(row.compute, value(row) ?? .nan), range?.contains(row) ?? true)
      }, stroke: stroke)
  }

  /// Whether the plans of the budgets on both sides of a compute lie inside the runs' range.
  func isInside(compute: Double?, among plans: [Row]) -> Bool {
    guard let range else { return true }
    guard let compute, let above = plans.firstIndex(where: { $0.compute >= compute }) else { return false }
    return plans[max(above - 1, 0)...above].allSatisfy(range.contains)
  }

  /// How far the plans of a scenario lie outside the runs' range, over compute and the students' sizes.
  func distances(_ scenario: Scenario) throws(PlotError) -> FieldGrid? {
    guard let range else { return nil }
    return try field(scenario) { row in
      range.distance(parameters: row.studentParameters, tokens: row.studentTokens, teacherLoss: row.teacherLoss)
    }
  }

  /// How many plans of a scenario have their teacher's tokens at the upper bound.
  func plansAtTokenBound(_ scenario: Scenario) -> (count: Int, of: Int) {
    let all = rows.filter { $0.key.scenario == scenario.rawValue }.values.joined()
    let bound = scale.bounds.teacherTokens.upperBound
    return (all.count { ($0.teacherTokens ?? 0) > 0.999 * bound }, all.count)
  }

  /// Says at what bound the teacher's tokens lie where its training is free, and how often.
  var tokenBoundSentence: RichText {
    let (count, all) = plansAtTokenBound(.teacherInference)
    let bound = TickFormat.power(scale.bounds.teacherTokens.upperBound)
    return "With teacher inference more tokens cost nothing: " + RichText("\(count) of \(all) plans have the most allowed, ")
      + bound + "."
  }

  private var budgetRange: ClosedRange<Double> { (budgets.first ?? 1)...(budgets.last ?? 10) }

  var lossRange: ClosedRange<Double> { (scale.losses.first ?? 1)...(scale.losses.last ?? 2) }

  var computeAxis: Axis {
    Axis(Phrase.compute, .logarithmic, domain: budgetRange, format: .powerOfTen, shared: "compute")
  }

  func caption(_ text: RichText) -> RichText {
    let pale: RichText? = range.map { range in
      " Pale: plans outside the range that the law was fitted on (" + range.sentence + ")."
    }
    return law + " " + text + (pale ?? "") + " " + Phrase.symbols(in: scale.boundsSentence)
  }

  /// A figure with a panel a student size, four to a row.
  func smallMultiples(
    _ title: String, summary: String, sizes: [Double], legend: [Legend.Group], caption text: RichText,
    panel: (Double) -> Panel
  ) -> Figure {
    let columns = min(4, sizes.count)
    // In the last line of the legend.
    var legend = legend
    if range != nil, !legend.isEmpty { legend[legend.count - 1].entries.append(RunsRange.legendEntry) }
    return Figure(
      title: title, summary: summary, width: Theme.pageWidth,
      rowHeights: Array(repeating: 96, count: (sizes.count + columns - 1) / columns),
      columnWeights: Array(repeating: 1, count: columns),
      cells: sizes.enumerated().map { index, size in
        Figure.Cell(panel(size), rows: index / columns...index / columns, columns: index % columns...index % columns)
      },
      legend: Legend(.below, legend),
      caption: caption(text))
  }
}
