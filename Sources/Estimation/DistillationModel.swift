import Foundation
import ScalingLaws

/// The distillation law (eq. 8) as a regression on runs, for a given supervised law.
///
/// Internal coordinates: log A' - alpha' n, log B' - beta' d, alpha', beta', gamma', c0, c1, f1, log d1, with
/// n and d the means of log N_S and log D_S over the runs. Exponents and c0, c1 are bounded below by 0, and
/// f1 by ``minimumWidth``.
package struct DistillationModel: LawModel {
  package typealias Point = SIMD16<Double>
  package static var dimension: Int { 9 }

  /// Least f1. As f1 -> 0 the turn of the law becomes a kink, and f1 no longer shows in the loss but for runs
  /// within f1 of it; at a thousandth of a nat's log no run can tell. A start with f1 = 0 stands here.
  package static var minimumWidth: Double { 0x1p-10 }

  package let runs: Int
  package let observed: [Lanes]
  let logParameters: [Lanes]
  let logTokens: [Lanes]
  let logTeacherLoss: [Lanes]
  /// log L_T - log L~_S.
  let logRatio: [Lanes]
  let meanLogParameters: Double
  let meanLogTokens: Double

  package init(_ observations: [DistillationObservation], supervised: SupervisedLaw) {
    let n = observations.map { log($0.studentParameters) }
    let d = observations.map { log($0.studentTokens) }
    let (meanN, meanD) = (mean(n), mean(d))
    runs = observations.count
    observed = pack(observations.map { log($0.studentLoss) })
    logParameters = pack(n.map { $0 - meanN })
    logTokens = pack(d.map { $0 - meanD })
    logTeacherLoss = pack(observations.map { log($0.teacherLoss) })
    logRatio = pack(
      observations.map {
        log($0.teacherLoss)
          - supervised.logLoss(logParameters: log($0.studentParameters), logTokens: log($0.studentTokens))
      })
    meanLogParameters = meanN
    meanLogTokens = meanD
  }

  package var free: Point { [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0] }

  package var lowerBounds: Point {
    [-.infinity, -.infinity, 0, 0, 0, 0, 0, Self.minimumWidth, -.infinity, 0, 0, 0, 0, 0, 0, 0]
  }

  package struct Prepared {
    var a, b, alpha, beta, gamma, c0, turn, inverseWidth, d1: Lanes
  }

  @inline(__always)
  package func prepare(_ x: Point) -> Prepared {
    Prepared(
      a: Lanes(repeating: x[0]), b: Lanes(repeating: x[1]), alpha: Lanes(repeating: -x[2]),
      beta: Lanes(repeating: -x[3]), gamma: Lanes(repeating: x[4]), c0: Lanes(repeating: -1 - x[5]),
      turn: Lanes(repeating: -x[6] * x[7]), inverseWidth: Lanes(repeating: 1 / x[7]),
      d1: Lanes(repeating: x[8]))
  }

  @inline(__always)
  package func predict(_ x: Prepared, block: Int) -> (logLoss: Lanes, row: Row) {
    let n = logParameters[block]
    let d = logTokens[block]
    let teacher = logTeacherLoss[block]
    let fromParameters = n.fma(x.alpha, x.a)
    let sizes = softPlus(d.fma(x.beta, x.b) - fromParameters)
    let logSizes = fromParameters + sizes.value
    let distance = (logRatio[block] - x.d1) * x.inverseWidth
    let turn = softPlus(distance)
    // log(L_S - L_T) - log L_T
    let excess = x.gamma.fma(logSizes, teacher.fma(x.c0, x.turn * turn.value))
    let loss = softPlus(excess)
    let byA = loss.share * sizes.complement
    let byB = loss.share * sizes.share
    return (
      teacher + loss.value,
      Row(
        a: byA, b: byB, alpha: byA * n, beta: byB * d, gamma: loss.share * logSizes,
        c0: loss.share * teacher, c1: loss.share * turn.value,
        f1: loss.share * (turn.value - turn.share * distance), d1: loss.share * turn.share)
    )
  }

  @inline(__always)
  package func factors(at x: Point) -> Point {
    [x[4], x[4], -x[4], -x[4], 1, -1, -x[7], -x[6], x[6], 0, 0, 0, 0, 0, 0, 0]
  }

  package struct Row: PartialDerivatives {
    var a, b, alpha, beta, gamma, c0, c1, f1, d1: Lanes

    @inline(__always)
    package static var zero: Row {
      Row(
        a: .zero, b: .zero, alpha: .zero, beta: .zero, gamma: .zero, c0: .zero, c1: .zero, f1: .zero,
        d1: .zero)
    }

    @inline(__always)
    package mutating func add(_ row: Row, times weight: Lanes) {
      a = weight.fma(row.a, a)
      b = weight.fma(row.b, b)
      alpha = weight.fma(row.alpha, alpha)
      beta = weight.fma(row.beta, beta)
      gamma = weight.fma(row.gamma, gamma)
      c0 = weight.fma(row.c0, c0)
      c1 = weight.fma(row.c1, c1)
      f1 = weight.fma(row.f1, f1)
      d1 = weight.fma(row.d1, d1)
    }

    @inline(__always)
    package func forEach(_ body: (Int, Lanes) -> Void) {
      body(0, a)
      body(1, b)
      body(2, alpha)
      body(3, beta)
      body(4, gamma)
      body(5, c0)
      body(6, c1)
      body(7, f1)
      body(8, d1)
    }
  }

  package func coefficients(at x: Point) -> [String: Double] {
    [
      "A": exp(x[0] + x[2] * meanLogParameters), "B": exp(x[1] + x[3] * meanLogTokens),
      "alpha": x[2], "beta": x[3], "gamma": x[4], "c0": x[5], "c1": x[6], "f1": x[7], "d1": exp(x[8]),
    ]
  }

  package func point(_ coefficients: [String: Double]) -> Point? {
    let names = ["A", "B", "alpha", "beta", "gamma", "c0", "c1", "f1", "d1"]
    let values = names.compactMap { coefficients[$0] }
    guard values.count == names.count, values.allSatisfy({ $0 >= 0 }), values[0] > 0, values[1] > 0,
      values[8] > 0
    else { return nil }
    return start(
      logA: log(values[0]), logB: log(values[1]), alpha: values[2], beta: values[3], gamma: values[4],
      c0: values[5], c1: values[6], f1: values[7], logD1: log(values[8]))
  }

  func start(
    logA: Double, logB: Double, alpha: Double, beta: Double, gamma: Double, c0: Double, c1: Double,
    f1: Double, logD1: Double
  ) -> Point {
    [
      logA - alpha * meanLogParameters, logB - beta * meanLogTokens, alpha, beta, gamma, c0, c1,
      max(f1, Self.minimumWidth), logD1, 0, 0, 0, 0, 0, 0, 0,
    ]
  }
}
