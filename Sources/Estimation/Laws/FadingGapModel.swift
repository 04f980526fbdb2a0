import Foundation
import ScalingLaws
import Statistics

/// ``FadingGapLaw`` as a regression on runs; ``DistillationForm/monotone`` is the part of it without a gap.
///
/// Internal coordinates: p_A, p_B, alpha' gamma', beta' gamma', gamma' / (1 + gamma') (see ``SizeCoordinates``), 1 / q, phi of the
/// shortest run, and kappa. Where phi is at 0, its bound, kappa says nothing.
package struct FadingGapModel: LawModel {
  package typealias Point = SIMD8<Double>
  package static var dimension: Int { 8 }

  /// Bounds of 1 / q: at the least the larger of the two terms is all that counts to a hundredth of a nat's log, and at the
  /// greatest they are far less than added.
  static var widths: ClosedRange<Double> { 0x1p-7...4 }
  /// Greatest phi of the shortest run, and greatest kappa: nothing of a steeper gap is left in a run twice as long.
  static var greatestStretch: Double { 64 }
  static var greatestFading: Double { 8 }

  package private(set) var runs: Int
  package private(set) var observed: [Lanes]
  package private(set) var precisions: [Lanes]
  package internal(set) var chart: Chart = []
  package let free: Point
  private let hasGap: Bool
  package private(set) var design: [Block]
  private let leastLogTokens: Double
  private let sizes: SizeCoordinates
  private var leastGamma = SizeCoordinates.minimumGamma
  private var largestSlopes = (alpha: Double.infinity, beta: Double.infinity)

  package init(_ observations: [DistillationObservation], hasGap: Bool) {
    let n = observations.map { log($0.studentParameters) }, d = observations.map { log($0.studentTokens) }
    let (meanN, meanD, leastD) = (mean(n) ?? .nan, mean(d) ?? .nan, d.min() ?? .nan)
    self.hasGap = hasGap
    free = [1, 1, 1, 1, 1, 1, hasGap ? 1 : 0, hasGap ? 1 : 0]
    runs = observations.count
    observed = pack(observations.map { log($0.studentLoss) })
    precisions = Estimation.precisions(of: observations.map(\.noise))
    let (packedN, packedD) = (pack(n.map { $0 - meanN }), pack(d.map { $0 - meanD }))
    let (length, teacher) = (pack(d.map { $0 - leastD }), pack(observations.map { log($0.teacherLoss) }))
    design = packedN.indices.map {
      Block(logParameters: packedN[$0], logTokens: packedD[$0], logLength: length[$0], logTeacherLoss: teacher[$0])
    }
    leastLogTokens = leastD
    sizes = SizeCoordinates(meanLogParameters: meanN, meanLogTokens: meanD)
  }

  /// The starts: eq. 8's values for the sizes, three of q, and four gaps.
  package var grid: Combinations<Point> {
    let (logs, exponents) = (StartGrid.logCoefficients, StartGrid.distillationExponents)
    let gaps = hasGap ? [[0.1, 1], [0.5, 1.5]] : [[0], [0]]
    return Combinations(of: [logs, logs, exponents, exponents, exponents, [0.06, 0.25, 1]] + gaps) {
      let x = sizes.internalCoordinates(logA: $0[0], logB: $0[1], alpha: $0[2], beta: $0[3], gamma: $0[4])
      return [x.a, x.b, x.alpha, x.beta, x.bend, $0[5], $0[6], $0[7]]
    }
  }

  package var lowerBounds: Point {
    [
      -.infinity, chart.contains(.mean) ? -SizeChart.widest : -.infinity, 0, 0, SizeCoordinates.bend(leastGamma),
      Self.widths.lowerBound, 0, 0,
    ]
  }

  package var upperBounds: Point {
    let isMean = chart.contains(.mean)
    return [
      .infinity, isMean ? SizeChart.widest : .infinity, isMean ? .infinity : largestSlopes.alpha,
      isMean ? .infinity : largestSlopes.beta, SizeCoordinates.bend(SizeCoordinates.maximumGamma),
      Self.widths.upperBound, Self.greatestStretch, Self.greatestFading,
    ]
  }

  package var covariates: [[Lanes]] {
    [design.map(\.logParameters), design.map(\.logTokens), design.map(\.logTeacherLoss)]
  }

  package func keeping(_ places: [Int]) -> Self {
    keeping(places, runs: \.runs, columns: [\.observed, \.precisions], design: \.design)
  }

  package func printable(leastGamma: Double) -> Self {
    var model = self
    model.leastGamma = leastGamma
    model.largestSlopes = sizes.printableSlopes(leastGamma: leastGamma)
    return model
  }

  package func charted(around point: Point) -> Self {
    var model = self
    model.chart = kind(of: point) == .corner ? [] : .mean
    return model
  }

  package func toChart(_ point: Point) -> Point { chart.contains(.mean) ? replacing(sizePoint(point).mean, in: point) : point }

  package func fromChart(_ point: Point) -> Point {
    chart.contains(.mean) ? replacing(sizePoint(point).lines, in: point) : point
  }

  package func pullBack(_ gradient: Point, at point: Point) -> Point {
    chart.contains(.mean) ? replacing(sizePoint(point).pullBack(sizePoint(gradient)), in: gradient) : gradient
  }

  private func sizePoint(_ x: Point) -> SizePoint {
    SizePoint(first: x[0], second: x[1], alpha: x[2], beta: x[3], bend: x[4])
  }

  private func replacing(_ sizes: SizePoint, in x: Point) -> Point {
    [sizes.first, sizes.second, sizes.alpha, sizes.beta, sizes.bend, x[5], x[6], x[7]]
  }

  package struct Block: RunBlock {
    /// log N_S and log D_S from their means.
    var logParameters, logTokens: Lanes
    /// log D_S from the shortest run's.
    var logLength: Lanes
    var logTeacherLoss: Lanes

    package static var zero: Block {
      Block(logParameters: .zero, logTokens: .zero, logLength: .zero, logTeacherLoss: .zero)
    }
    package static var columns: [WritableKeyPath<Block, Lanes>] {
      [\.logParameters, \.logTokens, \.logLength, \.logTeacherLoss]
    }
  }

  package struct Prepared {
    var a, b, alpha, beta, gamma, inverseGamma, byBend, width, inverseWidth, stretch, fading: Lanes
  }

  @inline(__always)
  package func prepare(_ point: Point) -> Prepared {
    let x = chart.isEmpty ? point : fromChart(point)
    let gamma = SizeCoordinates.gamma(x[4])
    return Prepared(
      a: Lanes(repeating: x[0]), b: Lanes(repeating: x[1]), alpha: Lanes(repeating: -x[2]),
      beta: Lanes(repeating: -x[3]), gamma: Lanes(repeating: gamma), inverseGamma: Lanes(repeating: 1 / gamma),
      byBend: Lanes(repeating: (1 + gamma) * (1 + gamma)), width: Lanes(repeating: x[5]),
      inverseWidth: Lanes(repeating: 1 / x[5]), stretch: Lanes(repeating: x[6]), fading: Lanes(repeating: -x[7]))
  }

  @inline(always)
  package func predict(_ x: Prepared, _ block: Block) -> (logLoss: Lanes, row: Row) {
    let term = SizeTerm(
      u: block.logParameters.fma(x.alpha, x.a), v: block.logTokens.fma(x.beta, x.b), gamma: x.gamma,
      inverseGamma: x.inverseGamma)
    let teacher = block.logTeacherLoss
    let distance = (term.value - teacher) * x.inverseWidth
    let joined = softPlus(distance)
    // log M / L_T, and how far it is stretched.
    let behind = x.width * joined.value
    let faded = exponential(block.logLength * x.fading)
    let stretched = x.stretch.fma(faded, 1)
    let byOwn = stretched * joined.share
    let byA = byOwn * term.byA, byB = byOwn * term.byB
    return (
      behind.fma(stretched, teacher),
      Row(
        a: byA, b: byB, alpha: -byA * block.logParameters, beta: -byB * block.logTokens,
        bend: byOwn * term.byBend * x.byBend, width: stretched * (joined.value - distance * joined.share),
        stretch: behind * faded, fading: -behind * (stretched - 1) * block.logLength)
    )
  }

  package struct Row: PartialDerivatives {
    var a, b, alpha, beta, bend, width, stretch, fading: Lanes

    @inline(__always)
    package static var zero: Row {
      Row(a: .zero, b: .zero, alpha: .zero, beta: .zero, bend: .zero, width: .zero, stretch: .zero, fading: .zero)
    }

    @inline(__always)
    package mutating func add(_ row: Row, times weight: Lanes) {
      a = weight.fma(row.a, a)
      b = weight.fma(row.b, b)
      alpha = weight.fma(row.alpha, alpha)
      beta = weight.fma(row.beta, beta)
      bend = weight.fma(row.bend, bend)
      width = weight.fma(row.width, width)
      stretch = weight.fma(row.stretch, stretch)
      fading = weight.fma(row.fading, fading)
    }

    @inline(__always)
    package func forEach(_ body: (Int, Lanes) -> Void) {
      body(0, a)
      body(1, b)
      body(2, alpha)
      body(3, beta)
      body(4, bend)
      body(5, width)
      body(6, stretch)
      body(7, fading)
    }
  }

  package func kind(of x: Point) -> SizeCoordinates.Kind { SizeCoordinates.kind(bend: x[4]) }

  package func variations(of x: Point) -> [Point] {
    let lines = sizes.variations(
      of: (x[0], x[1], x[2], x[3], x[4]), spreadParameters: spread(design.map(\.logParameters)),
      spreadTokens: spread(design.map(\.logTokens)),
      freeGamma: true)
    var found: [Point] = lines.map { [$0.a, $0.b, $0.alpha, $0.beta, $0.bend, x[5], x[6], x[7]] }
    for width in [0.03, 0.1, 0.5, 1] {
      for stretch in hasGap ? [0.03, 0.3, 1, 3] : [x[6]] {
        for fading in hasGap ? [0, 0.5, 1.5, 3] : [x[7]] {
          var y = x
          (y[5], y[6], y[7]) = (width, stretch, fading)
          found.append(y)
        }
      }
    }
    return found
  }

  package func coefficients(at x: Point) -> [String: Double] {
    let printed = sizes.printed(a: x[0], b: x[1], alpha: x[2], beta: x[3], bend: x[4])
    var coefficients = [
      "A": printed.A, "B": printed.B, "alpha": printed.alpha, "beta": printed.beta, "gamma": printed.gamma, "q": 1 / x[5],
    ]
    if hasGap { (coefficients["g"], coefficients["kappa"]) = (x[6] * exp(x[7] * leastLogTokens), x[7]) }
    return coefficients
  }

  package func point(_ coefficients: [String: Double]) -> Point? {
    let names = hasGap ? FadingGapLaw.coefficientNames : FadingGapLaw.monotoneNames
    let values = names.compactMap { coefficients[$0] }
    guard values.count == names.count, values.allSatisfy({ $0 >= 0 }), values[0] > 0, values[1] > 0, values[5] > 0
    else { return nil }
    let x = sizes.internalCoordinates(
      logA: log(values[0]), logB: log(values[1]), alpha: values[2], beta: values[3], gamma: values[4])
    let fading = hasGap ? values[7] : 0
    return [
      x.a, x.b, x.alpha, x.beta, x.bend, 1 / values[5], hasGap ? values[6] * exp(-fading * leastLogTokens) : 0, fading,
    ]
  }
}
