import Foundation

/// The sum of the two size terms to the power gamma, in coordinates in which it can be fitted.
///
/// log (A / N^alpha + B / D^beta)^gamma is a soft maximum of width gamma of two straight lines,
///
///     u = p_A - alpha gamma (log N - n),    v = p_B - beta gamma (log D - d),
///     gamma (log(e^(u/gamma) + e^(v/gamma)) - log 2),
///
/// with n and d the means of log N and log D over the runs and p_A = gamma (log A + log 2 - alpha n), p_B
/// alike. The lines are what the runs determine; gamma only says how sharply one takes over from the other.
/// Instead of gamma itself the bend q = gamma / (1 + gamma) is fitted. In these coordinates both ends are
/// regular that send A, B, alpha and beta to infinity or to 0 in the printed ones: gamma -> 0, the maximum of
/// the lines, and gamma -> infinity, their mean.
package struct SizeCoordinates: Sendable {
  /// How the two terms meet: in a corner, in a bend, or, with a gamma that has grown beyond that, not at all.
  package enum Kind: Int, CaseIterable, Sendable {
    case corner, bend, product
  }

  static func kind(bend: Double) -> Kind {
    bend < 0.15 ? .corner : bend < 0.75 ? .bend : .product
  }

  /// Least gamma. Runs cannot tell such a sharp corner from a sharper one, and A and B overflow there. A start
  /// with gamma = 0 stands here, on two lines that are flat and equal.
  static var minimumGamma: Double { 0x1p-8 }
  /// Largest gamma, beyond which the law is the product of two powers to all the digits that a loss has.
  static var maximumGamma: Double { 0x1p16 }

  /// Slopes alpha gamma and beta gamma up to which log A and log B stay below 690 when gamma is at least
  /// `leastGamma`, for lines that are at most 3 at mean size.
  func printableSlopes(leastGamma: Double) -> (alpha: Double, beta: Double) {
    let room = max(0, 690 * leastGamma - 3)
    return (room / max(meanLogParameters, 1), room / max(meanLogTokens, 1))
  }

  static func bend(_ gamma: Double) -> Double { gamma / (1 + gamma) }
  static func gamma(_ bend: Double) -> Double { bend / (1 - bend) }

  let meanLogParameters: Double
  let meanLogTokens: Double

  /// p_A, p_B, alpha gamma, beta gamma and q of printed coefficients.
  func internalCoordinates(
    logA: Double, logB: Double, alpha: Double, beta: Double, gamma: Double
  ) -> (a: Double, b: Double, alpha: Double, beta: Double, bend: Double) {
    (
      gamma * (logA + log(2) - alpha * meanLogParameters), gamma * (logB + log(2) - beta * meanLogTokens),
      gamma * alpha, gamma * beta, Self.bend(min(max(gamma, Self.minimumGamma), Self.maximumGamma))
    )
  }

  /// The inverse of ``internalCoordinates(logA:logB:alpha:beta:gamma:)``.
  func printed(
    a: Double, b: Double, alpha: Double, beta: Double, bend: Double
  ) -> (A: Double, B: Double, alpha: Double, beta: Double, gamma: Double) {
    let gamma = Self.gamma(bend)
    return (
      exp((a + alpha * meanLogParameters) / gamma - log(2)), exp((b + beta * meanLogTokens) / gamma - log(2)),
      alpha / gamma, beta / gamma, gamma
    )
  }
}

/// The soft maximum of a block with its derivatives.
package struct SizeTerm {
  /// `byBend` lacks the factor d gamma / d q = (1 + gamma)².
  var value, byA, byB, byBend: Lanes

  /// - Parameters:
  ///   - u: the line of the parameters.
  ///   - v: the line of the tokens.
  @_transparent
  init(u: Lanes, v: Lanes, gamma: Lanes, inverseGamma: Lanes) {
    let distance = (v - u) * inverseGamma
    let blend = softPlus(distance)
    let excess = blend.value - 0x1.62e42fefa39efp-1
    value = gamma.fma(excess, u)
    byA = blend.complement
    byB = blend.share
    byBend = excess - distance * blend.share
  }
}
