import Foundation

/// The supervised scaling law L(N, D) = E + (A / N^alpha + B / D^beta)^gamma (eq. 1).
///
/// Losses are in nats per token. All six coefficients are positive. Two limits fix their meaning: L -> E as
/// N, D -> infinity, and with D -> infinity alone L falls as N^(-alpha gamma) towards E. Hoffmann et al.
/// 2022 is gamma = 1, see ``ChinchillaLaw``.
public struct SupervisedLaw: Sendable, Hashable {
  /// E in nats per token, the asymptote of the law: to the paper the irreducible loss, the entropy of the text. That of a
  /// fit may lie far below any entropy and is no irreducible loss then.
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

  /// log L by log N and log D, as the fit sees it (eq. 44, with log N and log D where it prints N and D):
  /// LSE(log E, gamma LSE(log A - alpha log N, log B - beta log D)).
  public func logLoss(logParameters: Double, logTokens: Double) -> Double {
    let sizes = logSumExp(
      logPower(log(parameterCoefficient), alpha, logParameters),
      logPower(log(tokenCoefficient), beta, logTokens))
    return logSumExp(log(irreducibleLoss), gamma * sizes)
  }

  /// Partial derivatives of log L by the coordinates in which the law is fitted.
  public struct Gradient: Sendable, Hashable {
    /// By log E, log A and log B.
    public var logIrreducibleLoss, logParameterCoefficient, logTokenCoefficient: Double
    public var alpha, beta, gamma: Double
  }

  /// Gradient of ``logLoss(logParameters:logTokens:)`` at finite arguments.
  public func logLossGradient(logParameters: Double, logTokens: Double) -> Gradient {
    let fromParameters = log(parameterCoefficient) - alpha * logParameters
    let fromTokens = log(tokenCoefficient) - beta * logTokens
    let sizes = logSumExp(fromParameters, fromTokens)
    let reducible = logSumExpShare(gamma * sizes, log(irreducibleLoss))
    let byA = reducible * gamma * logSumExpShare(fromParameters, fromTokens)
    let byB = reducible * gamma * logSumExpShare(fromTokens, fromParameters)
    return Gradient(
      logIrreducibleLoss: logSumExpShare(log(irreducibleLoss), gamma * sizes),
      logParameterCoefficient: byA, logTokenCoefficient: byB,
      alpha: -byA * logParameters, beta: -byB * logTokens, gamma: reducible * sizes)
  }

  /// Exponent a = beta / (alpha + beta) of compute in the compute-optimal N, when C = 6 N D.
  public var computeOptimalParameterExponent: Double { beta / (alpha + beta) }

  /// Exponent b = alpha / (alpha + beta) of compute in the compute-optimal D, when C = 6 N D.
  public var computeOptimalTokenExponent: Double { alpha / (alpha + beta) }
}

/// The law of Hoffmann et al. 2022, L(N, D) = E + A / N^alpha + B / D^beta: ``SupervisedLaw`` with
/// gamma = 1.
public struct ChinchillaLaw: Sendable, Hashable {
  /// E in nats per token, the asymptote of the law.
  public var irreducibleLoss: Double
  public var parameterCoefficient: Double
  public var tokenCoefficient: Double
  public var alpha: Double
  public var beta: Double

  public init(
    irreducibleLoss: Double, parameterCoefficient: Double, tokenCoefficient: Double,
    alpha: Double, beta: Double
  ) {
    self.irreducibleLoss = irreducibleLoss
    self.parameterCoefficient = parameterCoefficient
    self.tokenCoefficient = tokenCoefficient
    self.alpha = alpha
    self.beta = beta
  }

  /// The same law as a supervised one.
  public var supervised: SupervisedLaw {
    SupervisedLaw(
      irreducibleLoss: irreducibleLoss, parameterCoefficient: parameterCoefficient,
      tokenCoefficient: tokenCoefficient, alpha: alpha, beta: beta, gamma: 1)
  }

  public func loss(parameters: Double, tokens: Double) -> Double {
    supervised.loss(parameters: parameters, tokens: tokens)
  }
}
