import Foundation
import ScalingLaws
import Statistics

/// The supervised law (eq. 1), or with `fixedGamma` the Chinchilla law, as a regression on runs.
///
/// Internal coordinates: p_A, p_B, log E, alpha gamma, beta gamma, gamma / (1 + gamma), see ``SizeCoordinates``. Exponents are
/// bounded below by 0 and gamma lies within ``SizeCoordinates/minimumGamma``
/// and ``SizeCoordinates/maximumGamma``.
package struct SupervisedModel: LawModel {
  package typealias Point = SIMD8<Double>
  package static var dimension: Int { 6 }

  /// Least log E. An E below ``leastIrreducibleLoss`` cannot be told from none and is printed as 0.
  package static var leastLogIrreducibleLoss: Double { -20 }
  static var leastIrreducibleLoss: Double { 1e-6 }

  package private(set) var runs: Int
  package private(set) var observed: [Lanes]
  package private(set) var precisions: [Lanes]
  package internal(set) var chart: Chart = []
  package let free: Point
  package private(set) var design: [Block]
  let sizes: SizeCoordinates
  private var leastGamma = SizeCoordinates.minimumGamma
  private var largestSlopes = (alpha: Double.infinity, beta: Double.infinity)
  /// Whether gamma is among the coefficients, fixed or not.
  let hasGamma: Bool
  /// What follows from other coordinates, because coefficients are given.
  private let restriction: SizeRestriction?
  /// What is given of the coefficients.
  let given: Restrictions

  /// - Parameters:
  ///   - fixedGamma: gamma is kept at its start, which is 1 for the Chinchilla law.
  ///   - restrictions: what is given of the coefficients.
  package init(
    _ observations: [SupervisedObservation], fixedGamma: Bool, restrictions: Restrictions = Restrictions()
  ) {
    let n = observations.map { log($0.parameters) }
    let d = observations.map { log($0.tokens) }
    let (meanN, meanD) = (mean(n) ?? .nan, mean(d) ?? .nan)
    runs = observations.count
    observed = pack(observations.map { log($0.loss) })
    precisions = Estimation.precisions(of: observations.map(\.noise))
    design = zip(pack(n.map { $0 - meanN }), pack(d.map { $0 - meanD })).map { Block(logParameters: $0, logTokens: $1) }
    sizes = SizeCoordinates(meanLogParameters: meanN, meanLogTokens: meanD)
    hasGamma = !fixedGamma
    given = restrictions
    restriction = SizeRestriction(restrictions, sizes: sizes, leastLogE: Self.leastLogIrreducibleLoss)
    let own: Point = [1, 1, 1, 1, 1, fixedGamma ? 0 : 1, 0, 0]
    free = restriction.map { $0.free * own } ?? own
    if restriction != nil { chart = .restricted }
  }

  package func restored(_ point: Point) -> Point { restriction?.applied(to: point) ?? point }

  /// The same law of other models, in the same coordinates.
  func asking(_ models: [SupervisedObservation]) -> SupervisedModel {
    let own = SupervisedModel(models, fixedGamma: false)
    var model = self
    model.runs = own.runs
    model.observed = own.observed
    model.precisions = own.precisions
    model.design = own.design.map {
      Block(
        logParameters: $0.logParameters + (own.sizes.meanLogParameters - sizes.meanLogParameters),
        logTokens: $0.logTokens + (own.sizes.meanLogTokens - sizes.meanLogTokens))
    }
    return model
  }

  package var covariates: [[Lanes]] { [design.map(\.logParameters), design.map(\.logTokens)] }

  package func keeping(_ places: [Int]) -> Self {
    keeping(places, runs: \.runs, columns: [\.observed, \.precisions], design: \.design)
  }

  package func printable(leastGamma: Double) -> SupervisedModel {
    var model = self
    model.leastGamma = leastGamma
    model.largestSlopes = sizes.printableSlopes(leastGamma: leastGamma)
    return model
  }

  package var lowerBounds: Point {
    [
      -.infinity, chart.contains(.mean) ? -SizeChart.widest : -.infinity, Self.leastLogIrreducibleLoss, 0, 0,
      SizeCoordinates.bend(leastGamma), 0, 0,
    ]
  }

  package var upperBounds: Point {
    var bounds = Point(repeating: .infinity)
    if chart.contains(.mean) {
      bounds[1] = SizeChart.widest
    } else {
      bounds[3] = largestSlopes.alpha
      bounds[4] = largestSlopes.beta
    }
    bounds[5] = SizeCoordinates.bend(SizeCoordinates.maximumGamma)
    return bounds
  }

  package func charted(around point: Point) -> Self {
    // Given coefficients are simple in internal coordinates alone.
    if restriction != nil { return self }
    var model = self
    model.chart = kind(of: point) == .corner ? [] : .mean
    return model
  }

  @inline(__always)
  package func toChart(_ point: Point) -> Point {
    if let restriction { return restriction.applied(to: point) }
    return replacing(sizePoint(point).mean, in: point)
  }

  @inline(__always)
  package func fromChart(_ point: Point) -> Point {
    if let restriction { return restriction.applied(to: point) }
    return replacing(sizePoint(point).lines, in: point)
  }

  @inline(__always)
  package func pullBack(_ gradient: Point, at point: Point) -> Point {
    if let restriction { return restriction.pullBack(gradient, at: point) }
    return replacing(sizePoint(point).pullBack(sizePoint(gradient)), in: gradient)
  }

  @inline(__always)
  private func sizePoint(_ x: Point) -> SizePoint {
    SizePoint(first: x[0], second: x[1], alpha: x[3], beta: x[4], bend: x[5])
  }

  @inline(__always)
  private func replacing(_ sizes: SizePoint, in x: Point) -> Point {
    var y = x
    (y[0], y[1], y[3], y[4], y[5]) = (sizes.first, sizes.second, sizes.alpha, sizes.beta, sizes.bend)
    return y
  }

  /// log N and log D from their means.
  package struct Block: RunBlock {
    var logParameters, logTokens: Lanes

    package static var zero: Block { Block(logParameters: .zero, logTokens: .zero) }
    package static var columns: [WritableKeyPath<Block, Lanes>] { [\.logParameters, \.logTokens] }
  }

  package struct Prepared {
    var a, b, e, alpha, beta, gamma, inverseGamma, byBend: Lanes
  }

  @inline(__always)
  package func prepare(_ point: Point) -> Prepared {
    let x = chart.isEmpty ? point : fromChart(point)
    let gamma = SizeCoordinates.gamma(x[5])
    return Prepared(
      a: Lanes(repeating: x[0]), b: Lanes(repeating: x[1]), e: Lanes(repeating: x[2]),
      alpha: Lanes(repeating: -x[3]), beta: Lanes(repeating: -x[4]), gamma: Lanes(repeating: gamma),
      inverseGamma: Lanes(repeating: 1 / gamma),
      byBend: Lanes(repeating: (1 + gamma) * (1 + gamma)))
  }

  @inline(always)
  package func predict(_ x: Prepared, _ block: Block) -> (logLoss: Lanes, row: Row) {
    let term = SizeTerm(
      u: block.logParameters.fma(x.alpha, x.a), v: block.logTokens.fma(x.beta, x.b), gamma: x.gamma,
      inverseGamma: x.inverseGamma)
    let loss = softPlus(term.value - x.e)
    let byA = loss.share * term.byA
    let byB = loss.share * term.byB
    return (
      x.e + loss.value,
      Row(
        a: byA, b: byB, e: loss.complement, alpha: -byA * block.logParameters,
        beta: -byB * block.logTokens, bend: loss.share * term.byBend * x.byBend)
    )
  }

  package struct Row: PartialDerivatives {
    var a, b, e, alpha, beta, bend: Lanes

    @inline(__always)
    package static var zero: Row {
      Row(a: .zero, b: .zero, e: .zero, alpha: .zero, beta: .zero, bend: .zero)
    }

    @inline(__always)
    package mutating func add(_ row: Row, times weight: Lanes) {
      a = weight.fma(row.a, a)
      b = weight.fma(row.b, b)
      e = weight.fma(row.e, e)
      alpha = weight.fma(row.alpha, alpha)
      beta = weight.fma(row.beta, beta)
      bend = weight.fma(row.bend, bend)
    }

    @inline(__always)
    package func forEach(_ body: (Int, Lanes) -> Void) {
      body(0, a)
      body(1, b)
      body(2, e)
      body(3, alpha)
      body(4, beta)
      body(5, bend)
    }
  }

  package func coefficients(at point: Point) -> [String: Double] {
    let x = restored(point)
    let printed = sizes.printed(a: x[0], b: x[1], alpha: x[3], beta: x[4], bend: x[5])
    let irreducible = exp(x[2]) < Self.leastIrreducibleLoss ? 0 : exp(x[2])
    var coefficients = [
      "A": printed.A, "B": printed.B, "E": irreducible, "alpha": printed.alpha, "beta": printed.beta,
    ]
    if hasGamma { coefficients["gamma"] = printed.gamma }
    return coefficients
  }

  package func point(_ coefficients: [String: Double]) -> Point? {
    guard let a = coefficients["A"], let b = coefficients["B"], let e = coefficients["E"],
      let alpha = coefficients["alpha"], let beta = coefficients["beta"],
      a > 0, b > 0, e >= 0, alpha >= 0, beta >= 0
    else { return nil }
    let gamma = hasGamma ? coefficients["gamma"] : 1
    guard let gamma, gamma >= 0 else { return nil }
    let logE = max(log(e), Self.leastLogIrreducibleLoss)
    return start(logA: log(a), logB: log(b), logE: logE, alpha: alpha, beta: beta, gamma: gamma)
  }

  func start(logA: Double, logB: Double, logE: Double, alpha: Double, beta: Double, gamma: Double) -> Point {
    let x = sizes.internalCoordinates(logA: logA, logB: logB, alpha: alpha, beta: beta, gamma: gamma)
    return [x.a, x.b, logE, x.alpha, x.beta, x.bend, 0, 0]
  }
}
