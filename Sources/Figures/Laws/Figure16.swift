import Formats
import Foundation
import Plotting
import ScalingLaws
import Studies

extension FigureDefinition {
  static let figure16 = FigureDefinition(
    number: 16, title: "the best teacher by the teacher's size, for a budget",
    needs: [.distillationLaw], uses: [.distillations],
    make: teacherByTeacherSizeFigure)
}

/// Figure 16: as figure 7, against the teacher's size, where the compute pays for the student's training and the
/// teacher's inference: a row a student size, a column a budget.
public func teacherByTeacherSizeFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let choice = try TeacherChoice(inputs)
  let scale = choice.scale
  let x = Axis(
    Phrase.parameters("N", "T"), .logarithmic, domain: scale.teacherAxis, format: .abbreviated, shared: "x")
  var rows: [[Panel]] = []
  for parameters in scale.studentPanels {
    var row: [Panel] = []
    for compute in scale.budgetPanels {
      let title = size("N", "S", parameters) + ", " + .italic("C") + " = " + TickFormat.power(compute)
      row.append(
        try choice.panel(
          "\(Phrase.plain(flops: compute)) \(TickFormat.abbreviate(parameters))", title: title, x: x, samples: 97,
          levelsPerNat: scale.budgetContoursPerNat
        ) { teacherParameters in
          // Eq. 27 with the teacher's logits paid for.
          let cost =
            3 * scale.family.forwardFLOPs(parameters: parameters)
            + scale.family.forwardFLOPs(parameters: teacherParameters)
          return TeacherChoice.Student(parameters: parameters, tokens: compute / cost)
        })
    }
    rows.append(row)
  }
  return choice.figure(
    "Figure 16: the best teacher by the teacher's size, for a budget", "the teacher's size", rows, height: 132,
    levelsPerNat: scale.budgetContoursPerNat, more: " Compute pays for the student's training and the teacher's inference.")
}
