import Foundation

/// How far log L of a run varies from seed to seed, as a function of its length and its teacher.
///
///     log sigma = b0 + b1 log(D / 1e6) + b2 log(1 + (L_T / L~_S)^32) / 32
///
/// The last term, of distillations alone, is 0 under strong teachers and log(L_T / L~_S) under weak ones.
public struct NoiseCurve: Codable, Hashable, Sendable {
  /// b0, b1 and b2; what is left out at the end is 0.
  public var coefficients: [Double]

  public init(coefficients: [Double]) { self.coefficients = coefficients }

  /// How sharply the term of weak teachers sets in.
  private static let sharpness = 32.0

  /// What b0, b1 and, of a distillation, b2 are multiplied with.
  /// - Parameters:
  ///   - tokens: D, or D_S.
  ///   - strength: L_T / L~_S of a distillation; nil where it is not known, or for a supervised run.
  package static func terms(tokens: Double, strength: Double?) -> [Double] {
    let terms = [1, log(tokens / 1e6)]
    guard let strength, strength > 0 else { return terms }
    let weak = sharpness * log(strength)
    return terms + [(max(weak, 0) + log1p(exp(-abs(weak)))) / sharpness]
  }

  /// Standard deviation of log L of a run from seed to seed; a run whose teacher's strength is not known is taken as under
  /// a strong one.
  public func standardDeviation(tokens: Double, strength: Double?) -> Double {
    exp(zip(coefficients, Self.terms(tokens: tokens, strength: strength)).reduce(0) { $0 + $1.0 * $1.1 })
  }
}
