import Allocation
import Foundation
import ScalingLaws
import Statistics

/// The paper's claims about compute-optimal distillation, by plans under one law: at its eight student sizes, from
/// 1e20 to 1e26 FLOPs, which are its figures' budgets. Here those about losses and sizes.
struct PlanningClaims {
  let planner: Planner
  static let sizes = PlanningScale.paper.studentParameters
  /// The sizes of figures 8 and 9.
  static let fourSizes = [300e6, 1e9, 3e9, 10e9]
  /// Two a decade.
  static let budgets = (40...52).map { pow(10, Double($0) / 2) }
  /// Every scenario's plans by size and budget.
  private let table: [Scenario: [[Plan]]]

  init(law: DistillationLaw) throws(AllocationError) {
    planner = try Planner(law: law, family: .paper, bounds: .paper)
    var table = [Scenario: [[Plan]]]()
    for scenario in Scenario.allCases {
      var rows = [[Plan]]()
      for size in Self.sizes {
        var row = [Plan]()
        for budget in Self.budgets {
          row.append(try planner.plan(scenario, studentParameters: size, compute: budget))
        }
        rows.append(row)
      }
      table[scenario] = rows
    }
    self.table = table
  }

  func claims() throws(AllocationError) -> [LawClaim] {
    [
      paidTeachers(Self.fourSizes, "fig. 8"), paidTeachers(Self.sizes, "fig. 17"), littleCompute, try matching(),
      teacherLosses, fasterTokens, constantRatio, overtrainedTeachers,
    ] + shareClaims() + (try efficiencyClaims())
  }

  /// The plans of one scenario and size, by budget.
  func plans(_ scenario: Scenario, _ size: Double) -> [Plan] {
    guard let index = Self.sizes.firstIndex(of: size) else { return [] }
    return table[scenario]?[index] ?? []
  }

  /// How much better a scenario's students are than supervised ones, by budget, in nats.
  func gains(_ scenario: Scenario, _ size: Double) -> [Double] {
    zip(plans(.supervised, size), plans(scenario, size)).map { $0.studentLoss - $1.studentLoss }
  }

  // MARK: Losses

  private func paidTeachers(_ sizes: [Double], _ figure: String) -> LawClaim {
    var all = 0, better = 0, most = (gain: -Double.infinity, size: 0.0, budget: 0.0)
    for scenario in [Scenario.teacherPretraining, .teacherPretrainingAndInference] {
      for size in sizes {
        for (gain, budget) in zip(gains(scenario, size), Self.budgets) {
          all += 1
          if gain > Wording.match { better += 1 }
          if gain > most.gain { most = (gain, size, budget) }
        }
      }
    }
    return LawClaim(
      place: "5.3, D.4.2, \(figure)",
      claim: "Where the teacher's training is paid for, supervised training is never worse at equal compute: "
        + "\(sizes.count == 4 ? "four" : "eight") sizes.",
      finding: String(
        format: "Distillation is better by more than %.2f nats in %d of %d plans; by %.3f at most, for %@ at %.1e FLOPs.",
        Wording.match, better, all, most.gain, abbreviated(most.size), most.budget),
      isSupported: better == 0)
  }

  private var littleCompute: LawClaim {
    let gains = Self.sizes.flatMap { size in
      [Scenario.bestCase, .teacherInference].map { self.gains($0, size)[0] }
    }
    return LawClaim(
      place: "D.4.2, fig. 17",
      claim:
        "With little compute distillation is better than supervised training, in the best case and with teacher inference.",
      finding: String(
        format: "At 1e20 FLOPs by %.3f to %.3f nats.", gains.min() ?? .nan, gains.max() ?? .nan),
      isSupported: gains.allSatisfy { $0 > Wording.match })
  }

  /// The least compute from which on, up to 1e30, a scenario is nowhere better than supervised training by more than
  /// ``Wording/match``.
  private func matchingCompute(_ scenario: Scenario, _ size: Double) throws(AllocationError) -> Double? {
    func gain(_ logCompute: Double) throws(AllocationError) -> Double {
      let compute = pow(10, logCompute)
      return try planner.plan(.supervised, studentParameters: size, compute: compute).studentLoss
        - planner.plan(scenario, studentParameters: size, compute: compute).studentLoss
    }
    var last: Double?
    for step in 0...80 {
      let place = 20 + Double(step) / 8
      if try gain(place) > Wording.match { last = place }
    }
    guard let last else { return 1e20 }
    guard last < 30 else { return nil }
    let turn = try bisection(from: last, to: last + 1.0 / 8, steps: 20) { place throws(AllocationError) in
      !(try gain(place) > Wording.match)
    }
    return pow(10, turn.high)
  }

  private func matching() throws(AllocationError) -> LawClaim {
    var parts = [String](), grows = true
    for scenario in [Scenario.bestCase, .teacherInference] {
      var computes = [Double?]()
      for size in Self.sizes { computes.append(try matchingCompute(scenario, size)) }
      let found = computes.compactMap { $0 }
      grows = grows && found.count == Self.sizes.count && Wording.grows(found)
      parts.append(
        scenario.rawValue + ": "
          + zip(Self.sizes, computes).map { size, compute in
            "\(abbreviated(size)) " + (compute.map { String(format: "%.1e", $0) } ?? "never")
          }.joined(separator: ", "))
    }
    return LawClaim(
      place: "5.3, D.4.2, figs. 8 and 17",
      claim: "Supervised training matches distillation at a compute that grows with the student.",
      finding: String(format: "It is within %.2f nats, or better, from these computes on: ", Wording.match)
        + parts.joined(separator: "; ") + ".",
      isSupported: grows)
  }

  private var teacherLosses: LawClaim {
    let scenarios = [Scenario.teacherInference, .teacherPretraining, .teacherPretrainingAndInference]
    let curves = scenarios.flatMap { scenario in
      Self.sizes.map { size in plans(scenario, size).compactMap { $0.teacher?.loss } }
    }
    let falling = curves.count { Wording.neverRises($0, by: Wording.match) }
    let best = Self.sizes.count { size in
      Wording.neverRises(plans(.bestCase, size).compactMap { $0.teacher?.loss }, by: Wording.match)
    }
    return LawClaim(
      place: "D.4.2, fig. 18",
      claim: "The best teacher's loss falls with compute, but for the best case at little compute and large students.",
      finding: "L_T* falls in \(falling) of \(curves.count) curves of the other scenarios, and in \(best) of "
        + "\(Self.sizes.count) of the best case.",
      isSupported: falling == curves.count)
  }

  // MARK: Sizes and tokens

  private var fasterTokens: LawClaim {
    let decades = log10((Self.budgets.last ?? 1) / (Self.budgets.first ?? 1))
    let slopes = Self.fourSizes.map { size -> (student: Double, teacher: Double) in
      let plans = plans(.teacherPretrainingAndInference, size)
      func slope(_ value: (Plan) -> Double?) -> Double {
        guard let first = plans.first.flatMap(value), let last = plans.last.flatMap(value) else { return .nan }
        return log10(last / first) / decades
      }
      return (slope(\.studentTokens), slope { $0.teacher?.tokens })
    }
    let list = zip(Self.fourSizes, slopes).map { size, slope in
      String(format: "\(abbreviated(size)) %.2f and %.2f", slope.student, slope.teacher)
    }.joined(separator: ", ")
    return LawClaim(
      place: "5.3, fig. 9", claim: "The student's tokens grow faster with compute than the teacher's.",
      finding: "Exponents of D_S* and D_T* from 1e20 to 1e26 FLOPs: \(list).",
      isSupported: slopes.allSatisfy { $0.student > $0.teacher })
  }

  private var constantRatio: LawClaim {
    var worst = (size: Double.nan, low: Double.nan, high: Double.nan)
    var widest = 0.0
    for size in Self.sizes {
      let ratios = plans(.teacherPretraining, size).compactMap { $0.teacher.map { $0.tokens / $0.parameters } }
      guard let low = ratios.min(), let high = ratios.max(), high / low > widest else { continue }
      widest = high / low
      worst = (size, low, high)
    }
    return LawClaim(
      place: "D.4.5, fig. 25",
      claim: "Where only the teacher's training is paid for, its tokens per parameter are the same at every compute.",
      finding: String(
        format: "They lie between %.1f and %.1f for the \(abbreviated(worst.size)) student, where they change most, by a "
          + "factor of %.2f.", worst.low, worst.high, widest),
      isSupported: widest > 0 && widest < Wording.constant)
  }

  private var overtrainedTeachers: LawClaim {
    let bound = planner.bounds.teacherTokens.upperBound
    let tokens = Self.sizes.flatMap { plans(.teacherInference, $0).compactMap { $0.teacher?.tokens } }
    let there = tokens.count { $0 > bound * (1 - 1e-9) }
    return LawClaim(
      place: "D.4.4, fig. 22",
      claim: "Where only the teacher's logits are paid for, its tokens are as many as the bounds allow.",
      finding: String(format: "They are at the bound of %.0e in %d of %d plans.", bound, there, tokens.count),
      isSupported: there == tokens.count && !tokens.isEmpty)
  }
}
