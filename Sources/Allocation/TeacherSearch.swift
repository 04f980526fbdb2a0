import Foundation
import ScalingLaws

/// The global minimum of a student's loss over everything that `amount` can be spent on.
///
/// L_S depends on the teacher through L_T alone, and for fixed L_T falls with D_S: L~_S falls with D_S, so that
/// in L_S = L_T + L_T^(-c0) (1 + (L_T / (L~_S d1))^(1/f1))^(-c1 f1) (A'/N_S^alpha' + B'/D_S^beta')^gamma' the
/// second and the third factor of the excess over L_T fall. The best allocation therefore has, among those with
/// its L_T, the greatest D_S, and its teacher lies on a ``TeacherPath``: what is left is one dimension.
///
/// There L_S may have several valleys, but along the line L_T falls and D_S does not rise, so the excess
/// rises (each of its factors falls with L_T and with D_S). Hence at every point s between two points a and b,
///
///     L_S(s) >= L_S(N_S, D_S(a), L_T(s)) >= L_S(a) - m (L_T(a) - L_T(b)),
///
/// where m <= 1 is the most that L_S can fall per nat of L_T at fixed D_S
/// (``StudentLaw/steepestFall(from:loss:logCapability:to:)``). Starting from a grid of about six points a decade
/// of N_T, with every local minimum refined by Brent's method, the search halves every cell in which this
/// bound leaves room for more than a certainty below the best that is known, until there is none. So no
/// allocation within the bounds is better than the answer by more than this, whatever the law's
/// coefficients; and the valley that is found is followed down to where rounding hides its bottom, some 1e-15
/// nats in L_S and 1e-8 relative in N_T, D_T and D_S.
struct TeacherSearch {
  let student: StudentLaw
  let path: TeacherPath
  let prices: Prices
  let amount: Double
  let tokenBounds: ClosedRange<Double>

  struct Node {
    var t: Double
    var teacher: TeacherPoint
    var studentTokens: Double
    /// L_S, or +infinity where the teacher leaves less than the least D_S.
    var loss: Double
    /// log L~_S.
    var logCapability: Double
  }

  private func node(_ t: Double, _ teacher: TeacherPoint) -> Node {
    var tokens = min(prices.studentTokens(amount: amount, teacher: teacher), tokenBounds.upperBound)
    // The cheapest teacher of a budget of exactly the least may miss by a rounding.
    guard tokens >= tokenBounds.lowerBound * (1 - 1e-12) else {
      return Node(t: t, teacher: teacher, studentTokens: tokens, loss: .infinity, logCapability: 0)
    }
    tokens = max(tokens, tokenBounds.lowerBound)
    let (loss, logCapability) = student.loss(
      tokens: tokens, teacherLoss: teacher.loss, logTeacherLoss: teacher.logLoss)
    return Node(t: t, teacher: teacher, studentTokens: tokens, loss: loss, logCapability: logCapability)
  }

  /// Nil where not even the cheapest teacher leaves the least D_S.
  /// - Parameter certainty: nats by which an allocation may be better; infinite where the best of the grid's valleys is
  ///   taken without proof that there is no other.
  func minimum(certainty: Double = Planner.certainty) -> Node? {
    let grid = path.grid.map { $0.map { node($0.t, $0.teacher) } }
    guard var best = grid.joined().min(by: { $0.loss < $1.loss }), best.loss.isFinite else { return nil }

    func refine(_ stretch: TeacherPath.Stretch, from low: Double, to high: Double) {
      let t = brentMinimum(from: low, to: high) { node($0, path.point(stretch, at: $0)).loss }.x
      let found = node(t, path.point(stretch, at: t))
      if found.loss < best.loss { best = found }
    }

    for (stretch, nodes) in zip(path.stretches, grid) where nodes.count > 1 {
      for i in nodes.indices where nodes[i].loss.isFinite {
        let (before, after) = (nodes[max(i - 1, 0)], nodes[min(i + 1, nodes.count - 1)])
        guard nodes[i].loss <= before.loss, nodes[i].loss <= after.loss else { continue }
        let bound = min(bound(before, nodes[i]), bound(nodes[i], after))
        if bound < best.loss { refine(stretch, from: before.t, to: after.t) }
      }
      if let last = nodes.lastIndex(where: \.loss.isFinite), last + 1 < nodes.count,
        bound(nodes[last], nodes[last + 1]) < best.loss
      {
        let edge = lastAffordable(stretch, from: nodes[last], before: nodes[last + 1].t)
        if edge.loss < best.loss { best = edge }
      }
    }

    guard certainty.isFinite else { return best }
    var cells: [(Node, Node)] = []
    for (stretch, nodes) in zip(path.stretches, grid) {
      for (a, b) in zip(nodes, nodes.dropFirst()) {
        cells.append((a, b))
        while let (a, b) = cells.popLast() {
          guard a.loss.isFinite, bound(a, b) < best.loss - certainty else { continue }
          let t = (a.t + b.t) / 2
          guard a.t < t, t < b.t else { continue }
          let middle = node(t, path.point(stretch, at: t))
          // A valley that the grid stepped over.
          if middle.loss < best.loss - 1e-12 {
            best = middle
            refine(stretch, from: a.t, to: b.t)
          }
          cells.append((a, middle))
          cells.append((middle, b))
        }
      }
    }
    return best
  }

  /// The best teacher that still leaves the least D_S, between `affordable` and `limit`, which does not.
  private func lastAffordable(_ stretch: TeacherPath.Stretch, from affordable: Node, before limit: Double) -> Node {
    var (last, limit) = (affordable, limit)
    while true {
      let t = (last.t + limit) / 2
      guard last.t < t, t < limit else { return last }
      let middle = node(t, path.point(stretch, at: t))
      if middle.loss.isFinite { last = middle } else { limit = t }
    }
  }

  /// What L_S is nowhere below between `a` and the better teacher `b`.
  private func bound(_ a: Node, _ b: Node) -> Double {
    let fall = student.steepestFall(from: a.teacher, loss: a.loss, logCapability: a.logCapability, to: b.teacher)
    return a.loss - fall * (a.teacher.loss - b.teacher.loss)
  }
}
