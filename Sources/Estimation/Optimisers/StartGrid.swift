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
  package static func supervised(_ model: SupervisedModel) -> Combinations<SupervisedModel.Point> {
    let gammas = model.hasGamma ? exponents : [1]
    return Combinations(of: [logCoefficients, logCoefficients, logIrreducibleLosses, exponents, exponents, gammas]) {
      model.restored(
        model.start(logA: $0[0], logB: $0[1], logE: $0[2], alpha: $0[3], beta: $0[4], gamma: $0[5]))
    }
  }

  /// 216,000 starts of the distillation law, or those that are left where some of its coefficients are fixed.
  package static func distillation(_ model: DistillationModel) -> Combinations<DistillationModel.Point> {
    let (three, four) = (distillationExponents, exponents)
    let c0 = model.form == .additive ? [0] : four
    // Without a break its width and place say nothing.
    let breakTerm = model.form.hasBreak ? [four, four, logBreaks] : [[0], [1], [0]]
    let gammas = model.form == .unitGamma ? [1] : three
    return Combinations(of: [logCoefficients, logCoefficients, three, three, gammas, c0] + breakTerm) {
      model.start(
        logA: $0[0], logB: $0[1], alpha: $0[2], beta: $0[3], gamma: $0[4], c0: $0[5], c1: $0[6],
        f1: $0[7], logD1: $0[8])
    }
  }
}

/// Every combination of a value from each axis, the last axis fastest, each made into a start when it is asked for.
package struct Combinations<Start>: RandomAccessCollection {
  private let axes: [[Double]]
  private let start: ([Double]) -> Start
  package let endIndex: Int
  package var startIndex: Int { 0 }

  init(of axes: [[Double]], start: @escaping ([Double]) -> Start) {
    self.axes = axes
    self.start = start
    endIndex = axes.reduce(1) { $0 * $1.count }
  }

  package subscript(place: Int) -> Start {
    var (values, rest) = (axes.map { $0[0] }, place)
    for axis in axes.indices.reversed() {
      values[axis] = axes[axis][rest % axes[axis].count]
      rest /= axes[axis].count
    }
    return start(values)
  }

  /// One in so many of them.
  package func thinned(_ thinning: Int) -> [Start] { stride(from: 0, to: count, by: thinning).map { self[$0] } }
}
