import Foundation
import ScalingLaws

/// How to spend a budget on one student, as a question that many laws can be asked: which teacher is best, how good is
/// the student then, and from which budget on is it better not to distil?
///
/// The laws share the supervised law, and with it the teachers that can be had.
public struct PlanQuestion: Sendable {
  /// FLOPs.
  public let compute: Double
  /// The plan of the planner's own law, and of its crossovers the one nearest to the budget.
  public let plan: Plan
  public let crossover: Crossover?
  private let budget: BudgetChoices
  private let planner: Planner

  /// The question whose plan and crossovers are known.
  /// - Throws: ``AllocationError`` where the plan has no teacher, or the budget does not pay for the least.
  public init(
    _ planner: Planner, plan: Plan, compute: Double, crossovers: [Crossover]
  ) throws(AllocationError) {
    guard plan.teacher != nil else { throw .noTeachers }
    (self.planner, self.plan, self.compute) = (planner, plan, compute)
    crossover = crossovers.min { abs(log($0.location / compute)) < abs(log($1.location / compute)) }
    let size = plan.studentParameters
    guard let budget = BudgetChoices(planner, plan.scenario, studentParameters: size, compute: compute) else {
      let student = try planner.student(size)
      throw .budgetTooSmall(compute: compute, least: planner.boundsCompute(plan.scenario, student: student))
    }
    self.budget = budget
  }

  /// Crossovers count within a thousand times less and more than the budget.
  /// - Throws: ``AllocationError`` where the scenario has no teacher, or the budget does not pay for the least.
  public init(
    _ planner: Planner, scenario: Scenario, studentParameters: Double, compute: Double
  ) throws(AllocationError) {
    try self.init(
      planner, plan: try planner.plan(scenario, studentParameters: studentParameters, compute: compute),
      compute: compute,
      crossovers: try planner.computeCrossovers(
        scenario, studentParameters: studentParameters, within: compute / 1000...compute * 1000))
  }

  public var scenario: Scenario { plan.scenario }
  /// Non-embedding parameters N_S of the student.
  public var studentParameters: Double { plan.studentParameters }

  /// The teachers that the budget leaves to choose from.
  public var choices: TeacherChoices { budget.choices }

  /// The teachers that another budget leaves; nil where it does not pay for the least.
  public func choices(compute: Double) -> TeacherChoices? {
    BudgetChoices(planner, scenario, studentParameters: studentParameters, compute: compute)?.choices
  }

  /// L_S of a student trained without a teacher for `compute` FLOPs; nil where that does not pay for the least.
  public func supervisedLoss(compute: Double) -> Double? {
    (try? planner.plan(.supervised, studentParameters: studentParameters, compute: compute))?.studentLoss
  }

  /// Names of what laws answer.
  public static let studentLossName = "plan: student loss"
  public static let teacherLossName = "plan: teacher loss"
  public static let studentTokensName = "plan: student tokens"
  public static let teacherParametersName = "plan: teacher parameters"
  public static let teacherTokensName = "plan: teacher tokens"
  public static let crossoverName = "crossover compute"

  /// What the planner's own law answers, by name.
  public var nominal: [String: Double] {
    var values = [Self.studentLossName: plan.studentLoss]
    if let teacher = plan.teacher {
      values[Self.teacherLossName] = teacher.loss
      for (name, value) in consequences { values[name] = value(teacher.loss) }
    }
    if let crossover { values[Self.crossoverName] = crossover.location }
    return values
  }

  /// What of a plan hangs on its teacher's loss, by name, as a function of it; what the scenario fixes is left out.
  public var consequences: [(name: String, value: @Sendable (_ teacherLoss: Double) -> Double)] {
    let budget = budget
    let all: [(name: String, value: @Sendable (Double) -> Double)] = [
      (Self.studentTokensName, { budget.studentTokens(teacherLoss: $0) }),
      (Self.teacherParametersName, { budget.teacher(of: $0).parameters }),
      (Self.teacherTokensName, { budget.teacher(of: $0).tokens }),
    ]
    let losses = budget.choices.teacherLosses
    let middle = (losses.lowerBound * losses.upperBound).squareRoot()
    return all.filter { $0.value(middle) != $0.value(losses.lowerBound) }
  }
}
