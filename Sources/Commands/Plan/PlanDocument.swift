import Allocation
import ScalingLaws

/// A plan as it is printed.
struct PlanDocument: Encodable {
  struct Teacher: Encodable {
    var name: String
    var parameters, loss: Double
    /// With the teacher's logits paid for, and with logits that cost nothing.
    var withInference, withoutInference: Student
  }

  struct Student: Encodable {
    var studentTokens, studentLoss: Double
  }

  /// The answer among the teachers that there are.
  struct Choice: Encodable {
    /// The teacher with the best student.
    var teacher: String
    /// Whether its logits are paid for, as the scenario has it; its training is done.
    var paysInference: Bool
    var studentTokens, studentLoss: Double
    /// FLOPs with which supervised training reaches `studentLoss`; nil where no number of tokens does.
    var supervisedComputeForSameLoss: Double?
    /// `distill` or `supervised`.
    var recommendation: String
  }

  let scenario: String
  /// `figures`, `printed`, or the file of the fit.
  let law: String
  let studentParameters: Double
  /// FLOPs that are spent.
  let compute: Double
  let studentTokens, studentLoss: Double
  /// Nil in a supervised plan.
  let teacherLoss, teacherParameters, teacherTokens: Double?
  /// Tokens counted (eq. 34).
  let tokens: Double
  let studentShare, logitShare, teacherShare: Double
  /// What supervised training is compared at: the same `compute`, or, where they were given, the same `tokens`.
  let comparedAt: String
  let supervisedLoss, supervisedTokens: Double
  /// FLOPs with which supervised training reaches `studentLoss`; nil where no number of tokens does.
  let supervisedComputeForSameLoss: Double?
  /// Computes at which the scenario and supervised training are equally good, within a thousandth to a thousand
  /// times this one.
  let crossoverCompute: [Double]
  /// `distill`, `supervised`, or, in a supervised plan, nil.
  let recommendation: String?
  /// Whether the law is asked about what it was not fitted on; nil where that is not known.
  let extrapolates: Bool?
  /// What lies outside.
  let reasons: [String]
  /// What else a reader should know.
  let notes: [String]
  /// The teachers that there are, the one with the best student first when its inference is paid for.
  let teachers: [Teacher]?
  /// Nil unless teachers were given.
  let choice: Choice?
  /// Whether the recommendation is the same throughout the intervals; nil where there are none.
  let isDecided: Bool?
  /// Nil unless they were asked for.
  let intervals: PlanIntervals?

  /// - Parameters:
  ///   - budget: FLOPs that may be spent; nil where the tokens were given.
  ///   - reading: the paper's law read the other way, where it is the paper's law that is planned with.
  init(
    _ plan: Plan, budget: Double?, planner: Planner, law: String, range: FittedRange?, reading: OtherReading?,
    teachers: [GivenTeacher]?, doubt: (any PlanDoubt)?
  ) throws {
    scenario = plan.scenario.rawValue
    self.law = law
    studentParameters = plan.studentParameters
    compute = plan.compute
    studentTokens = plan.studentTokens
    studentLoss = plan.studentLoss
    teacherLoss = plan.teacher?.loss
    teacherParameters = plan.teacher?.parameters
    teacherTokens = plan.teacher?.tokens
    tokens = plan.tokens
    studentShare = plan.studentCompute / plan.compute
    logitShare = plan.logitCompute / plan.compute
    teacherShare = plan.teacherCompute / plan.compute

    comparedAt = budget == nil ? "tokens" : "compute"
    let size = plan.studentParameters
    let supervised =
      if let budget {
        try planner.plan(.supervised, studentParameters: size, compute: budget)
      } else {
        try planner.plan(.supervised, studentParameters: size, studentTokens: plan.studentTokens)
      }
    supervisedLoss = supervised.studentLoss
    supervisedTokens = supervised.studentTokens
    supervisedComputeForSameLoss = try planner.leastComputePlan(
      .supervised, studentParameters: size, reaching: plan.studentLoss)?.compute
    var crossovers = [Crossover]()
    if plan.scenario == .supervised {
      recommendation = nil
    } else {
      recommendation = plan.studentLoss < supervised.studentLoss ? "distill" : "supervised"
      crossovers = try planner.computeCrossovers(
        plan.scenario, studentParameters: size, within: plan.compute / 1e3...plan.compute * 1e3)
    }
    crossoverCompute = crossovers.map(\.location)
    let found = crossovers
    intervals = try doubt.map { try $0.intervals(of: plan, budget: budget, crossovers: found) }

    isDecided = recommendation == nil ? nil : intervals?.decides(supervisedLoss: supervised.studentLoss)

    extrapolates = range.map { !$0.excursions(of: plan).isEmpty }
    reasons = range?.excursions(of: plan).map(sentence) ?? []
    notes =
      (try reading?.note(plan, budget: budget).map { [$0] } ?? [])
      + planNotes(plan, budget: budget, bounds: planner.bounds, isRangeKnown: range != nil)
      + (doubt?.notes ?? []) + (isDecided.map { [decision($0, plan)] } ?? [])
    self.teachers = try teachers.map { (teachers) throws(AllocationError) in
      try Self.ranked(teachers, planner: planner, size: size, compute: plan.compute)
    }
    choice = try self.teachers.flatMap { (ranked) throws(AllocationError) in
      try Self.choice(
        among: ranked, paysInference: plan.scenario.paysInference, supervised: supervised, planner: planner)
    }
  }

  private static func choice(
    among ranked: [Teacher], paysInference: Bool, supervised: Plan, planner: Planner
  ) throws(AllocationError) -> Choice? {
    func student(_ teacher: Teacher) -> Student { paysInference ? teacher.withInference : teacher.withoutInference }
    guard let best = ranked.min(by: { student($0).studentLoss < student($1).studentLoss }) else { return nil }
    let loss = student(best).studentLoss
    return Choice(
      teacher: best.name, paysInference: paysInference, studentTokens: student(best).studentTokens, studentLoss: loss,
      supervisedComputeForSameLoss: try planner.leastComputePlan(
        .supervised, studentParameters: supervised.studentParameters, reaching: loss)?.compute,
      recommendation: loss < supervised.studentLoss ? "distill" : "supervised")
  }

  private static func ranked(
    _ teachers: [GivenTeacher], planner: Planner, size: Double, compute: Double
  ) throws(AllocationError) -> [Teacher] {
    let paying = try planner.rank(teachers, studentParameters: size, compute: compute, payingInference: true)
    var ranked = [Teacher]()
    for entry in paying {
      let free = try planner.rank(
        [entry.teacher], studentParameters: size, compute: compute, payingInference: false)[0]
      ranked.append(
        Teacher(
          name: entry.teacher.name, parameters: entry.teacher.parameters, loss: entry.teacher.loss,
          withInference: Student(studentTokens: entry.studentTokens, studentLoss: entry.studentLoss),
          withoutInference: Student(studentTokens: free.studentTokens, studentLoss: free.studentLoss)))
    }
    return ranked
  }
}

private func sentence(_ excursion: FittedRange.Excursion) -> String {
  let (low, high) = (excursion.range.lowerBound, excursion.range.upperBound)
  switch excursion.quantity {
  case .teacherLoss:
    return "a teacher's loss of \(nats(excursion.value)) is outside \(nats(low)) to \(nats(high))"
  case .studentParameters, .teacherParameters:
    let whose = excursion.quantity == .studentParameters ? "student" : "teacher"
    return "\(count(excursion.value)) parameters of the \(whose) are outside \(count(low)) to \(count(high))"
  case .tokensPerParameter:
    return String(
      format: "%.3g tokens per parameter of the student are outside %.3g to %.3g", excursion.value, low, high)
  case .studentTokens:
    return "\(count(excursion.value)) tokens of the student are outside \(count(low)) to \(count(high))"
  }
}

private func decision(_ isDecided: Bool, _ plan: Plan) -> String {
  isDecided
    ? "the recommendation is the same throughout the interval of the student's loss"
    : "at \(flops(plan.compute)) the runs do not decide it: within its interval the student's loss is on both sides of the "
      + "supervised one's"
}

private func planNotes(_ plan: Plan, budget: Double?, bounds: PlanningBounds, isRangeKnown: Bool) -> [String] {
  var notes = [String]()
  if !isRangeKnown {
    notes.append("where the law was fitted is not known, so neither is whether this extrapolates; --runs says it")
  }
  if let budget, plan.compute < budget * (1 - 1e-6) {
    notes.append("\(flops(budget - plan.compute)) are left: the student's tokens are at their upper bound")
  }
  if budget != nil, plan.studentTokens <= bounds.studentTokens.lowerBound * (1 + 1e-9) {
    notes.append("the student's tokens are at their lower bound, \(count(bounds.studentTokens.lowerBound))")
  }
  guard let teacher = plan.teacher else { return notes }
  if teacher.tokens >= bounds.teacherTokens.upperBound, !plan.scenario.paysPretraining {
    notes.append(
      "the teacher's training costs nothing here, so it has as many tokens as the bounds allow; only its "
        + "parameters and its loss matter")
  }
  if plan.scenario == .bestCase {
    notes.append(
      "the teacher costs nothing here, so only its loss matters; its size is the one that trains to that loss "
        + "with the least compute")
  }
  let atBounds = [
    (teacher.parameters <= bounds.teacherParameters.lowerBound, "the teacher's parameters are at their lower bound"),
    (teacher.parameters >= bounds.teacherParameters.upperBound, "the teacher's parameters are at their upper bound"),
    (teacher.tokens <= bounds.teacherTokens.lowerBound, "the teacher's tokens are at their lower bound"),
    (
      teacher.tokens >= bounds.teacherTokens.upperBound && plan.scenario.paysPretraining,
      "the teacher's tokens are at their upper bound"
    ),
  ]
  notes += atBounds.filter(\.0).map(\.1)
  notes.append(
    "the law never predicts a student that beats its teacher, though measured students of weak teachers sometimes do")
  return notes
}
