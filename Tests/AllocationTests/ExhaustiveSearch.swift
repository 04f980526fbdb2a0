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

  /// Over N_T and D_T, with all that is left spent on D_S: a grid of `points` a side over all that can be paid for,
  /// then, from each of its best eight local minima, steps to the best of 24 neighbours, halved where none is better.
  func minimum(_ scenario: Scenario, studentParameters: Double, compute: Double, points: Int) -> Found {
    /// Both coordinates run from 0 to 1: N_T over its bounds, D_T from its lower bound to the most that leaves
    /// the least D_S.
    func at(_ x: Double, _ y: Double) -> Found {
      let n = bounds.teacherParameters.at(x)
      let (student, teacher) = (
        3 * family.forwardFLOPs(parameters: studentParameters), family.forwardFLOPs(parameters: n)
      )
      var most = bounds.teacherTokens.upperBound
      if scenario.paysPretraining {
        let least = bounds.studentTokens.lowerBound * (student + (scenario.paysInference ? teacher : 0))
        most = min(most, (compute - least) / (3 * teacher) * (1 - 1e-12))
      }
      guard most >= bounds.teacherTokens.lowerBound else { return Found() }
      return evaluate(
        scenario, studentParameters, compute, n, (bounds.teacherTokens.lowerBound...most).at(y))
    }
    let axis = (0..<points).map { Double($0) / Double(points - 1) }
    let losses = axis.map { x in axis.map { at(x, $0).loss } }
    var seeds: [(loss: Double, x: Double, y: Double)] = []
    for i in axis.indices {
      for j in axis.indices where losses[i][j].isFinite {
        let around = (max(i - 1, 0)...min(i + 1, points - 1)).flatMap { a in
          (max(j - 1, 0)...min(j + 1, points - 1)).map { losses[a][$0] }
        }
        if losses[i][j] <= around.min() ?? .infinity { seeds.append((losses[i][j], axis[i], axis[j])) }
      }
    }
    var best = Found()
    for seed in seeds.sorted(by: { $0.loss < $1.loss }).prefix(8) {
      var (x, y, step) = (seed.x, seed.y, 0.5 / Double(points - 1))
      var local = at(x, y)
      for _ in 0..<400 where step > 1e-8 {
        let before = local.loss
        let (fromX, fromY) = (x, y)
        for a in -2...2 {
          for b in -2...2 {
            let (nextX, nextY) = (min(max(fromX + Double(a) * step, 0), 1), min(max(fromY + Double(b) * step, 0), 1))
            let found = at(nextX, nextY)
            if found.loss < local.loss { (local, x, y) = (found, nextX, nextY) }
          }
        }
        if local.loss == before { step /= 2 }
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
