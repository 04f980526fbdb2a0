import Formats
import CapacityTheory
import Foundation
import Plotting
import Statistics
import Studies

extension FigureDefinition {
  static let figure11 = FigureDefinition(
    number: 11, title: "the capacity gap on the Mapping Problem, by the teacher's width",
    needs: [.sweep(.teacherWidth)],
    make: mappingWidthFigure)
}

/// Figure 11: students on the Mapping Problem against the width of their teachers.
public func mappingWidthFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try MappingFigure(inputs, .teacherWidth).figure(x: "Teacher’s width", words: "the width of their teachers")
}
