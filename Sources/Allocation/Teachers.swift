import Foundation
import ScalingLaws

/// A teacher that is there already.
public struct GivenTeacher: Sendable, Hashable {
  public var name: String
  /// Non-embedding parameters N_T.
  public var parameters: Double
  /// Cross-entropy L_T in nats per token.
  public var loss: Double

  public init(name: String, parameters: Double, loss: Double) {
    self.name = name
    self.parameters = parameters
    self.loss = loss
  }
}

/// What a student gets from a given teacher on a budget.
public struct RankedTeacher: Sendable, Hashable {
  public var teacher: GivenTeacher
  /// Tokens D_S that the budget pays for.
  public var studentTokens: Double
  /// L_S in nats per token.
  public var studentLoss: Double
}

extension Planner {
  /// Given teachers, the one with the best student first, when `compute` FLOPs pay for the student's training
  /// and, if `payingInference`, for the teacher's logits: D_S = C / (3 F(N_S) + delta_T^Lgt F(N_T)) (eq. 27).
  ///
  /// D_S is not held to the bounds. Teachers with equal students stay in the order given.
  public func rank(
    _ teachers: [GivenTeacher], studentParameters: Double, compute: Double, payingInference: Bool
  ) throws(AllocationError) -> [RankedTeacher] {
    guard !teachers.isEmpty else { throw .noTeachers }
    try positive("the compute", compute)
    let student = try student(studentParameters)
    var ranked = [RankedTeacher]()
    for teacher in teachers {
      try positive("the parameters of teacher \(teacher.name)", teacher.parameters)
      try positive("the loss of teacher \(teacher.name)", teacher.loss)
      let logits = payingInference ? family.forwardFLOPs(parameters: teacher.parameters) : 0
      let tokens = compute / (student.trainingFLOPs + logits)
      let loss = student.loss(tokens: tokens, teacherLoss: teacher.loss, logTeacherLoss: log(teacher.loss)).loss
      ranked.append(RankedTeacher(teacher: teacher, studentTokens: tokens, studentLoss: loss))
    }
    // Swift's sort is stable.
    return ranked.sorted { $0.studentLoss < $1.studentLoss }
  }

  /// The best plan for a student that is distilled on `studentTokens` = D_S tokens, whatever it costs: the teacher
  /// has the best loss L_T*(N_S, D_S), and is, of those with this loss, the one that costs least in the scenario.
  ///
  /// In the best case, where a teacher costs nothing, it is the one of least training compute.
  /// - Throws: ``AllocationError`` where the student would be worse than ``greatestLoss``.
  public func plan(
    _ scenario: Scenario, studentParameters: Double, studentTokens: Double
  ) throws(AllocationError) -> Plan {
    let best = try best(scenario, studentParameters: studentParameters, studentTokens: studentTokens)
    guard isPossible(best.studentLoss) else {
      throw .tokensTooFew(studentTokens, loss: best.studentLoss, greatest: greatestLoss)
    }
    return best
  }

  /// As ``plan(_:studentParameters:studentTokens:)``, even where no model can have the loss.
  private func best(
    _ scenario: Scenario, studentParameters: Double, studentTokens: Double
  ) throws(AllocationError) -> Plan {
    try positive("the student's tokens", studentTokens)
    let student = try student(studentParameters)
    guard scenario != .supervised else { return supervisedPlan(student: student, tokens: studentTokens) }
    let search = TeacherSearch(
      student: student, path: leastTraining, prices: .tokens(.bestCase), amount: studentTokens,
      tokenBounds: studentTokens...studentTokens)
    guard let best = search.minimum() else { throw .notPositive("the student's tokens", studentTokens) }
    let teacher: TeacherPoint
    switch scenario {
    case .supervised, .bestCase, .teacherPretraining: teacher = best.teacher
    case .teacherInference: teacher = cheapestTeacher(best.teacher.loss, logitTokens: studentTokens, training: 0)
    case .teacherPretrainingAndInference:
      teacher = cheapestTeacher(best.teacher.loss, logitTokens: studentTokens, training: 3)
    }
    return plan(scenario, student: student, tokens: studentTokens, teacher: teacher, loss: best.loss)
  }

  /// The teacher loss L_T*(N_S, D_S) that makes the best student, within the bounds, and the student's loss.
  public func bestTeacher(
    studentParameters: Double, studentTokens: Double
  ) throws(AllocationError) -> (teacherLoss: Double, studentLoss: Double) {
    let plan = try best(.bestCase, studentParameters: studentParameters, studentTokens: studentTokens)
    return (plan.teacher?.loss ?? .nan, plan.studentLoss)
  }

  /// The teacher of a loss within the bounds' reach that costs the least F(N_T) (logitTokens + training D_T).
  ///
  /// The logarithm of this cost is convex in A / N_T^alpha (see ``TeacherPath``), so it has one valley.
  private func cheapestTeacher(_ loss: Double, logitTokens: Double, training: Double) -> TeacherPoint {
    let supervised = law.supervised
    let sum = pow(loss - supervised.irreducibleLoss, 1 / supervised.gamma)
    let sizes = bounds.teacherParameters
    /// N_T that reaches the loss with `tokens`, within the bounds.
    func parameters(tokens: Double) -> Double {
      let rest = sum - supervised.tokenCoefficient * pow(tokens, -supervised.beta)
      guard rest > 0 else { return sizes.upperBound }
      let parameters = pow(supervised.parameterCoefficient / rest, 1 / supervised.alpha)
      return min(max(parameters, sizes.lowerBound), sizes.upperBound)
    }
    /// D_T with which `parameters` reach the loss, within the bounds.
    func tokens(parameters: Double) -> Double {
      let rest = sum - supervised.parameterCoefficient * pow(parameters, -supervised.alpha)
      guard rest > 0 else { return bounds.teacherTokens.upperBound }
      let tokens = pow(supervised.tokenCoefficient / rest, 1 / supervised.beta)
      return min(max(tokens, bounds.teacherTokens.lowerBound), bounds.teacherTokens.upperBound)
    }
    func cost(_ logParameters: Double) -> Double {
      let parameters = exp(logParameters)
      return log(family.forwardFLOPs(parameters: parameters))
        + log(logitTokens + training * tokens(parameters: parameters))
    }
    let low = log(parameters(tokens: bounds.teacherTokens.upperBound))
    let high = max(low, log(parameters(tokens: bounds.teacherTokens.lowerBound)))
    let inside = brentMinimum(from: low, to: high, cost).x
    let best = [low, inside, high].min { cost($0) < cost($1) } ?? low
    let chosen = min(max(exp(best), sizes.lowerBound), sizes.upperBound)
    return TeacherPoint(
      parameters: chosen, tokens: tokens(parameters: chosen), forwardFLOPs: family.forwardFLOPs(parameters: chosen),
      loss: loss, logLoss: log(loss))
  }
}
