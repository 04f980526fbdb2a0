import Formats
import Foundation
import Plotting
import ScalingLaws
import Statistics
import Studies

extension FigureDefinition {
  static let figure37 = FigureDefinition(
    number: 37, title: "the capacity gap, with divergences",
    needs: [.result(.distillationFit), .sweep(.capacityGap)],
    make: capacityGapDivergenceFigure)
}

/// Figure 37: as figure 4, with the divergence of the student from its teacher below, where runs have one.
public func capacityGapDivergenceFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let gap = try CapacityGap(try DistillationRuns(inputs, .capacityGap))
  let students = Array(gap.sizes.prefix(3))
  let diverging = gap.hasDivergences(students)
  let more = diverging ? ", and their divergence from them" : ""
  return Figure(
    title: "Figure 37: students of three sizes against the size of their teachers\(more)",
    summary: CapacityGap.summary
      + (diverging ? " Below: the divergence from the teacher to the student on held-out text." : ""),
    width: Theme.pageWidth, rowHeights: diverging ? [120, 90] : [140], columnWeights: students.map { _ in 1 },
    cells: students.enumerated().flatMap { index, student in
      [Figure.Cell(gap.lossPanel(student), columns: index...index)]
        + (diverging ? [Figure.Cell(gap.divergencePanel(student), rows: 1...1, columns: index...index)] : [])
    },
    legend: Legend(.below, gap.legends), caption: gap.caption(students))
}
