import Allocation
import Foundation
import ScalingLaws

/// The paper's claims about compute-optimal distillation, by plans under its printed laws: at its eight student
/// sizes, from 1e19 to 1e26 FLOPs.
struct PlanningClaims {
  let planner: Planner
  private let sizes = PlanningScale.paper.studentParameters
  /// Two a decade.
  private let budgets = (38...52).map { pow(10, Double($0) / 2) }

  init(law: DistillationLaw) throws(AllocationError) {
    planner = try Planner(law: law, family: .paper, bounds: .paper)
  }

  func claims() throws(AllocationError) -> [Claim] {
    [
      try paidTeachers(), try crossovers(), try constantRatio(), try overtrainedTeachers(), try computeRatio(),
      try tokenRatio(),
    ] + (try allocationTrends())
  }

  /// Every plan of a scenario at the sizes and budgets; a budget that is too small for a size has none.
  private func plans(_ scenario: Scenario) throws(AllocationError) -> [Plan] {
    var plans = [Plan]()
    for size in sizes {
      let least = try planner.leastCompute(scenario, studentParameters: size)
      for budget in budgets where budget > least {
        plans.append(try planner.plan(scenario, studentParameters: size, compute: budget))
      }
    }
    return plans
  }

  private func paidTeachers() throws(AllocationError) -> Claim {
    /// Plans with a paid teacher, how many of them are better than supervised training, and by how much.
    struct Tally {
      var plans = 0, better = 0, most = 0.0
      mutating func add(_ gain: Double) {
        plans += 1
        if gain > 0 { better += 1 }
        most = max(most, gain)
      }
      var text: String { String(format: "%d of %d plans, by at most %.4f nats", better, plans, most) }
    }
    var short = Tally(), long = Tally()
    for scenario in [Scenario.teacherPretraining, .teacherPretrainingAndInference] {
      for plan in try plans(scenario) {
        let alone = try planner.plan(.supervised, studentParameters: plan.studentParameters, compute: plan.compute)
        let gain = alone.studentLoss - plan.studentLoss
        if alone.studentTokens < 20 * alone.studentParameters { short.add(gain) } else { long.add(gain) }
      }
    }
    return Claim(
      place: "5.3, D.4.2, figs. 8 and 17",
      claim: "Where the teacher's training is paid for, supervised training is never worse at equal compute.",
      finding: "Distillation is better in \(long.text), where the compute trains a supervised student on 20 tokens per "
        + "parameter or more, and in \(short.text), where it does not.",
      isBornOut: short.better + long.better == 0)
  }

  private func crossovers() throws(AllocationError) -> Claim {
    var parts = [String](), grows = true
    for scenario in [Scenario.bestCase, .teacherInference] {
      var computes = [Double?]()
      for size in sizes {
        computes.append(
          try planner.computeCrossovers(scenario, studentParameters: size, within: 1e19...1e30)
            .last { $0.supervisedIsBetterAbove }?.location)
      }
      let found = computes.compactMap { $0 }
      let rises = zip(found, found.dropFirst()).allSatisfy { $0 < $1 }
      grows = grows && rises && found.count == sizes.count
      parts.append(
        scenario.rawValue + ": "
          + zip(sizes, computes).map { size, compute in
            "\(abbreviated(size)) " + (compute.map { String(format: "%.1e", $0) } ?? "never")
          }.joined(separator: ", "))
    }
    return Claim(
      place: "5.3, D.4.2, figs. 8 and 17",
      claim: "Supervised training catches up with distillation at a compute that grows with the student.",
      finding: "Supervised training is better from these computes on, up to 1e30 FLOPs: \(parts.joined(separator: "; ")).",
      isBornOut: grows)
  }

  private func constantRatio() throws(AllocationError) -> Claim {
    var worst = (size: Double.nan, low: Double.nan, high: Double.nan)
    var widest = 0.0
    let all = try plans(.teacherPretraining)
    for size in sizes {
      let ratios = all.filter { $0.studentParameters == size && $0.compute >= 1e20 }
        .compactMap { $0.teacher.map { $0.tokens / $0.parameters } }
      guard let low = ratios.min(), let high = ratios.max() else { continue }
      if high / low > widest {
        widest = high / low
        worst = (size, low, high)
      }
    }
    return Claim(
      place: "D.4.5, fig. 25",
      claim: "Where only the teacher's training is paid for, its tokens per parameter are the same at every compute.",
      finding: String(
        format: "From 1e20 to 1e26 FLOPs they lie between %.1f and %.1f for the \(abbreviated(worst.size)) student, "
          + "where they change most, by a factor of %.2f.", worst.low, worst.high, widest),
      isBornOut: widest > 0 && widest < 1.25)
  }

  private func overtrainedTeachers() throws(AllocationError) -> Claim {
    let bound = planner.bounds.teacherTokens.upperBound
    let tokens = try plans(.teacherInference).compactMap { $0.teacher?.tokens }
    let there = tokens.count { $0 > bound * (1 - 1e-9) }
    return Claim(
      place: "D.4.4, fig. 22",
      claim: "Where only the teacher's logits are paid for, its tokens are as many as the bounds allow.",
      finding: String(format: "They are at the bound of %.0e in %d of %d plans.", bound, there, tokens.count),
      isBornOut: there == tokens.count && !tokens.isEmpty)
  }

  /// The paper's two examples, with what it gives for compute and for tokens.
  private static let examples = [
    (size: 500e6, loss: 2.4, compute: 0.75, tokens: 2.0 / 3), (size: 10e9, loss: 2.2, compute: 0.5, tokens: 0.5),
  ]

  private func computeRatio() throws(AllocationError) -> Claim {
    try ratio(
      "compute", "three quarters of the compute of supervised training, a 10B student at 2.2 half", \.compute
    ) { $0.compute }
  }

  private func tokenRatio() throws(AllocationError) -> Claim {
    try ratio(
      "tokens", "two thirds of the tokens of supervised training, a 10B student at 2.2 half", \.tokens
    ) { $0.tokens }
  }

  private func ratio(
    _ what: String, _ words: String,
    _ printed: ((size: Double, loss: Double, compute: Double, tokens: Double)) -> Double, _ value: (Plan) -> Double
  ) throws(AllocationError) -> Claim {
    var parts = [String](), isBornOut = true
    for example in Self.examples {
      let alone = try planner.leastComputePlan(
        .supervised, studentParameters: example.size, reaching: example.loss)
      var ratios = [(scenario: Scenario, ratio: Double?)](), fewest = Double.nan
      for scenario in Scenario.distillations {
        let plan = try planner.leastComputePlan(scenario, studentParameters: example.size, reaching: example.loss)
        if scenario == .bestCase { fewest = plan?.studentTokens ?? .nan }
        ratios.append((scenario, plan.flatMap { plan in alone.map { value(plan) / value($0) } }))
      }
      let found = ratios.first { $0.scenario == .teacherPretrainingAndInference }?.ratio ?? .nan
      // "Roughly": to a fifth.
      if !(abs(found / printed(example) - 1) < 0.2) { isBornOut = false }
      parts.append(
        "\(abbreviated(example.size)) at \(example.loss): "
          + ratios.map { entry in
            "\(entry.scenario.rawValue) " + (entry.ratio.map { String(format: "%.2g", $0) } ?? "none")
          }.joined(separator: ", ") + String(format: " (best case on %.1e tokens)", fewest))
    }
    return Claim(
      place: "D.5, figs. 33 and 34",
      claim: "With the teacher's training and logits paid for, a 500M student at 2.4 nats takes \(words).",
      finding: "Distillation over supervised \(what): \(parts.joined(separator: "; ")).", isBornOut: isBornOut)
  }

  // MARK: Table 3

  private struct Shares {
    var student, logits, teacher: Double
  }

  private struct Trend {
    var students: String
    var sizes: [Double]
    var computes: String
    var budget: Double
    var words: String
    var holds: @Sendable (Shares) -> Bool
  }

  private static let small = [300e6, 1e9, 3e9], large = [10e9, 30e9, 50e9]

  /// "Mostly" is more than half, "alike" a fifth apart, "much less" less than half.
  private static let trends = [
    Trend(
      students: "up to 3B", sizes: small, computes: "little compute (1e21)", budget: 1e21,
      words: "mostly teacher pretraining", holds: { $0.teacher > 0.5 }),
    Trend(
      students: "up to 3B", sizes: small, computes: "much compute (1e25)", budget: 1e25,
      words: "student training and logits alike, much less teacher pretraining",
      holds: { abs($0.student - $0.logits) < 0.2 && $0.teacher < min($0.student, $0.logits) / 2 }),
    Trend(
      students: "of 10B and more", sizes: large, computes: "little compute (1e21)", budget: 1e21,
      words: "mostly student training", holds: { $0.student > 0.5 }),
    Trend(
      students: "of 10B and more", sizes: large, computes: "much compute (1e25)", budget: 1e25,
      words: "student training, logits and teacher pretraining alike",
      holds: { max($0.student, $0.logits, $0.teacher) - min($0.student, $0.logits, $0.teacher) < 0.2 }),
  ]

  private func allocationTrends() throws(AllocationError) -> [Claim] {
    var claims = [Claim]()
    for trend in Self.trends {
      var parts = [String](), holds = true
      for size in trend.sizes {
        let plan = try planner.plan(
          .teacherPretrainingAndInference, studentParameters: size, compute: trend.budget)
        let shares = Shares(
          student: plan.studentCompute / plan.compute, logits: plan.logitCompute / plan.compute,
          teacher: plan.teacherCompute / plan.compute)
        holds = holds && trend.holds(shares)
        parts.append(
          String(
            format: "\(abbreviated(size)) %.0f, %.0f and %.0f%%", 100 * shares.student, 100 * shares.logits,
            100 * shares.teacher))
      }
      claims.append(
        Claim(
          place: "table 3", claim: "Students \(trend.students) with \(trend.computes): \(trend.words).",
          finding: "Shares of student training, logits and teacher pretraining: \(parts.joined(separator: "; ")).",
          isBornOut: holds))
    }
    return claims
  }
}

/// A number of parameters as the paper names it: 546M, 1.82B.
func abbreviated(_ parameters: Double) -> String {
  parameters < 999.5e6 ? String(format: "%.3gM", parameters / 1e6) : String(format: "%.3gB", parameters / 1e9)
}
