import Allocation
import Artifacts
import Foundation
import Plotting

/// The compute-optimal plans of a study, as distill-optimize found them.
struct OptimalPlans {
  typealias Row = OptimaTable.Row
  let scale: PlanningScale
  /// Budgets and student sizes that plans were made for, rising.
  let budgets, plannedSizes: [Double]
  private let rows: [Key: [Row]]
  private let law: RichText

  private struct Key: Hashable {
    var scenario: String
    var studentParameters: Double
  }

  init(_ inputs: FigureInputs) throws(StageError) {
    let table = try inputs.require(inputs.optima, "optima.csv")
    scale = try inputs.require(PlanningScale(study: inputs.study), "a study whose planning scale is known")
    rows = Dictionary(grouping: table.rows) { Key(scenario: $0.scenario, studentParameters: $0.studentParameters) }
      .mapValues { $0.sorted { $0.compute < $1.compute } }
    budgets = Set(table.rows.map(\.compute)).sorted()
    plannedSizes = Set(table.rows.map(\.studentParameters)).sorted()
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

  /// A curve over compute.
  func curve(_ scenario: Scenario, studentParameters: Double, _ value: (Row) -> Double?) -> [Datum] {
    plans(scenario, studentParameters: studentParameters).map { Datum($0.compute, value($0) ?? .nan) }
  }

  private var budgetRange: ClosedRange<Double> { (budgets.first ?? 1)...(budgets.last ?? 10) }

  var lossRange: ClosedRange<Double> { (scale.losses.first ?? 1)...(scale.losses.last ?? 2) }

  var computeAxis: Axis {
    Axis(Phrase.compute, .logarithmic, domain: budgetRange, format: .powerOfTen, shared: "compute")
  }

  /// Without the first decade, as the paper's contours have it.
  var upperComputeAxis: Axis {
    var axis = computeAxis
    axis.domain = min(10 * budgetRange.lowerBound, budgetRange.upperBound / 10)...budgetRange.upperBound
    return axis
  }

  func caption(_ text: RichText) -> RichText { law + " " + text }

  /// A figure with a panel a student size, four to a row.
  func smallMultiples(
    _ title: String, summary: String, sizes: [Double], legend: [Legend.Group], caption text: RichText,
    panel: (Double) -> Panel
  ) -> Figure {
    let columns = min(4, sizes.count)
    return Figure(
      title: title, summary: summary, width: Theme.pageWidth,
      rowHeights: Array(repeating: 96, count: (sizes.count + columns - 1) / columns),
      columnWeights: Array(repeating: 1, count: columns),
      cells: sizes.enumerated().map { index, size in
        Figure.Cell(panel(size), rows: index / columns...index / columns, columns: index % columns...index % columns)
      },
      legend: Legend(.below, legend), caption: caption(text))
  }
}
