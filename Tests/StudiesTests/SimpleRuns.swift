import Formats
import Foundation
import PaperStudy
import ScalingLaws
import Studies

/// Runs of which only numbers are known, as a table has them.
enum SimpleRuns {
  static let law = SupervisedLaw.published

  static func supervised(_ name: String, parameters: Double, tokens: Double) -> RunRecord {
    RunRecord(
      run: name, kind: .supervised, origin: .measured, purpose: .law, sweep: "runs", parameters: parameters, tokens: tokens,
      compute: 6 * parameters * tokens, loss: law.loss(parameters: parameters, tokens: tokens))
  }

  /// - Parameter teacher: N_T and D_T, which the record keeps unless `knowsTeacher` is false.
  static func student(
    _ name: String, parameters: Double, tokens: Double, teacher: (parameters: Double, tokens: Double),
    knowsTeacher: Bool = true
  ) -> RunRecord {
    let teacherLoss = law.loss(parameters: teacher.parameters, tokens: teacher.tokens)
    return RunRecord(
      run: name, kind: .distillation, origin: .measured, purpose: .law, sweep: "runs", parameters: parameters,
      tokens: tokens, compute: 6 * parameters * tokens,
      loss: DistillationLaw.figures.loss(studentParameters: parameters, studentTokens: tokens, teacherLoss: teacherLoss),
      distillation: RunRecord.Distillation(
        teacherRun: "\(teacher)", teacherLoss: teacherLoss, teacherParameters: knowsTeacher ? teacher.parameters : nil,
        teacherTokens: knowsTeacher ? teacher.tokens : nil))
  }

  static func study(_ description: StudyDescription = StudyDescription()) -> Study {
    Study(name: "mine", description: description)
  }
}
