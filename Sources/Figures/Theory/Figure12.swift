import Formats
import CapacityTheory
import Foundation
import Plotting
import Statistics
import Studies

extension FigureDefinition {
  static let figure12 = FigureDefinition(
    number: 12, title: "the capacity gap on the Mapping Problem, by the teacher's training steps",
    needs: [.sweep(.teacherSteps)],
    make: mappingStepsFigure)
}

/// Figure 12: students on the Mapping Problem against the steps that their teachers were trained for.
public func mappingStepsFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try MappingFigure(inputs, .teacherSteps).figure(
    x: "Teacher’s training steps", words: "the steps that their teachers were trained for")
}
