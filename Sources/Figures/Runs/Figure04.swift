import Formats
import Foundation
import Plotting
import ScalingLaws
import Statistics
import Studies

extension FigureDefinition {
  static let figure04 = FigureDefinition(
    number: 4, title: "the capacity gap",
    needs: [.result(.distillationFit), .sweep(.capacityGap)],
    make: capacityGapFigure)
}

/// Figure 4: students of constant tokens per parameter against the size of their teachers; where the curve
/// turns up again, a better teacher makes a worse student.
public func capacityGapFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let gap = try CapacityGap(try DistillationRuns(inputs, .capacityGap))
  let students = Array(gap.sizes.prefix(2))
  return Figure(
    title: "Figure 4: students against the size of their teachers", summary: CapacityGap.summary,
    width: Theme.columnWidth, rowHeights: [150], columnWeights: students.map { _ in 1 },
    cells: students.enumerated().map { index, student in
      Figure.Cell(gap.lossPanel(student), columns: index...index)
    },
    legend: Legend(.below, gap.legends), caption: gap.caption(students))
}
