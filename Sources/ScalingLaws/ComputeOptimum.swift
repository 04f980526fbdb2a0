import Foundation

extension SupervisedLaw {
  /// The model that reaches the least loss with `compute` FLOPs of training, and that loss; over log N
  /// the loss has one minimum there.
  public func computeOptimum(compute: Double, family: ModelFamily) -> (parameters: Double, loss: Double) {
    func loss(_ logarithm: Double) -> Double {
      let parameters = exp(logarithm)
      return self.loss(parameters: parameters, tokens: family.tokens(compute: compute, parameters: parameters))
    }
    // Between one parameter and as many as leave six tokens in a thousand.
    let best = brentMinimum(from: 0, to: log(compute) - log(6) + log(1000), loss)
    return (exp(best.x), best.value)
  }
}

extension SupervisedLaw {
  /// The size with the least loss for `compute` = 6 N D: there alpha A / N^alpha = beta B / D^beta, whatever gamma is
  /// (Hoffmann et al. 2022, eq. 4).
  public func optimalParameters(compute: Double) -> Double {
    let ratio = log(alpha * parameterCoefficient) - log(beta * tokenCoefficient)
    return exp((ratio + beta * log(compute / 6)) / (alpha + beta))
  }
}
