import ScalingLaws

/// The paper's grids of starting points (appendix F).
///
/// Exponents of 0 lie on the boundary of what is admissible, and many of them are stationary there: with
/// gamma = 0 and a positive slope, say, the sizes have no say in the loss. Such starts are tried like all
/// others and end where they stand, unless the slope leads inside.
package enum StartGrid {
  static let logCoefficients: [Double] = [0, 5, 10, 15, 20]
  static let logIrreducibleLosses: [Double] = [-1, -0.5, 0, 0.5, 1, 1.5]
  static let exponents: [Double] = [0, 0.5, 1, 1.5]
  static let distillationExponents: [Double] = [0, 0.5, 1]
  static let logBreaks: [Double] = [-1, -0.5, 0, 0.5, 1]

  /// 9,600 starts of the supervised law, or, with gamma at 1, the 2,400 of the Chinchilla law.
  package static func supervised(_ model: SupervisedModel) -> [SupervisedModel.Point] {
    let gammas = model.hasGamma ? exponents : [1]
    return product(
      [logCoefficients, logCoefficients, logIrreducibleLosses, exponents, exponents, gammas]
    ).map {
      model.restored(
        model.start(logA: $0[0], logB: $0[1], logE: $0[2], alpha: $0[3], beta: $0[4], gamma: $0[5]))
    }
  }

  /// 216,000 starts of the distillation law, or those that are left where some of its coefficients are fixed.
  package static func distillation(_ model: DistillationModel) -> [DistillationModel.Point] {
    let (three, four) = (distillationExponents, exponents)
    let c0 = model.form == .additive ? [0] : four
    // Without a break its width and place say nothing.
    let breakTerm = model.form.hasBreak ? [four, four, logBreaks] : [[0], [1], [0]]
    let gammas = model.form == .unitGamma ? [1] : three
    return product([logCoefficients, logCoefficients, three, three, gammas, c0] + breakTerm).map {
      model.start(
        logA: $0[0], logB: $0[1], alpha: $0[2], beta: $0[3], gamma: $0[4], c0: $0[5], c1: $0[6],
        f1: $0[7], logD1: $0[8])
    }
  }

  /// Every combination of a value from each axis, the last axis fastest.
  static func product(_ axes: [[Double]]) -> [[Double]] {
    axes.reduce([[]]) { combinations, axis in
      combinations.flatMap { combination in axis.map { combination + [$0] } }
    }
  }
}
