import Allocation
import Formats
import Foundation
import Plotting

extension OptimalPlans {
  /// A quantity of the optimum, with how its levels are spaced and written.
  private struct Quantity {
    var name: String
    var title: RichText
    var isLoss: Bool
    /// Of every decade, for parameters and tokens.
    var mantissas: [Double] = [1, 3]
    /// Whether it cannot jump: two valleys that the optimum jumps between are equally deep.
    var isContinuous = false
    var value: (Row) -> Double?
  }

  func contoursFigure(_ name: String, _ scenario: Scenario) throws(StageError) -> Figure {
    var quantities = [
      Quantity(name: "student's loss", title: starred("L", "S"), isLoss: true, isContinuous: true) { $0.studentLoss },
      Quantity(name: "teacher's loss", title: starred("L", "T"), isLoss: true) { $0.teacherLoss },
      Quantity(name: "student's tokens", title: starred("D", "S"), isLoss: false) { $0.studentTokens },
      Quantity(name: "teacher's parameters", title: starred("N", "T"), isLoss: false, mantissas: [1, 2, 3, 5]) {
        $0.teacherParameters
      },
    ]
    // Where training the teacher is free but its inference is not, its tokens are at their bound everywhere.
    if scenario != .teacherInference {
      quantities.append(Quantity(name: "teacher's tokens", title: starred("D", "T"), isLoss: false) { $0.teacherTokens })
    }
    var cells = [Figure.Cell]()
    for (column, quantity) in quantities.enumerated() {
      let panel = try asStageError { () throws(PlotError) in try contourPanel(scenario, quantity) }
      cells.append(Figure.Cell(panel, columns: column...column))
    }
    let hasJumps = cells.contains { $0.panel.marks.contains { $0.name.hasPrefix("jump") } }
    var entries = [
      Legend.Entry("losses (nats per token)", Swatch(line: Self.stroke(isLoss: true))),
      Legend.Entry("parameters, tokens", Swatch(line: Self.stroke(isLoss: false))),
    ]
    if hasJumps { entries.append(Legend.Entry("the optimum jumps to another valley", Swatch(line: Self.jump))) }
    if range != nil { entries.append(RunsRange.veilEntry) }
    var sentences = RichText("Scenario: \(scenario.name). Contours: losses every 0.05 nats")
    sentences = sentences + "; parameters at 1, 2, 3 and 5 and tokens at 1 and 3 a decade."
    if scenario == .teacherInference { sentences = sentences + " " + tokenBoundSentence }
    return Figure(
      title: "\(name): the compute-optimal plan, \(scenario.name)",
      summary:
        "Contours of the student's loss, the teacher's loss, the student's tokens and the teacher's size and tokens at the optimum, over compute and the student's size.",
      width: Theme.pageWidth, rowHeights: [150], columnWeights: quantities.map { _ in 1 }, cells: cells,
      legend: Legend(.below, [Legend.Group(nil, entries)]), caption: caption(sentences))
  }

  private static func stroke(isLoss: Bool) -> Stroke {
    Stroke(isLoss ? Palette.blue : Palette.discrete[2], width: 0.7)
  }
  private static let jump = Stroke(Palette.discrete[6], width: 1.1)

  private func contourPanel(_ scenario: Scenario, _ quantity: Quantity) throws(PlotError) -> Panel {
    // Parameters and tokens span many decades: their logarithms are what is even between two budgets.
    let field = try field(scenario) { row in quantity.isLoss ? quantity.value(row) : quantity.value(row).map(log10) }
    let range = field.range ?? 1...2
    // Wider grids step further.
    let spacing = field.x.count > 1 ? log10(field.x[1] / field.x[0]) : 1
    let leastJump =
      (quantity.isLoss ? Self.leastLossJump : Self.leastLogarithmJump) * max(1, spacing / 0.05)
    let mark = ContourMark(
      quantity.name, field, levels: quantity.isLoss ? Self.lossLevels(range) : Self.levels(quantity.mantissas, in: range),
      stroke: Self.stroke(isLoss: quantity.isLoss), labels: quantity.isLoss ? .decimal : .abbreviatedOfTen,
      leastJump: quantity.isContinuous ? nil : leastJump)
    let veil = try distances(scenario).map { distances throws(PlotError) in try RunsRange.veil(distances) } ?? []
    let jumps = quantity.isContinuous ? [] : Self.jumps(field, leastJump: leastJump)
    return Panel(
      quantity.name, title: quantity.title, x: computeAxis,
      y: Axis(
        Phrase.parameters("N", "S"), .logarithmic, domain: (plannedSizes.first ?? 1)...(plannedSizes.last ?? 10),
        format: .abbreviated, shared: "student size", ticks: sizes),
      marks: [mark] + veil + jumps.enumerated().map { LineMark("jump \($0)", $1, stroke: Self.jump) })
  }

  /// From how much on two neighbours on the grid, a twentieth of a decade of compute or a factor of 1.3 in size apart,
  /// may have a jump of the optimum between them.
  private static let leastLossJump = 0.04
  private static let leastLogarithmJump = 0.15

  /// Where a field jumps along a row, joined over neighbouring rows into lines.
  static func jumps(_ field: FieldGrid, leastJump: Double) -> [[Datum]] {
    var open: [[Datum]] = [], done: [[Datum]] = []
    for (row, size) in field.y.enumerated() {
      var places: [Double] = []
      for column in field.x.indices.dropFirst() {
        guard field.jumps(fromColumn: column - 1, row: row, least: leastJump) else { continue }
        // In the middle between two budgets on the page.
        places.append((field.x[column - 1] * field.x[column]).squareRoot())
      }
      var continued: [[Datum]] = []
      for line in open {
        // Within a decade of compute it is the same jump.
        let near = places.indices.min {
          abs(log(places[$0] / line[line.count - 1].x)) < abs(log(places[$1] / line[line.count - 1].x))
        }
        if let near, abs(log10(places[near] / line[line.count - 1].x)) < 0.7 {
          continued.append(line + [Datum(places.remove(at: near), size)])
        } else {
          done.append(line)
        }
      }
      open = continued + places.map { [Datum($0, size)] }
    }
    return (done + open).filter { $0.count > 1 }
  }

  /// A twentieth of a nat apart, and half a nat where budgets are far too small for a size.
  private static func lossLevels(_ range: ClosedRange<Double>) -> [Double] {
    let fine = range.lowerBound...min(range.upperBound, range.lowerBound + 1.5)
    return levels(perUnit: 20, in: fine) + levels(perUnit: 2, in: range).filter { $0 > fine.upperBound }
  }

  /// Multiples of a part of a unit within a range.
  private static func levels(perUnit parts: Double, in range: ClosedRange<Double>) -> [Double] {
    let first = (range.lowerBound * parts).rounded(.up), last = (range.upperBound * parts).rounded(.down)
    return stride(from: first, through: last, by: 1).map { $0 / parts }
  }

  /// Logarithms of `mantissas` in every decade within a range of logarithms.
  private static func levels(_ mantissas: [Double], in range: ClosedRange<Double>) -> [Double] {
    stride(from: range.lowerBound.rounded(.down), through: range.upperBound, by: 1).flatMap { decade in
      mantissas.map { decade + log10($0) }
    }.filter(range.contains)
  }
}
