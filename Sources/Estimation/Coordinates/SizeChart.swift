import Foundation

/// The coordinates of the size terms near the end of a fit.
///
/// The lines (``SizeCoordinates``) are regular where the terms meet in a corner. Where gamma is large they are
/// not: there one line runs away downwards as gamma grows, while its share of the blend stays what it is, and a
/// descent creeps along a bent valley. The mean is regular there: it has the blend at mean size, P, the distance
/// of the lines at mean size in units of gamma, w, and the slopes that the blend has at mean size, instead of
/// p_A, p_B and the slopes of the lines. With s = 1 / (1 + e^-w):
///
///     p_A = P - gamma (log(1 + e^w) - log 2),  p_B = p_A + gamma w,
///     alpha gamma = slope_N / (1 - s),  beta gamma = slope_D / s.
enum SizeChart {
  /// Beyond this w one of the lines has no share in the blend.
  static var widest: Double { 40 }
}

/// The coordinates that the points of a model are in, where they are not the ones that it is searched in.
package struct Chart: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// The size terms by their mean, see ``SizeChart``.
  static let mean = Chart(rawValue: 1)
  /// The break by what it takes from a typical run, see ``BreakPoint``.
  static let typicalBreak = Chart(rawValue: 2)
  /// With a coordinate that follows from the others, see ``ConstrainedModel``.
  static let constrained = Chart(rawValue: 4)
  /// With coordinates that follow from others, because coefficients are given: see ``SizeRestriction``.
  static let restricted = Chart(rawValue: 8)
}

/// Five coordinates of the size terms: p_A, p_B, alpha gamma, beta gamma, q in the chart of the lines, and P, w,
/// slope_N, slope_D, q in that of the mean.
struct SizePoint {
  var first, second, alpha, beta, bend: Double

  private var gamma: Double { SizeCoordinates.gamma(bend) }

  /// The lines of a point in the chart of the mean.
  var lines: SizePoint {
    let a = first - gamma * (softplus(second) - log2)
    return SizePoint(
      first: a, second: a + gamma * second, alpha: alpha * (1 + scalarExponential(second)),
      beta: beta * (1 + scalarExponential(-second)), bend: bend)
  }

  /// The mean of a point in the chart of the lines.
  var mean: SizePoint {
    let w = min(max((second - first) / gamma, -SizeChart.widest), SizeChart.widest)
    return SizePoint(
      first: first + gamma * (softplus(w) - log2), second: w, alpha: alpha / (1 + scalarExponential(w)),
      beta: beta / (1 + scalarExponential(-w)), bend: bend)
  }

  /// Partial derivatives by this point in the chart of the mean, from those by its lines.
  func pullBack(_ byLines: SizePoint) -> SizePoint {
    let (up, down) = (scalarExponential(second), scalarExponential(-second))
    let share = 1 / (1 + down)
    let byGamma = -(byLines.first + byLines.second) * (softplus(second) - log2) + byLines.second * second
    return SizePoint(
      first: byLines.first + byLines.second,
      second: gamma * (byLines.second * (1 - share) - byLines.first * share) + byLines.alpha * alpha * up
        - byLines.beta * beta * down,
      alpha: byLines.alpha * (1 + up), beta: byLines.beta * (1 + down),
      bend: byLines.bend + byGamma * (1 + gamma) * (1 + gamma))
  }

  private var log2: Double { 0x1.62e42fefa39efp-1 }
  private func softplus(_ x: Double) -> Double { softPlus(Lanes(repeating: x)).value[0] }
  private func scalarExponential(_ x: Double) -> Double { exponential(Lanes(repeating: x))[0] }
}
