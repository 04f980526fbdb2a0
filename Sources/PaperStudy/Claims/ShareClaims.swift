import Allocation
import Foundation
import ScalingLaws

/// The paper's claims about what compute is spent on: table 3, figures 23, 26 and 29.
extension PlanningClaims {
  func shareClaims() -> [LawClaim] {
    [inferenceShares, pretrainingShares] + Self.trends.map(allocationTrend) + [smallStudents, largeStudents]
  }

  private struct Shares {
    var student, logits, teacher: Double

    init(_ plan: Plan) {
      student = plan.studentCompute / plan.compute
      logits = plan.logitCompute / plan.compute
      teacher = plan.teacherCompute / plan.compute
    }

    var text: String { String(format: "%.0f, %.0f and %.0f%%", 100 * student, 100 * logits, 100 * teacher) }
  }

  private func shares(_ scenario: Scenario, _ size: Double) -> [Shares] { plans(scenario, size).map(Shares.init) }

  /// "300M 60 to 45%", a size after the other.
  private func ends(_ curves: [[Double]], of sizes: [Double] = sizes) -> String {
    zip(sizes, curves).map { size, curve in
      String(format: "\(abbreviated(size)) %.0f to %.0f%%", 100 * (curve.first ?? .nan), 100 * (curve.last ?? .nan))
    }.joined(separator: ", ")
  }

  private var inferenceShares: LawClaim {
    let curves = Self.sizes.map { shares(.teacherInference, $0).map(\.student) }
    let falling = curves.count { Wording.neverRises($0, by: Wording.shareStep) }
    return LawClaim(
      place: "D.4.4, fig. 23",
      claim: "With teacher inference, the share of the student's training falls with compute in all cases.",
      finding: "It falls for \(falling) of \(curves.count) sizes; from 1e20 to 1e26 FLOPs: \(ends(curves)).",
      isSupported: falling == curves.count)
  }

  private var pretrainingShares: LawClaim {
    let curves = Self.sizes.map { shares(.teacherPretraining, $0).map(\.student) }
    let rising = curves.count { Wording.neverFalls($0, by: Wording.shareStep) }
    return LawClaim(
      place: "D.4.5, fig. 26",
      claim: "With teacher pretraining, the share of the student's training rises with compute, and the teacher's falls.",
      finding: "The student's share never falls for \(rising) of \(curves.count) sizes; from 1e20 to 1e26 FLOPs: "
        + "\(ends(curves)).",
      isSupported: rising == curves.count)
  }

  // MARK: Pretraining and inference

  private struct Trend {
    var students: String
    var sizes: [Double]
    var computes: String
    /// Where the share is judged.
    var budgets: [Double]
    var words: String
    var holds: @Sendable (Shares) -> Bool
  }

  // One a line: the optimiser gives several in one declaration the value of the first.
  private static let small = sizes.filter { $0 <= 3e9 }
  private static let large = sizes.filter { $0 >= 10e9 }
  private static let little = budgets.filter { $0 < 1.01e21 }
  private static let much = budgets.filter { 0.99e25 < $0 && $0 < 1.01e25 }

  private static let trends = [
    Trend(
      students: "up to 3B", sizes: small, computes: "little compute (1e21 and less)", budgets: little,
      words: "mostly teacher pretraining", holds: { $0.teacher > max($0.student, $0.logits) }),
    Trend(
      students: "up to 3B", sizes: small, computes: "much compute (1e25)", budgets: much,
      words: "evenly divided between student training and logits, much less teacher pretraining",
      holds: {
        Wording.isEven([$0.student, $0.logits]) && $0.teacher < Wording.muchLess * min($0.student, $0.logits)
      }),
    Trend(
      students: "of 10B and more", sizes: large, computes: "little compute (1e21 and less)", budgets: little,
      words: "mostly student training", holds: { $0.student > max($0.logits, $0.teacher) }),
    Trend(
      students: "of 10B and more", sizes: large, computes: "much compute (1e25)", budgets: much,
      words: "equally divided between student training, logits and teacher pretraining",
      holds: { Wording.isEven([$0.student, $0.logits, $0.teacher]) }),
  ]

  private func allocationTrend(_ trend: Trend) -> LawClaim {
    var parts = [String](), holding = 0, all = 0
    for size in trend.sizes {
      let plans = zip(shares(.teacherPretrainingAndInference, size), Self.budgets).filter { trend.budgets.contains($0.1) }
      holding += plans.count { trend.holds($0.0) }
      all += plans.count
      if let last = plans.last { parts.append("\(abbreviated(size)) \(last.0.text)") }
    }
    return LawClaim(
      place: "table 3", claim: "Students \(trend.students) with \(trend.computes): \(trend.words).",
      finding: "So in \(holding) of \(all) plans. Shares of student training, logits and teacher pretraining at "
        + String(format: "%.0e", trend.budgets.last ?? .nan) + " FLOPs: \(parts.joined(separator: "; ")).",
      isSupported: Wording.isMost(holding, of: all))
  }

  private var smallStudents: LawClaim {
    let curves = Self.small.map { shares(.teacherPretrainingAndInference, $0).map(\.teacher) }
    let falling = curves.count { curve in (curve.last ?? 1) < (curve.first ?? 0) - Wording.shareStep }
    return LawClaim(
      place: "D.4.6, fig. 29",
      claim: "For small students (up to 3B), as compute grows, more is spent on training the student and on logits.",
      finding: "The teacher's share from 1e20 to 1e26 FLOPs: \(ends(curves, of: Self.small)).",
      isSupported: falling == curves.count)
  }

  private var largeStudents: LawClaim {
    let curves = Self.large.map { shares(.teacherPretrainingAndInference, $0).map(\.teacher) }
    func risesThenFalls(_ curve: [Double]) -> Bool {
      guard let first = curve.first, let last = curve.last, let most = curve.max() else { return false }
      return most > first + Wording.shareStep && most > last + Wording.shareStep
    }
    let list = zip(Self.large, curves).map { size, curve in
      String(
        format: "\(abbreviated(size)) %.0f, %.0f and %.0f%%", 100 * (curve.first ?? .nan), 100 * (curve.max() ?? .nan),
        100 * (curve.last ?? .nan))
    }.joined(separator: ", ")
    return LawClaim(
      place: "D.4.6, fig. 29",
      claim: "For large students (10B and more), as compute grows, the teacher's share first rises and then falls.",
      finding: "The teacher's share at 1e20 FLOPs, at its most and at 1e26: \(list).",
      isSupported: curves.allSatisfy(risesThenFalls))
  }
}
