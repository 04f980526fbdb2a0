import Formats
import Foundation
import Plotting
import ScalingLaws
import Studies

extension FigureDefinition {
  static let figure07 = FigureDefinition(
    number: 7, title: "the best teacher by the student's size",
    needs: [.distillationLaw], uses: [.distillations],
    make: teacherBySizeFigure)
}

/// Figure 7: the student's loss against its size and its teacher's loss, a panel a number of tokens, with the best
/// teacher for each size.
public func teacherBySizeFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let choice = try TeacherChoice(inputs)
  let x = Axis(
    Phrase.parameters("N", "S"), .logarithmic, domain: choice.scale.studentAxis, format: .abbreviated, shared: "x")
  var panels: [Panel] = []
  for tokens in choice.scale.tokenPanels {
    panels.append(
      try choice.panel("tokens \(TickFormat.abbreviate(tokens))", title: size("D", "S", tokens), x: x) {
        TeacherChoice.Student(parameters: $0, tokens: tokens)
      })
  }
  return choice.figure(
    "Figure 7: the best teacher by the student's size", "the student's size", [panels], height: 175)
}
