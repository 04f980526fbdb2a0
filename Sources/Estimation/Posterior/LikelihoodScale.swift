import Foundation
import Statistics

/// What turns differences of the objective into likelihood ratios that go as chi² (Ronchetti 1982),
///
///     2 (objective - least objective) E[psi'(r)] / E[psi(r)²],
///
/// with psi the derivative of Huber's function and r the residuals. With delta far below the residuals this is the
/// ratio of median regression (Koenker and Bassett 1982), and E[psi'] is 2 delta times the density of the residuals at
/// zero; it is read off the share of the residuals in a band around zero, of Bofinger's width (1975). As many runs as
/// there are coefficients are fitted to within delta by construction, and do not count.
struct LikelihoodScale: Sendable {
  /// What a difference of the objective is multiplied with.
  let factor: Double

  /// - Parameter groups: the places of runs that are not independent; their pull on the law, added up by group, shows
  ///   by how much fewer independent runs there are.
  init<Model: LawModel>(_ objective: HuberObjective<Model>, at point: Model.Point, groups: [[Int]]? = nil) {
    let model = objective.model
    let residuals = objective.residuals(at: point)
    let left = Array(residuals.map(abs).sorted().dropFirst(model.freeCoefficients))
    let count = Double(max(1, left.count))
    // What a fit takes from the residuals.
    let inflation = (Double(model.runs) / count).squareRoot()
    let share = min(0.5, 1.3 * pow(count, -0.2))
    let band = max(inflation * percentile(left.isEmpty ? [0] : left, share), objective.delta)
    let within = objective.delta / band * Double(left.count { inflation * $0 <= band }) / count
    let pulls = residuals.map { max(-objective.delta, min(objective.delta, inflation * $0)) }
    let squares = pulls.reduce(0) { $0 + $1 * $1 }
    let together = (groups ?? []).reduce(0) { sum, group in
      let pull = group.reduce(0) { $0 + pulls[$1] }
      return sum + pull * pull
    }
    factor = 2 * within / (max(squares, together) / Double(pulls.count))
  }
}

/// An objective, the law that fits best by it, and what its differences are worth.
struct LikelihoodObjective<Model: LawModel>: Sendable {
  let objective: HuberObjective<Model>
  private(set) var optimum: Model.Point
  /// The objective at the optimum.
  private(set) var least: Double
  let scale: LikelihoodScale

  /// - Parameters:
  ///   - fit: the law that fits best by the paper's objective.
  ///   - starts: where else to look for the best law by this one.
  ///   - delta: where Huber's function turns; nil for where residuals are usual (Huber 1964). With the paper's delta, a
  ///     hundredth of the residuals, the objective has a dent wherever a few runs are fitted exactly, on which a search
  ///     for the best law under a condition stops anywhere. Turned at 1.345 standard deviations it is smooth, and 95% as
  ///     good as least squares where noise is normal, yet an outlier pulls no harder than other runs. Both have the same
  ///     law as their limit, so that an interval of the one is one for what the other estimates.
  init(_ model: Model, fit: Model.Point, starts: [Model.Point], groups: [[Int]]?, delta: Double? = nil) {
    let residuals = HuberObjective(model, delta: delta ?? 1).residuals(at: fit)
    let left = Array(residuals.map(abs).sorted().dropFirst(model.freeCoefficients))
    let deviation = left.isEmpty ? 0 : percentile(left, 0.5) / 0.6745
    objective = HuberObjective(model, delta: delta ?? max(1.345 * deviation, 1e-6))
    (optimum, least) = Self.best(objective, from: [fit] + starts)
    scale = LikelihoodScale(objective, at: optimum, groups: groups)
  }

  /// The lowest law that descents from the starts come to.
  private static func best(
    _ objective: HuberObjective<Model>, from starts: [Model.Point]
  ) -> (point: Model.Point, objective: Double) {
    var refit = Refit(objective.model, delta: objective.delta)
    let best = refit.lowest(objective, from: starts)
    return (objective.model.restored(best.point), best.objective)
  }

  /// Looks for a better law from starts that have turned out to be good. What differences are worth stays.
  mutating func refine(from starts: [Model.Point]) {
    let best = Self.best(objective, from: starts)
    if best.objective < least { (optimum, least) = best }
  }

  /// The likelihood ratio between a law and the best.
  func ratio(_ value: Double) -> Double { max(0, (value - least) * scale.factor) }
}
