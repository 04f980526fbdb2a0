import Foundation

/// log(exp(first) + exp(second)) without overflow; either may be -infinity, and +infinity gives +infinity.
func logSumExp(_ first: Double, _ second: Double) -> Double {
  let larger = max(first, second)
  guard larger.isFinite else { return larger }
  return larger + log1p(exp(min(first, second) - larger))
}

/// Share of exp(first) in exp(first) + exp(second), the derivative of ``logSumExp(_:_:)`` by `first`.
func logSumExpShare(_ first: Double, _ second: Double) -> Double {
  1 / (1 + exp(second - first))
}

/// log(coefficient / quantity^exponent), for a quantity that may be infinite.
func logPower(_ logCoefficient: Double, _ exponent: Double, _ logQuantity: Double) -> Double {
  exponent == 0 ? logCoefficient : logCoefficient - exponent * logQuantity
}
