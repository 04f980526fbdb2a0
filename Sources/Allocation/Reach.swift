import Foundation
import ScalingLaws

extension Planner {
  /// The plan of least compute whose student reaches `studentLoss` in nats per token, or ``greatestLoss`` where that
  /// is less; nil where no plan within the bounds does.
  ///
  /// More compute never makes the best student worse, for it buys every teacher more D_S; so it is the compute
  /// at which the optimum's L_S comes down to `studentLoss`, found to a part in 1e10. Where even the least that
  /// the bounds allow is good enough, it is that.
  /// - Parameter near: a compute that is about right, to begin there.
  public func leastComputePlan(
    _ scenario: Scenario, studentParameters: Double, reaching studentLoss: Double, near: Double? = nil
  ) throws(AllocationError) -> Plan? {
    try positive("the student's loss", studentLoss)
    let goal = min(studentLoss, greatestLoss)
    let student = try student(studentParameters)
    guard scenario != .supervised else {
      guard let tokens = supervisedTokens(student, reaching: goal) else { return nil }
      return supervisedPlan(student: student, tokens: tokens)
    }
    let least = boundsCompute(scenario, student: student)
    let most = cost(
      scenario, student: student, studentTokens: bounds.studentTokens.upperBound,
      teacherParameters: bounds.teacherParameters.upperBound, teacherTokens: bounds.teacherTokens.upperBound)
    func loss(_ logCompute: Double, certainty: Double) -> Double {
      best(scenario, student: student, compute: max(exp(logCompute), least), certainty: certainty)?.studentLoss
        ?? .infinity
    }
    let logCompute = try crossing(from: log(least), through: log(most), near: near, goal, loss)
    guard let logCompute else { return nil }
    return best(scenario, student: student, compute: max(exp(logCompute), least))
  }

  /// The least tokens D_S + delta_T^Pre D_T (eq. 34) with which a student reaches `studentLoss`, whatever
  /// they cost; nil where no number within the bounds does.
  ///
  /// Compute being no object, a teacher that has to be trained is as large as the bounds allow. For the tokens
  /// of the plan of least compute, see ``Plan/tokens``.
  /// - Parameter near: a number that is about right, to begin there.
  public func leastTokens(
    _ scenario: Scenario, studentParameters: Double, reaching studentLoss: Double, near: Double? = nil
  ) throws(AllocationError) -> Double? {
    try positive("the student's loss", studentLoss)
    let goal = min(studentLoss, greatestLoss)
    let student = try student(studentParameters)
    guard scenario != .supervised else { return supervisedTokens(student, reaching: goal) }
    let prices = Prices.tokens(scenario)
    let path =
      scenario.paysPretraining
      ? TeacherPath(.mostParameters, supervised: law.supervised, family: family, bounds: bounds) : leastTraining
    let least = bounds.studentTokens.lowerBound + prices.training * bounds.teacherTokens.lowerBound
    let most = bounds.studentTokens.upperBound + prices.training * bounds.teacherTokens.upperBound
    func loss(_ logTokens: Double, certainty: Double) throws(AllocationError) -> Double {
      let search = TeacherSearch(
        student: student, path: path, prices: prices, amount: max(exp(logTokens), least),
        tokenBounds: bounds.studentTokens)
      return search.minimum(certainty: certainty)?.loss ?? .infinity
    }
    return try crossing(from: log(least), through: log(most), near: near, goal, loss).map { exp($0) }
  }

  private func supervisedTokens(_ student: StudentLaw, reaching loss: Double) -> Double? {
    guard let tokens = student.supervisedTokens(reaching: loss), tokens <= bounds.studentTokens.upperBound
    else { return nil }
    return max(tokens, bounds.studentTokens.lowerBound)
  }

  /// The least x, the logarithm of what is spent, at which `loss` comes down to `goal`; nil where it stays above.
  ///
  /// The search goes without the proof that every loss on its way is the least, which could only make it end too
  /// high; so the proof is asked for at its end, and where it fails, the search is done again with it.
  private func crossing(
    from low: Double, through high: Double, near: Double?, _ goal: Double,
    _ loss: (_ x: Double, _ certainty: Double) throws(AllocationError) -> Double
  ) throws(AllocationError) -> Double? {
    let begin = near.map { log($0) }
    let quick = try firstBelow(from: low, through: high, near: begin) { (x) throws(AllocationError) in
      try loss(x, .infinity) - goal
    }
    let excess = try loss(quick ?? high, Self.certainty) - goal
    guard quick != low, (quick == nil ? excess <= 0 : excess < -1e-10) else { return quick }
    return try firstBelow(from: low, through: high, near: begin) { (x) throws(AllocationError) in
      try loss(x, Self.certainty) - goal
    }
  }

  /// The least x at which `excess`, which never rises, comes down to 0; nil where it is above 0 up to `high`.
  private func firstBelow(
    from low: Double, through high: Double, near: Double?, _ excess: (Double) throws(AllocationError) -> Double
  ) throws(AllocationError) -> Double? {
    var (a, b) = (min(max(near ?? low, low), high), high)
    var fa = try excess(a)
    var fb: Double
    if fa <= 0 {
      (b, fb) = (a, fa)
      var step = 0.25
      repeat {
        guard b > low else { return low }
        a = max(low, b - step)
        fa = try excess(a)
        if fa <= 0 { (b, fb) = (a, fa) }
        step *= 2
      } while fa <= 0
    } else {
      var step = near == nil ? 4 : 0.25
      repeat {
        guard a < high else { return nil }
        b = min(high, a + step)
        fb = try excess(b)
        if fb > 0 { (a, fa) = (b, fb) }
        step *= 2
      } while fb > 0
    }
    return try signChange(from: a, to: b, atLow: fa, atHigh: fb, tolerance: 1e-11, excess)
  }
}
