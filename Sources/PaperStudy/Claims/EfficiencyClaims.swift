import Allocation
import Foundation
import ScalingLaws

/// The paper's claims about what a loss costs, distilled over supervised (appendix D.5).
extension PlanningClaims {
  func efficiencyClaims() throws(AllocationError) -> [LawClaim] {
    var claims = [try paidTeachersCostMore(), try strongestStudents()]
    for scenario in [Scenario.teacherPretrainingAndInference, .teacherInference] {
      claims.append(try ratios(scenario, "compute", of: \.computeShare) { $0.compute })
      claims.append(try ratios(scenario, "tokens", of: \.tokenShare) { $0.tokens })
    }
    return claims
  }

  /// One of the paper's two examples: a student and a loss, with the shares of supervised compute and tokens that it
  /// takes.
  private struct Example {
    var size, loss, computeShare, tokenShare: Double
  }

  private static let examples = [
    Example(size: 500e6, loss: 2.4, computeShare: 0.75, tokenShare: 2.0 / 3),
    Example(size: 10e9, loss: 2.2, computeShare: 0.5, tokenShare: 0.5),
  ]

  /// - Parameter share: what the paper gives.
  private func ratios(
    _ scenario: Scenario, _ what: String, of share: (Example) -> Double, _ value: (Plan) -> Double
  ) throws(AllocationError) -> LawClaim {
    var parts = [String](), isSupported = true
    for example in Self.examples {
      let alone = try planner.leastComputePlan(.supervised, studentParameters: example.size, reaching: example.loss)
      let plan = try planner.leastComputePlan(scenario, studentParameters: example.size, reaching: example.loss)
      let ratio = plan.flatMap { plan in alone.map { value(plan) / value($0) } } ?? .nan
      isSupported = isSupported && Wording.isAbout(ratio, share(example))
      parts.append(
        String(
          format: "\(abbreviated(example.size)) at %.1f nats takes %.2g, on %.1e tokens of its own", example.loss, ratio,
          plan?.studentTokens ?? .nan))
    }
    let words =
      what == "compute"
      ? "three quarters of the compute of supervised training, a 10B student at 2.2 half"
      : "two thirds of the tokens of supervised training, a 10B student at 2.2 half"
    let paid =
      scenario == .teacherInference
      ? "The same numbers read as those of teacher inference: a 500M student at 2.4 nats takes about"
      : "With the teacher's training and logits paid for, a 500M student at 2.4 nats takes about"
    return LawClaim(
      place: "D.5, \(what == "compute" ? "fig. 33" : "fig. 34")", claim: "\(paid) \(words).",
      finding: "Distillation over supervised \(what): \(parts.joined(separator: "; ")).", isSupported: isSupported)
  }

  /// Losses of a size that supervised training reaches within the figure's budgets, every twentieth of a nat.
  private func losses(_ size: Double) -> [Double] {
    let reached = plans(.supervised, size).map(\.studentLoss)
    guard let least = reached.last, let most = reached.first else { return [] }
    return (30...60).map { Double($0) / 20 }.filter { least < $0 && $0 < most }
  }

  private func paidTeachersCostMore() throws(AllocationError) -> LawClaim {
    var all = 0, cheaper = 0, least = Double.infinity, cheap = [String]()
    for size in Self.sizes {
      let before = cheaper
      for loss in losses(size) {
        guard let alone = try planner.leastComputePlan(.supervised, studentParameters: size, reaching: loss) else { continue }
        for scenario in [Scenario.teacherPretraining, .teacherPretrainingAndInference] {
          guard
            let plan = try planner.leastComputePlan(
              scenario, studentParameters: size, reaching: loss, near: alone.compute)
          else { continue }
          all += 1
          least = min(least, plan.compute / alone.compute)
          // Cheaper only where as much compute buys a better student.
          let same = try planner.plan(scenario, studentParameters: size, compute: alone.compute)
          if same.studentLoss < loss - Wording.match { cheaper += 1 }
        }
      }
      if cheaper > before { cheap.append(abbreviated(size)) }
    }
    let whose = cheap.isEmpty ? "" : " (students of \(cheap.joined(separator: ", ")))"
    return LawClaim(
      place: "D.5, fig. 33",
      claim: "Where the teacher's training is paid for, distillation always costs more than supervised training. (The "
        + "paragraph after it gives 3/4 and 1/2 with the training paid for: the two cannot both be.)",
      finding: String(
        format: "It costs less in %d of %d cases\(whose), beyond what %.2f nats cost; the least ratio is %.2f.", cheaper, all,
        Wording.match, least),
      isSupported: cheaper == 0 && all > 0)
  }

  private func strongestStudents() throws(AllocationError) -> LawClaim {
    var parts = [String](), found = 0, all = 0
    for scenario in [Scenario.bestCase, .teacherInference] {
      var sizes = [String]()
      for size in Self.sizes {
        all += 1
        let crossovers = try planner.computeCrossovers(scenario, studentParameters: size, within: 1e20...1e26)
        guard let last = crossovers.last, last.supervisedIsBetterAbove else { continue }
        found += 1
        sizes.append(abbreviated(size) + String(format: " from %.0e", last.location))
      }
      parts.append("\(scenario.rawValue): " + (sizes.isEmpty ? "none" : sizes.joined(separator: ", ")))
    }
    return LawClaim(
      place: "D.5, fig. 33",
      claim: "Near the least loss of each size, the best case and teacher inference cost more than supervised training.",
      finding: "So within 1e26 FLOPs for \(found) of \(all): \(parts.joined(separator: "; ")).", isSupported: found == all)
  }
}
