import Formats
import Foundation
import Plotting
import ScalingLaws
import Studies

extension FigureDefinition {
  static let figure15 = FigureDefinition(
    number: 15, title: "the best teacher by the student's tokens",
    needs: [.distillationLaw], uses: [.distillations],
    make: teacherByTokensFigure)
}

/// Figure 15: as figure 7, against the student's tokens, a panel a student size.
public func teacherByTokensFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let choice = try TeacherChoice(inputs)
  let x = Axis(
    Phrase.tokens("D", "S"), .logarithmic, domain: choice.scale.tokenAxis, format: .abbreviated, shared: "x")
  var panels: [Panel] = []
  var overtakings: [TeacherChoice.Overtaking] = []
  for parameters in choice.scale.studentPanels {
    var panel = try choice.panel(
      "student \(TickFormat.abbreviate(parameters))", title: size("N", "S", parameters), x: x
    ) { TeacherChoice.Student(parameters: parameters, tokens: $0) }
    let overtaking = choice.overtaking(parameters)
    overtakings.append(overtaking)
    if case .from(let tokens) = overtaking {
      panel.marks.append(
        RuleMark("supervised overtakes", .vertical(tokens), stroke: TeacherChoice.overtaking))
    }
    panels.append(panel)
  }
  return choice.figure(
    "Figure 15: the best teacher by the student's tokens", "the student's tokens", [panels], height: 175,
    overtakes: overtakings.contains { if case .from = $0 { true } else { false } },
    more: TeacherChoice.sentence(zip(choice.scale.studentPanels, overtakings).map { ($0, $1) }))
}
