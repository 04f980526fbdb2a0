import Foundation
import ScalingLaws

/// Plans under one law, family and bounds: how to spend a budget on a student of a given size.
///
/// ```swift
/// let planner = try Planner(law: .figures, family: .paper, bounds: .paper)
/// let plan = try planner.plan(.teacherInference, studentParameters: 3e9, compute: 1e21)
/// ```
///
/// Every plan is the global optimum within the bounds, see ``certainty``; it is found the same way, to
/// the last digit, every time. No plan has a loss above ``greatestLoss``, whatever the bounds.
public struct Planner: Sendable {
  /// Nats by which an allocation could be better than a plan, unless a caller asks for less; `TeacherSearch` proves it.
  public static let certainty = 1e-5

  public let law: DistillationLaw
  public let family: ModelFamily
  public let bounds: PlanningBounds
  /// The teachers of least training compute, and those that are cheapest to run: the same for every student.
  let leastTraining, mostTokens: TeacherPath

  /// - Parameter greatestLoss: the logarithm of the family's vocabulary unless given.
  /// - Throws: ``AllocationError`` where a coefficient has a sign that no scaling law has, or a bound is not
  ///   positive and finite.
  public init(
    law: DistillationLaw, family: ModelFamily, bounds: PlanningBounds, greatestLoss: Double? = nil
  ) throws(AllocationError) {
    self.greatestLoss = greatestLoss ?? family.uninformedLoss
    try law.checkForPlanning()
    let ranges = [
      ("the student's tokens", bounds.studentTokens), ("the teacher's parameters", bounds.teacherParameters),
      ("the teacher's tokens", bounds.teacherTokens),
    ]
    for (name, range) in ranges where !(range.lowerBound > 0 && range.upperBound.isFinite) {
      throw .unusableBounds(name)
    }
    self.law = law
    self.family = family
    self.bounds = bounds
    leastTraining = TeacherPath(.leastTraining, supervised: law.supervised, family: family, bounds: bounds)
    mostTokens = TeacherPath(.mostTokens, supervised: law.supervised, family: family, bounds: bounds)
  }

  /// The loss of a model that knows nothing and gives every token the same probability: the logarithm of the
  /// vocabulary, in nats per token.
  ///
  /// A law that is asked far beyond its runs gives more than that, which no training does. Such an answer is no plan:
  /// the budget is too small for one. It is enough to hold the student to this, for the law gives no student that is
  /// better than its teacher.
  public let greatestLoss: Double

  /// Whether `loss` is one that a model can have, to the accuracy of a search for the limit.
  func isPossible(_ loss: Double) -> Bool { loss <= greatestLoss * (1 + 1e-9) }

  /// The law at one student size.
  func student(_ parameters: Double) throws(AllocationError) -> StudentLaw {
    try positive("the student's parameters", parameters)
    return StudentLaw(law, family: family, parameters: parameters)
  }

  /// The allocation with the least L_S (eq. 10) that costs at most `compute` FLOPs.
  ///
  /// The loss falls with D_S, so that all of `compute` is spent, unless D_S meets its upper bound. In the
  /// best case L_S fixes L_T alone; the teacher is then the one that reaches it with the least supervised
  /// compute. Without a teacher, D_S = C / 3F(N_S).
  /// - Parameter certainty: nats by which an allocation may be better: with more, the proof that none is takes less time.
  /// - Throws: ``AllocationError`` where `compute` does not pay for the least that the bounds allow, or for a student
  ///   with a loss of at most ``greatestLoss``.
  public func plan(
    _ scenario: Scenario, studentParameters: Double, compute: Double, certainty: Double = Self.certainty
  ) throws(AllocationError) -> Plan {
    try positive("the compute", compute)
    let student = try student(studentParameters)
    guard let plan = best(scenario, student: student, compute: compute, certainty: certainty) else {
      throw .budgetTooSmall(compute: compute, least: boundsCompute(scenario, student: student))
    }
    guard isPossible(plan.studentLoss) else {
      throw .budgetTeachesNothing(compute: compute, least: try leastCompute(scenario, student: student))
    }
    return plan
  }

  /// The best that `compute` buys by the law, even where no model can have its loss; nil where it does not pay for the
  /// least that the bounds allow.
  /// - Parameter certainty: see `TeacherSearch.minimum(certainty:)`.
  func best(
    _ scenario: Scenario, student: StudentLaw, compute: Double, certainty: Double = Self.certainty
  ) -> Plan? {
    guard let path = path(scenario, trainingFLOPs: student.trainingFLOPs, compute: compute) else {
      let tokens = compute / student.trainingFLOPs
      guard tokens >= bounds.studentTokens.lowerBound * (1 - 1e-12) else { return nil }
      return supervisedPlan(student: student, tokens: min(tokens, bounds.studentTokens.upperBound))
    }
    let prices = Prices.compute(scenario, trainingFLOPs: student.trainingFLOPs)
    let search = TeacherSearch(
      student: student, path: path, prices: prices, amount: compute, tokenBounds: bounds.studentTokens)
    guard let best = search.minimum(certainty: certainty) else { return nil }
    return plan(
      scenario, student: student, tokens: best.studentTokens, teacher: best.teacher, loss: best.loss)
  }

  /// The teachers that can be best for a student whose training costs `trainingFLOPs` a token; nil where the scenario
  /// has none.
  func path(_ scenario: Scenario, trainingFLOPs: Double, compute: Double) -> TeacherPath? {
    switch scenario {
    case .supervised: nil
    case .bestCase, .teacherPretraining: leastTraining
    case .teacherInference: mostTokens
    case .teacherPretrainingAndInference:
      TeacherPath(
        .balanced(compute: compute, studentToken: trainingFLOPs), supervised: law.supervised, family: family,
        bounds: bounds)
    }
  }

  func plan(
    _ scenario: Scenario, student: StudentLaw, tokens: Double, teacher: TeacherPoint, loss: Double
  ) -> Plan {
    Plan(
      scenario: scenario, studentParameters: student.parameters, studentTokens: tokens, studentLoss: loss,
      teacher: PlannedTeacher(loss: teacher.loss, parameters: teacher.parameters, tokens: teacher.tokens),
      studentCompute: student.trainingFLOPs * tokens,
      logitCompute: scenario.paysInference ? teacher.forwardFLOPs * tokens : 0,
      teacherCompute: scenario.paysPretraining ? 3 * teacher.forwardFLOPs * teacher.tokens : 0)
  }

  func supervisedPlan(student: StudentLaw, tokens: Double) -> Plan {
    Plan(
      scenario: .supervised, studentParameters: student.parameters, studentTokens: tokens,
      studentLoss: student.supervisedLoss(tokens: tokens), teacher: nil,
      studentCompute: student.trainingFLOPs * tokens, logitCompute: 0, teacherCompute: 0)
  }

  /// The least FLOPs that have a plan: what the least D_S and the cheapest teacher within the bounds cost, or, where
  /// the student would then be worse than ``greatestLoss``, what brings it there; infinite where nothing does.
  public func leastCompute(_ scenario: Scenario, studentParameters: Double) throws(AllocationError) -> Double {
    try leastCompute(scenario, student: try student(studentParameters))
  }

  func leastCompute(_ scenario: Scenario, student: StudentLaw) throws(AllocationError) -> Double {
    let least = boundsCompute(scenario, student: student)
    if let plan = best(scenario, student: student, compute: least), isPossible(plan.studentLoss) { return least }
    return try leastComputePlan(
      scenario, studentParameters: student.parameters, reaching: greatestLoss)?.compute ?? .infinity
  }

  /// FLOPs that the least D_S and the cheapest teacher within the bounds cost.
  func boundsCompute(_ scenario: Scenario, student: StudentLaw) -> Double {
    cost(
      scenario, student: student, studentTokens: bounds.studentTokens.lowerBound,
      teacherParameters: bounds.teacherParameters.lowerBound, teacherTokens: bounds.teacherTokens.lowerBound)
  }

  /// FLOPs (eq. 9).
  func cost(
    _ scenario: Scenario, student: StudentLaw, studentTokens: Double, teacherParameters: Double,
    teacherTokens: Double
  ) -> Double {
    let logits = scenario.paysInference ? studentTokens : 0
    let training = scenario.paysPretraining ? 3 * teacherTokens : 0
    return student.trainingFLOPs * studentTokens
      + family.forwardFLOPs(parameters: teacherParameters) * (logits + training)
  }
}

func positive(_ name: String, _ value: Double) throws(AllocationError) {
  guard value > 0, value.isFinite else { throw .notPositive(name, value) }
}
