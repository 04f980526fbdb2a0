import Foundation

/// The supervised scaling law L(N, D) = E + (A / N^alpha + B / D^beta)^gamma (eq. 1).
///
/// Hoffmann et al. 2022 is gamma = 1. Losses are in nats per token.
public struct SupervisedLaw: Sendable, Hashable {
  /// Irreducible loss E, the entropy of the text, in nats per token.
  public var irreducibleLoss: Double
  /// Coefficient A of the parameters.
  public var parameterCoefficient: Double
  /// Coefficient B of the tokens.
  public var tokenCoefficient: Double
  /// Exponent alpha of the parameters.
  public var alpha: Double
  /// Exponent beta of the tokens.
  public var beta: Double
  /// Outer exponent gamma.
  public var gamma: Double

  public init(
    irreducibleLoss: Double, parameterCoefficient: Double, tokenCoefficient: Double,
    alpha: Double, beta: Double, gamma: Double = 1
  ) {
    self.irreducibleLoss = irreducibleLoss
    self.parameterCoefficient = parameterCoefficient
    self.tokenCoefficient = tokenCoefficient
    self.alpha = alpha
    self.beta = beta
    self.gamma = gamma
  }

  /// Predicted cross-entropy of a model with `parameters` non-embedding parameters after `tokens` tokens;
  /// either may be infinite.
  public func loss(parameters: Double, tokens: Double) -> Double {
    irreducibleLoss
      + pow(
        parameterCoefficient * pow(parameters, -alpha) + tokenCoefficient * pow(tokens, -beta), gamma)
  }

  /// Exponent a = beta / (alpha + beta) of compute in the compute-optimal N, when C = 6 N D.
  public var computeOptimalParameterExponent: Double { beta / (alpha + beta) }

  /// Exponent b = alpha / (alpha + beta) of compute in the compute-optimal D, when C = 6 N D.
  public var computeOptimalTokenExponent: Double { alpha / (alpha + beta) }
}
