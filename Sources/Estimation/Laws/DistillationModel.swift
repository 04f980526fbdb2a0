import Foundation
import ScalingLaws
import Statistics

/// The distillation law (eq. 8) as a regression on runs, for a given supervised law.
///
/// Internal coordinates: p_A - c0 t, p_B - c0 t, alpha' gamma', beta' gamma', gamma' / (1 + gamma') (see ``SizeCoordinates``; t
/// is the mean of log L_T over the runs), c0, K, f1, log d1.
///
/// K is what the break takes from log(L_S - L_T) at the weakest teacher, where k = log L_T - log L~_S has its
/// largest value k0: K = c1 f1 log(1 + e^((k0 - log d1)/f1)). With the break beyond the data, as it is in the
/// published fit, c1 and d1 move together over orders of magnitude and nothing but K is determined.
///
/// Exponents, c0 and K are bounded below by 0, gamma' within ``SizeCoordinates/minimumGamma`` and
/// ``SizeCoordinates/maximumGamma``, and f1 by
/// ``minimumWidth``.
package struct DistillationModel: LawModel {
  package typealias Point = SIMD16<Double>
  package static var dimension: Int { 9 }

  /// Least f1. As f1 -> 0 the break of the law becomes a kink, and f1 no longer shows in the loss but for runs
  /// within f1 of it; at a thousandth of a nat's log no run can tell. A start with f1 = 0 stands here.
  package static var minimumWidth: Double { 0x1p-10 }

  package private(set) var runs: Int
  package private(set) var observed: [Lanes]
  package private(set) var precisions: [Lanes]
  package let form: DistillationForm
  package let free: Point
  package internal(set) var chart: Chart = []
  package private(set) var design: [Block]
  /// k0, the largest k.
  let largestLogRatio: Double
  /// The upper quartile of k.
  let typicalLogRatio: Double
  let meanLogTeacherLoss: Double
  let sizes: SizeCoordinates
  private var leastGamma = SizeCoordinates.minimumGamma
  private var largestSlopes = (alpha: Double.infinity, beta: Double.infinity)

  package init(
    _ observations: [DistillationObservation], supervised: SupervisedLaw, form: DistillationForm = .full
  ) {
    self.form = form
    let gamma = form == .unitGamma ? 0.0 : 1, c0 = form == .additive ? 0.0 : 1, breakTerm = form.hasBreak ? 1.0 : 0
    free = [1, 1, 1, 1, gamma, c0, breakTerm, breakTerm, breakTerm, 0, 0, 0, 0, 0, 0, 0]
    let n = observations.map { log($0.studentParameters) }
    let d = observations.map { log($0.studentTokens) }
    let (meanN, meanD) = (mean(n) ?? .nan, mean(d) ?? .nan)
    let t = observations.map { log($0.teacherLoss) }
    let meanT = mean(t) ?? .nan
    let k = observations.map {
      log($0.teacherLoss)
        - supervised.logLoss(logParameters: log($0.studentParameters), logTokens: log($0.studentTokens))
    }
    runs = observations.count
    observed = pack(observations.map { log($0.studentLoss) })
    precisions = Estimation.precisions(of: observations.map(\.noise))
    let (packedN, packedD) = (pack(n.map { $0 - meanN }), pack(d.map { $0 - meanD }))
    let (packedT, packedK) = (pack(t), pack(k))
    design = packedN.indices.map {
      Block(
        logParameters: packedN[$0], logTokens: packedD[$0], logTeacherLoss: packedT[$0], logRatio: packedK[$0])
    }
    largestLogRatio = k.max() ?? 0
    typicalLogRatio = k.isEmpty ? 0 : percentile(k.sorted(), 0.75)
    meanLogTeacherLoss = meanT
    sizes = SizeCoordinates(meanLogParameters: meanN, meanLogTokens: meanD)
  }

  /// The same law of other students, in the same coordinates.
  func asking(_ students: [DistillationObservation], supervised: SupervisedLaw) -> DistillationModel {
    let own = DistillationModel(students, supervised: supervised, form: form)
    var model = self
    model.runs = own.runs
    model.observed = own.observed
    model.precisions = own.precisions
    model.design = own.design.map {
      var block = $0
      block.logParameters += own.sizes.meanLogParameters - sizes.meanLogParameters
      block.logTokens += own.sizes.meanLogTokens - sizes.meanLogTokens
      return block
    }
    return model
  }

  package var covariates: [[Lanes]] {
    [design.map(\.logParameters), design.map(\.logTokens), design.map(\.logTeacherLoss)]
  }

  package func keeping(_ places: [Int]) -> Self {
    keeping(places, runs: \.runs, columns: [\.observed, \.precisions], design: \.design)
  }

  package func printable(leastGamma: Double) -> DistillationModel {
    var model = self
    model.leastGamma = leastGamma
    model.largestSlopes = sizes.printableSlopes(leastGamma: leastGamma)
    return model
  }

  package var lowerBounds: Point {
    [
      -.infinity, chart.contains(.mean) ? -SizeChart.widest : -.infinity, 0, 0, SizeCoordinates.bend(leastGamma),
      0, chart.contains(.typicalBreak) ? -BreakPoint.widest : 0, Self.minimumWidth,
      chart.contains(.typicalBreak) ? BreakPoint.leastShare : -.infinity, 0, 0, 0, 0, 0, 0, 0,
    ]
  }

  package var upperBounds: Point {
    var bounds = Point(repeating: .infinity)
    if chart.contains(.mean) {
      bounds[1] = SizeChart.widest
    } else {
      bounds[2] = largestSlopes.alpha
      bounds[3] = largestSlopes.beta
    }
    bounds[4] = SizeCoordinates.bend(SizeCoordinates.maximumGamma)
    if chart.contains(.typicalBreak) {
      bounds[6] = BreakPoint.widest
      bounds[8] = 1 - BreakPoint.leastShare
    }
    return bounds
  }

  package struct Block: RunBlock {
    /// log N_S and log D_S from their means, and log L_T.
    var logParameters, logTokens, logTeacherLoss: Lanes
    /// k = log L_T - log L~_S.
    var logRatio: Lanes

    package static var zero: Block {
      Block(logParameters: .zero, logTokens: .zero, logTeacherLoss: .zero, logRatio: .zero)
    }
    package static var columns: [WritableKeyPath<Block, Lanes>] {
      [\.logParameters, \.logTokens, \.logTeacherLoss, \.logRatio]
    }
  }

  package struct Prepared {
    var a, b, alpha, beta, gamma, inverseGamma, byBend, c0, meanLogTeacherLoss, strength, inverseWidth, d1: Lanes
    /// 1 / reference, K / (f1 reference), and the derivatives of the reference.
    var inverseReference, breakTerm, widthShift, d1Shift: Lanes
  }

  @inline(__always)
  package func prepare(_ point: Point) -> Prepared {
    let x = chart.isEmpty ? point : fromChart(point)
    let gamma = SizeCoordinates.gamma(x[4])
    let reference = Reference(self, width: x[7], logD1: x[8])
    return Prepared(
      a: Lanes(repeating: x[0]), b: Lanes(repeating: x[1]), alpha: Lanes(repeating: -x[2]),
      beta: Lanes(repeating: -x[3]), gamma: Lanes(repeating: gamma), inverseGamma: Lanes(repeating: 1 / gamma),
      byBend: Lanes(repeating: (1 + gamma) * (1 + gamma)),
      c0: Lanes(repeating: -x[5]), meanLogTeacherLoss: Lanes(repeating: meanLogTeacherLoss),
      strength: Lanes(repeating: x[6]),
      inverseWidth: Lanes(repeating: 1 / x[7]), d1: Lanes(repeating: x[8]),
      inverseReference: Lanes(repeating: -1 / reference.value),
      breakTerm: Lanes(repeating: x[6] / (x[7] * reference.value)),
      widthShift: Lanes(repeating: reference.distance * reference.share / reference.value),
      d1Shift: Lanes(repeating: reference.share / reference.value))
  }

  /// The break at the weakest teacher: its distance from d1 in units of f1, and the softplus of that with its
  /// derivative.
  struct Reference {
    var distance, value, share: Double

    @inline(__always)
    init(_ model: DistillationModel, width: Double, logD1: Double) {
      // Further away e^distance would underflow; the break is then out of sight of all runs.
      distance = max(-690, (model.largestLogRatio - logD1) / width)
      let soft = softPlus(Lanes(repeating: distance))
      value = soft.value[0]
      share = soft.share[0]
    }
  }

  @inline(always)
  func terms(_ x: Prepared, _ block: Block) -> Terms {
    let distance = (block.logRatio - x.d1) * x.inverseWidth
    return Terms(
      sizes: SizeTerm(
        u: block.logParameters.fma(x.alpha, x.a), v: block.logTokens.fma(x.beta, x.b), gamma: x.gamma,
        inverseGamma: x.inverseGamma),
      distance: distance, breakTerm: softPlus(distance))
  }

  /// The size terms, the distance from the break in units of its width, and the break there.
  struct Terms {
    var sizes: SizeTerm
    var distance: Lanes
    var breakTerm: SoftPlus
  }

  @inline(always)
  package func predict(_ x: Prepared, _ block: Block) -> (logLoss: Lanes, row: Row) {
    predict(x, terms(x, block), block, floor: block.logTeacherLoss)
  }

  /// - Parameter floor: log L_T, or what stands in its place as the loss that the sizes add to.
  @inline(always)
  func predict(_ x: Prepared, _ terms: Terms, _ block: Block, floor: Lanes) -> (logLoss: Lanes, row: Row) {
    let (term, breakTerm, distance) = (terms.sizes, terms.breakTerm, terms.distance)
    let (excess, centred, taken) = excess(x, terms, block)
    let loss = softPlus(excess - floor)
    let byA = loss.share * term.byA
    let byB = loss.share * term.byB
    let byBreak = loss.share * x.breakTerm
    return (
      floor + loss.value,
      Row(
        a: byA, b: byB, alpha: -byA * block.logParameters, beta: -byB * block.logTokens,
        bend: loss.share * term.byBend * x.byBend,
        c0: -loss.share * centred, strength: loss.share * taken,
        f1: byBreak * (breakTerm.share * distance - breakTerm.value * x.widthShift),
        d1: byBreak * (breakTerm.share - breakTerm.value * x.d1Shift))
    )
  }

  /// log(L_S - L_T), or the log of what the sizes add to the floor; with log L_T from its mean, and what the break takes,
  /// per K, with its sign.
  @inline(always)
  private func excess(
    _ x: Prepared, _ terms: Terms, _ block: Block
  ) -> (value: Lanes, centred: Lanes, taken: Lanes) {
    let centred = block.logTeacherLoss - x.meanLogTeacherLoss
    let taken = terms.breakTerm.value * x.inverseReference
    return (centred.fma(x.c0, terms.sizes.value) + taken * x.strength, centred, taken)
  }

  /// log predicted alone.
  @inline(always)
  func logLoss(_ x: Prepared, _ block: Block) -> Lanes {
    let excess = excess(x, terms(x, block), block).value
    return block.logTeacherLoss + softPlus(excess - block.logTeacherLoss).value
  }

  package struct Row: PartialDerivatives {
    var a, b, alpha, beta, bend, c0, strength, f1, d1: Lanes

    @inline(__always)
    package static var zero: Row {
      Row(
        a: .zero, b: .zero, alpha: .zero, beta: .zero, bend: .zero, c0: .zero, strength: .zero, f1: .zero,
        d1: .zero)
    }

    @inline(__always)
    package mutating func add(_ row: Row, times weight: Lanes) {
      a = weight.fma(row.a, a)
      b = weight.fma(row.b, b)
      alpha = weight.fma(row.alpha, alpha)
      beta = weight.fma(row.beta, beta)
      bend = weight.fma(row.bend, bend)
      c0 = weight.fma(row.c0, c0)
      strength = weight.fma(row.strength, strength)
      f1 = weight.fma(row.f1, f1)
      d1 = weight.fma(row.d1, d1)
    }

    @inline(__always)
    package func forEach(_ body: (Int, Lanes) -> Void) {
      body(0, a)
      body(1, b)
      body(2, alpha)
      body(3, beta)
      body(4, bend)
      body(5, c0)
      body(6, strength)
      body(7, f1)
      body(8, d1)
    }
  }

  package func coefficients(at x: Point) -> [String: Double] {
    let shift = x[5] * meanLogTeacherLoss
    let printed = sizes.printed(a: x[0] + shift, b: x[1] + shift, alpha: x[2], beta: x[3], bend: x[4])
    let reference = Reference(self, width: x[7], logD1: x[8])
    return [
      "A": printed.A, "B": printed.B, "alpha": printed.alpha, "beta": printed.beta, "gamma": printed.gamma,
      "c0": x[5], "c1": x[6] / (x[7] * reference.value), "f1": x[7], "d1": exp(x[8]),
    ]
  }

  package func point(_ coefficients: [String: Double]) -> Point? {
    let names = DistillationLaw.coefficientNames
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
    let x = sizes.internalCoordinates(logA: logA, logB: logB, alpha: alpha, beta: beta, gamma: gamma)
    let shift = c0 * meanLogTeacherLoss
    let width = max(f1, Self.minimumWidth)
    let strength = c1 * width * Reference(self, width: width, logD1: logD1).value
    return [
      x.a - shift, x.b - shift, x.alpha, x.beta, x.bend, c0, strength, width, logD1, 0, 0, 0, 0, 0, 0, 0,
    ]
  }
}
