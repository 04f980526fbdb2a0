import Foundation
import ScalingLaws

/// Coordinates of the supervised law that follow from others, because coefficients are given.
///
/// Given coefficients are printed ones, which are linear in the internal coordinates once gamma is known: alpha gamma is
/// alpha times gamma, and p_A is gamma (log A + log 2) less alpha gamma times the mean of log N (``SizeCoordinates``).
struct SizeRestriction: Sendable {
  typealias Point = SIMD8<Double>
  private let logA, logB, logE, alpha, beta, bend: Double?
  private let tiesExponents, tiesTerms: Bool
  private let sizes: SizeCoordinates

  /// - Returns: nil where nothing is given.
  init?(_ given: Restrictions, sizes: SizeCoordinates, leastLogE: Double) {
    guard !given.isEmpty else { return nil }
    self.sizes = sizes
    logA = given.value("A").map { log($0) }
    logB = given.value("B").map { log($0) }
    logE = given.value("E").map { max(log($0), leastLogE) }
    (alpha, beta) = (given.value("alpha"), given.value("beta"))
    bend = given.value("gamma").map {
      SizeCoordinates.bend(min(max($0, SizeCoordinates.minimumGamma), SizeCoordinates.maximumGamma))
    }
    tiesExponents = given.ties("alpha", "beta") && alpha == nil
    tiesTerms = given.ties("A", "B") && logA == nil
  }

  /// Coordinates that do not follow from others, as 1.
  var free: Point {
    [
      logA == nil ? 1 : 0, logB == nil && !tiesTerms ? 1 : 0, logE == nil ? 1 : 0, alpha == nil ? 1 : 0,
      beta == nil && !tiesExponents ? 1 : 0, bend == nil ? 1 : 0, 0, 0,
    ]
  }

  /// The point with what follows from its free coordinates.
  func applied(to x: Point) -> Point {
    var y = x
    if let bend { y[5] = bend }
    let gamma = SizeCoordinates.gamma(y[5])
    if let alpha { y[3] = gamma * alpha }
    if let beta { y[4] = gamma * beta } else if tiesExponents { y[4] = y[3] }
    if let logE { y[2] = logE }
    if let logA { y[0] = gamma * (logA + log(2)) - y[3] * sizes.meanLogParameters }
    if let logB {
      y[1] = gamma * (logB + log(2)) - y[4] * sizes.meanLogTokens
    } else if tiesTerms {
      y[1] = y[0] + y[3] * sizes.meanLogParameters - y[4] * sizes.meanLogTokens
    }
    return y
  }

  /// Partial derivatives by the free coordinates, from those by all: ``applied(to:)`` backwards.
  func pullBack(_ gradient: Point, at x: Point) -> Point {
    var own = gradient
    var byGamma = 0.0
    if let logB {
      own[4] -= sizes.meanLogTokens * own[1]
      byGamma += (logB + log(2)) * own[1]
      own[1] = 0
    } else if tiesTerms {
      own[0] += own[1]
      own[3] += sizes.meanLogParameters * own[1]
      own[4] -= sizes.meanLogTokens * own[1]
      own[1] = 0
    }
    if let logA {
      own[3] -= sizes.meanLogParameters * own[0]
      byGamma += (logA + log(2)) * own[0]
      own[0] = 0
    }
    if logE != nil { own[2] = 0 }
    if let beta {
      byGamma += beta * own[4]
      own[4] = 0
    } else if tiesExponents {
      own[3] += own[4]
      own[4] = 0
    }
    if let alpha {
      byGamma += alpha * own[3]
      own[3] = 0
    }
    let gamma = SizeCoordinates.gamma(bend ?? x[5])
    own[5] = bend == nil ? own[5] + byGamma * (1 + gamma) * (1 + gamma) : 0
    return own
  }
}
