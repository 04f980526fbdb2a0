import ScalingLaws
import Statistics

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
