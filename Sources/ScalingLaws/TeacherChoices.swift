import Foundation

/// The teachers that a student has to choose from, by their loss, and the tokens that each of them leaves it.
///
/// All that is left of a plan, once it is asked which teacher is best: laws that share a supervised law have the same
/// choices, and differ in which of them is best.
public struct TeacherChoices: Sendable {
  public typealias Choice = (teacherLoss: Double, studentTokens: Double)

  /// Non-embedding parameters N_S of the student.
  public let studentParameters: Double
  /// L_T in nats per token, from the best teacher to the worst.
  public let teacherLosses: ClosedRange<Double>
  /// Tokens D_S of a student whose teacher has the loss L_T.
  public let studentTokens: @Sendable (_ teacherLoss: Double) -> Double
  /// So many of the choices, from the worst teacher to the best, in steps in which nothing changes abruptly.
  public let ladder: @Sendable (_ count: Int) -> [Choice]

  package init(
    studentParameters: Double, teacherLosses: ClosedRange<Double>,
    studentTokens: @escaping @Sendable (_ teacherLoss: Double) -> Double,
    ladder: @escaping @Sendable (_ count: Int) -> [Choice]
  ) {
    (self.studentParameters, self.teacherLosses) = (studentParameters, teacherLosses)
    (self.studentTokens, self.ladder) = (studentTokens, ladder)
  }

  /// The choices of a student that has the same tokens with every teacher, such as the teachers that are there leave.
  public init(studentParameters: Double, studentTokens: Double, teacherLosses: ClosedRange<Double>) {
    self.init(studentParameters: studentParameters, teacherLosses: teacherLosses) { _ in
      studentTokens
    } ladder: { count in
      (0..<count).map { step in
        let share = Double(step) / Double(max(1, count - 1))
        let loss = teacherLosses.upperBound * pow(teacherLosses.lowerBound / teacherLosses.upperBound, share)
        return (loss, studentTokens)
      }
    }
  }
}
