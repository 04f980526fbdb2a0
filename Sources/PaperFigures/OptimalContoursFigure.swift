import Allocation
import Artifacts
import Foundation
import Plotting

/// Figure 19: the optimum over compute and the student's size, in the best case.
public func bestCaseContoursFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).contoursFigure("Figure 19", .bestCase)
}

/// Figure 21: the optimum over compute and the student's size, when the teacher's inference is paid for.
public func inferenceContoursFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).contoursFigure("Figure 21", .teacherInference)
}

/// Figure 24: the optimum over compute and the student's size, when the teacher's training is paid for.
public func pretrainingContoursFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).contoursFigure("Figure 24", .teacherPretraining)
}

/// Figure 27: the optimum over compute and the student's size, when both are paid for.
public func fullCostContoursFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try OptimalPlans(inputs).contoursFigure("Figure 27", .teacherPretrainingAndInference)
}

extension OptimalPlans {
  /// A quantity of the optimum, with how its levels are spaced and written.
  private struct Quantity {
    var name: String
    var title: RichText
    var isLoss: Bool
    var value: (Row) -> Double?
  }

  fileprivate func contoursFigure(_ name: String, _ scenario: Scenario) throws(StageError) -> Figure {
    var quantities = [
      Quantity(name: "student's loss", title: starred("L", "S"), isLoss: true) { $0.studentLoss },
      Quantity(name: "teacher's loss", title: starred("L", "T"), isLoss: true) { $0.teacherLoss },
      Quantity(name: "student's tokens", title: starred("D", "S"), isLoss: false) { $0.studentTokens },
      Quantity(name: "teacher's parameters", title: starred("N", "T"), isLoss: false) { $0.teacherParameters },
    ]
    // Where training the teacher is free but its inference is not, its tokens are at their bound everywhere.
    if scenario != .teacherInference {
      quantities.append(Quantity(name: "teacher's tokens", title: starred("D", "T"), isLoss: false) { $0.teacherTokens })
    }
    let columns = quantities.count == 4 ? 2 : 3
    var cells = [Figure.Cell]()
    for (index, quantity) in quantities.enumerated() {
      let (row, column) = (index / columns, index % columns)
      let panel = try asStageError { () throws(PlotError) in try contourPanel(scenario, quantity) }
      cells.append(Figure.Cell(panel, rows: row...row, columns: column...column))
    }
    return Figure(
      title: "\(name): the compute-optimal plan, \(scenario.name)",
      summary: "Contours of the student's loss, the teacher's loss, the student's tokens and the teacher's size and tokens at the optimum, over compute and the student's size.",
      width: Theme.pageWidth, rowHeights: [125, 125], columnWeights: Array(repeating: 1, count: columns), cells: cells,
      caption: caption(
        RichText("Scenario: \(scenario.name). Losses in nats per token; parameters and tokens in powers of ten.")))
  }

  private func contourPanel(_ scenario: Scenario, _ quantity: Quantity) throws(PlotError) -> Panel {
    // Parameters and tokens span many decades: their logarithms are what is even between two budgets.
    let field = try field(scenario) { row in quantity.isLoss ? quantity.value(row) : quantity.value(row).map(log10) }
    let range = field.range ?? 1...2
    let mark = ContourMark(
      quantity.name, field, levels: quantity.isLoss ? Self.lossLevels(range) : Self.levels(perUnit: 1, in: range),
      stroke: Stroke(quantity.isLoss ? Palette.blue : Palette.discrete[2], width: 0.8),
      labels: quantity.isLoss ? .decimal : .exponentOfTen)
    return Panel(
      quantity.name, title: quantity.title + RichText(", the \(quantity.name)"), x: upperComputeAxis,
      y: Axis(
        .italic("N") + .subscript("S"), .logarithmic, domain: (plannedSizes.first ?? 1)...(plannedSizes.last ?? 10),
        format: .abbreviated, shared: "student size"),
      marks: [mark])
  }

  /// Losses a tenth or a twentieth of a nat apart, and half a nat where budgets are far too small for a size.
  private static func lossLevels(_ range: ClosedRange<Double>) -> [Double] {
    let fine = range.lowerBound...min(range.upperBound, range.lowerBound + 1.2)
    let perNat: Double = fine.upperBound - fine.lowerBound > 0.9 ? 10 : 20
    return levels(perUnit: perNat, in: fine) + levels(perUnit: 2, in: range).filter { $0 > fine.upperBound }
  }

  /// Multiples of a part of a unit within a range.
  private static func levels(perUnit parts: Double, in range: ClosedRange<Double>) -> [Double] {
    let first = (range.lowerBound * parts).rounded(.up), last = (range.upperBound * parts).rounded(.down)
    return stride(from: first, through: last, by: 1).map { $0 / parts }
  }
}
