import Allocation
import Foundation
import ScalingLaws

/// The least L_S over a grid of (N_T, D_T), or of (D_S, N_T, D_T), made finer around its best points again and again:
/// slow, and with nothing of the planner's reasoning in it but that L_S is smooth.
struct ExhaustiveSearch {
  let law: DistillationLaw
  let family: ModelFamily
  let bounds: PlanningBounds

  struct Found {
    var loss = Double.infinity
    var studentTokens = 0.0, teacherParameters = 0.0, teacherTokens = 0.0
  }

  /// D_S that eq. 9 leaves, and L_S by the law as it is written.
  private func evaluate(
    _ scenario: Scenario, _ studentParameters: Double, _ compute: Double, _ n: Double, _ d: Double,
    studentShare: Double = 1
  ) -> Found {
    let student = 3 * family.forwardFLOPs(parameters: studentParameters)
    let teacher = family.forwardFLOPs(parameters: n)
    let left = compute - (scenario.paysPretraining ? 3 * teacher * d : 0)
    let tokens = studentShare * left / (student + (scenario.paysInference ? teacher : 0))
    guard tokens >= bounds.studentTokens.lowerBound else { return Found() }
    let teacherLoss = law.supervised.loss(parameters: n, tokens: d)
    let capped = min(tokens, bounds.studentTokens.upperBound)
    return Found(
      loss: law.loss(studentParameters: studentParameters, studentTokens: capped, teacherLoss: teacherLoss),
      studentTokens: capped, teacherParameters: n, teacherTokens: d)
  }

  /// Over N_T and D_T, with all that is left spent on D_S: a grid of `points` a side over the whole box, then
  /// around each of its best 12 local minima grids that shrink to nothing.
  func minimum(_ scenario: Scenario, studentParameters: Double, compute: Double, points: Int = 60) -> Found {
    func axis(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
      (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
    }
    let (nLow, nHigh) = (log(bounds.teacherParameters.lowerBound), log(bounds.teacherParameters.upperBound))
    let (dLow, dHigh) = (log(bounds.teacherTokens.lowerBound), log(bounds.teacherTokens.upperBound))
    let (ns, ds) = (axis(nLow, nHigh, points), axis(dLow, dHigh, points))
    let losses = ns.map { n in
      ds.map { evaluate(scenario, studentParameters, compute, exp(n), exp($0)).loss }
    }
    var seeds: [(loss: Double, n: Double, d: Double)] = []
    for i in ns.indices {
      for j in ds.indices where losses[i][j].isFinite {
        let around = (max(i - 1, 0)...min(i + 1, points - 1)).flatMap { a in
          (max(j - 1, 0)...min(j + 1, points - 1)).map { losses[a][$0] }
        }
        if losses[i][j] <= around.min() ?? .infinity { seeds.append((losses[i][j], ns[i], ds[j])) }
      }
    }
    var best = Found()
    for seed in seeds.sorted(by: { $0.loss < $1.loss }).prefix(12) {
      var (n, d) = (seed.n, seed.d)
      var (widthN, widthD) = ((nHigh - nLow) / Double(points - 1), (dHigh - dLow) / Double(points - 1))
      var local = Found()
      for _ in 0..<80 {
        for a in axis(max(nLow, n - widthN), min(nHigh, n + widthN), 5) {
          for b in axis(max(dLow, d - widthD), min(dHigh, d + widthD), 5) {
            let found = evaluate(scenario, studentParameters, compute, exp(a), exp(b))
            if found.loss < local.loss { (local, n, d) = (found, a, b) }
          }
        }
        (widthN, widthD) = (widthN * 0.85, widthD * 0.85)
      }
      if local.loss < best.loss { best = local }
    }
    return best
  }

  /// The least L_S over a coarse grid of (D_S, N_T, D_T) that may leave compute unspent.
  func coarseMinimum(_ scenario: Scenario, studentParameters: Double, compute: Double, points: Int) -> Double {
    var best = Double.infinity
    for i in 0..<points {
      let n = bounds.teacherParameters.at(Double(i) / Double(points - 1))
      for j in 0..<points {
        let d = bounds.teacherTokens.at(Double(j) / Double(points - 1))
        for share in 1...8 {
          let found = evaluate(
            scenario, studentParameters, compute, n, d, studentShare: Double(share) / 8)
          best = min(best, found.loss)
        }
      }
    }
    return best
  }
}

extension ClosedRange<Double> {
  /// Evenly in the logarithm, from 0 at the lower end to 1 at the upper one.
  func at(_ share: Double) -> Double {
    Swift.min(Swift.max(lowerBound * pow(upperBound / lowerBound, share), lowerBound), upperBound)
  }
}
