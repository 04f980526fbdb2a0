import Foundation
import ScalingLaws

extension TeacherChoices {
  /// The student of a choice, as a law is asked about it.
  func student(_ choice: Choice) -> DistillationObservation {
    DistillationObservation(
      studentParameters: studentParameters, studentTokens: choice.studentTokens, teacherLoss: choice.teacherLoss,
      studentLoss: 1)
  }
}

extension DistillationObservation {
  /// The student with other teachers, on the same tokens.
  public func choices(within teacherLosses: ClosedRange<Double>) -> TeacherChoices {
    TeacherChoices(
      studentParameters: studentParameters, studentTokens: studentTokens, teacherLosses: teacherLosses)
  }
}

extension DistillationModel {
  /// The loss of the teacher with which a student becomes best. The condition is that the student's loss is stationary
  /// there; a least loss at the ends of the choices is none.
  package func profiledBestTeacher(
    _ name: String, among choices: TeacherChoices, supervised: SupervisedLaw
  ) -> ProfiledQuantity<Point> {
    let base = self
    let grid = ChoiceGrid(base, choices, supervised: supervised)
    let range = log(choices.teacherLosses.lowerBound)...log(choices.teacherLosses.upperBound)
    let width = 1e-4
    return .init(name, within: range, value: grid.bestLogTeacherLoss) { wanted in
      let sides = base.asking(
        [wanted - width, wanted + width].map { logLoss in
          let loss = exp(logLoss)
          return choices.student((loss, choices.studentTokens(loss)))
        }, supervised: supervised)
      return { point in
        let (before, after) = (sides.logLoss(of: 0, point), sides.logLoss(of: 1, point))
        return ((after.value - before.value) / (2 * width), (after.slopes - before.slopes) * (0.5 / width))
      }
    }
  }

  /// The loss of the student with the best teacher.
  package func profiledPlanLoss(
    _ name: String, among choices: TeacherChoices, supervised: SupervisedLaw
  ) -> ProfiledQuantity<Point> {
    let grid = ChoiceGrid(self, choices, supervised: supervised)
    return .init(name, within: log(choices.teacherLosses.lowerBound)...1e3, value: grid.leastLogLoss) { wanted in
      { point in
        let (value, slopes) = grid.slopedLeastLogLoss(point)
        return (value - wanted, slopes)
      }
    }
  }
}
