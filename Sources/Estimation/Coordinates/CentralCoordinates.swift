import Foundation

/// A law in the coordinates that laws are drawn in: what it says at the middle of the runs.
///
/// A flat density in them is a modest prior. They are the blend of the sizes at mean size, the share that the tokens'
/// term has in it there, its slopes by log N and log D there, and the bend of gamma; and of the break what it takes
/// from a typical run, the place of that run on it, between 0 and 1, and its width. Where the runs leave a term open
/// it is a bounded coordinate that is open, not one that runs away.
protocol CentralModel: LawModel {
  func toCentral(_ point: Point) -> Point
  func fromCentral(_ central: Point) -> Point
  var centralBounds: (lower: Point, upper: Point) { get }
}

private enum Bound {
  static var share: ClosedRange<Double> { 1e-9...(1 - 1e-9) }
  static var widest: Double { 2 }
}

extension SizePoint {
  /// With the share of the tokens' term in place of the distance of the lines.
  fileprivate var central: SizePoint {
    var point = mean
    point.second = min(max(1 / (1 + exp(-point.second)), Bound.share.lowerBound), Bound.share.upperBound)
    return point
  }

  /// The lines of a point whose second coordinate is a share.
  fileprivate var linesOfCentral: SizePoint {
    var point = self
    point.second = log(second / (1 - second))
    return point.lines
  }
}

extension SupervisedModel: CentralModel {
  func toCentral(_ point: Point) -> Point {
    let x = restored(point)
    let sizes = SizePoint(first: x[0], second: x[1], alpha: x[3], beta: x[4], bend: x[5]).central
    return [sizes.first, sizes.second, exp(x[2]), sizes.alpha, sizes.beta, sizes.bend, 0, 0]
  }

  func fromCentral(_ x: Point) -> Point {
    let sizes = SizePoint(first: x[0], second: x[1], alpha: x[3], beta: x[4], bend: x[5]).linesOfCentral
    return restored([
      sizes.first, sizes.second, max(log(x[2]), Self.leastLogIrreducibleLoss), sizes.alpha, sizes.beta, sizes.bend, 0, 0,
    ])
  }

  var centralBounds: (lower: Point, upper: Point) {
    let (lower, upper) = (lowerBounds, upperBounds)
    let leastLoss = exp(observed.map { $0.min() }.min() ?? 0)
    return (
      [-.infinity, Bound.share.lowerBound, 0, 0, 0, lower[5], 0, 0],
      [.infinity, Bound.share.upperBound, leastLoss, .infinity, .infinity, upper[5], 0, 0]
    )
  }
}

extension DistillationModel: CentralModel {
  func toCentral(_ x: Point) -> Point {
    let sizes = SizePoint(first: x[0], second: x[1], alpha: x[2], beta: x[3], bend: x[4]).central
    let breakTerm = BreakPoint(strength: max(x[6], 1e-12), width: x[7], place: x[8])
      .toChart(typical: typicalLogRatio, largest: largestLogRatio)
    return [
      sizes.first, sizes.second, sizes.alpha, sizes.beta, sizes.bend, x[5], exp(breakTerm.strength), breakTerm.width,
      breakTerm.place,
      0, 0, 0, 0, 0, 0, 0,
    ]
  }

  func fromCentral(_ x: Point) -> Point {
    let sizes = SizePoint(first: x[0], second: x[1], alpha: x[2], beta: x[3], bend: x[4]).linesOfCentral
    let breakTerm = BreakPoint(strength: max(log(x[6]), -BreakPoint.widest), width: x[7], place: x[8])
      .fromChart(typical: typicalLogRatio, largest: largestLogRatio)
    return [
      sizes.first, sizes.second, sizes.alpha, sizes.beta, sizes.bend, x[5], breakTerm.strength, breakTerm.width,
      breakTerm.place,
      0, 0, 0, 0, 0, 0, 0,
    ]
  }

  var centralBounds: (lower: Point, upper: Point) {
    let (lower, upper) = (lowerBounds, upperBounds)
    return (
      [-.infinity, Bound.share.lowerBound, 0, 0, lower[4], 0, 0, Self.minimumWidth, 1e-6, 0, 0, 0, 0, 0, 0, 0],
      [
        .infinity, Bound.share.upperBound, .infinity, .infinity, upper[4], .infinity, BreakPoint.widest, Bound.widest,
        1 - 1e-6, 0, 0, 0, 0, 0, 0, 0,
      ]
    )
  }
}
