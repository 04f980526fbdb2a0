import Foundation
import Statistics

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

  init(
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

/// How a budget can be spent on one student: for every teacher's loss within reach the teacher that leaves most
/// tokens for the student (``TeacherPath``).
///
/// Its coordinate is how far along the path a teacher is: from 0, the worst, through the lengths of the stretches to
/// the best that leaves the least D_S. L_T falls all along, and D_S does not rise.
struct BudgetChoices: Sendable {
  private let studentParameters: Double
  private let path: TeacherPath
  private let prices: Prices
  private let compute: Double
  private let tokenBounds: ClosedRange<Double>
  private var reach = 0.0

  /// Nil where the scenario has no teacher, or not even the cheapest leaves the least D_S.
  init?(_ planner: Planner, _ scenario: Scenario, studentParameters: Double, compute: Double) {
    let trainingFLOPs = 3 * planner.family.forwardFLOPs(parameters: studentParameters)
    guard let path = planner.path(scenario, trainingFLOPs: trainingFLOPs, compute: compute) else { return nil }
    (self.studentParameters, self.path, self.compute) = (studentParameters, path, compute)
    prices = Prices.compute(scenario, trainingFLOPs: trainingFLOPs)
    tokenBounds = planner.bounds.studentTokens
    let length = path.stretches.reduce(0) { $0 + $1.ends.high - $1.ends.low }
    guard leavesEnough(0) else { return nil }
    reach = leavesEnough(length) ? length : bisection(from: 0, to: length, tolerance: 1e-13) { !leavesEnough($0) }.low
  }

  private func leavesEnough(_ place: Double) -> Bool {
    prices.studentTokens(amount: compute, teacher: teacher(at: place)) >= tokenBounds.lowerBound * (1 - 1e-12)
  }

  private func teacher(at place: Double) -> TeacherPoint {
    var rest = place
    for stretch in path.stretches.dropLast() {
      let (low, high) = stretch.ends
      if rest <= high - low { return path.point(stretch, at: low + rest) }
      rest -= high - low
    }
    let last = path.stretches[path.stretches.count - 1]
    return path.point(last, at: min(last.ends.low + rest, last.ends.high))
  }

  /// The teacher of a loss.
  func teacher(of loss: Double) -> TeacherPoint {
    teacher(at: bisection(from: 0, to: reach, tolerance: 1e-13) { teacher(at: $0).loss < loss }.low)
  }

  /// D_S with the teacher of a loss.
  func studentTokens(teacherLoss: Double) -> Double { studentTokens(teacher(of: teacherLoss)) }

  private func studentTokens(_ teacher: TeacherPoint) -> Double {
    min(max(prices.studentTokens(amount: compute, teacher: teacher), tokenBounds.lowerBound), tokenBounds.upperBound)
  }

  var choices: TeacherChoices {
    let own = self
    let losses = teacher(at: reach).loss...teacher(at: 0).loss
    return TeacherChoices(studentParameters: studentParameters, teacherLosses: losses) {
      own.studentTokens(teacherLoss: $0)
    } ladder: { count in
      (0..<count).map { step in
        let teacher = own.teacher(at: own.reach * Double(step) / Double(max(1, count - 1)))
        return (teacher.loss, own.studentTokens(teacher))
      }
    }
  }
}
