/// Three coordinates of the break: K, f1, log d1 in the internal ones, and k, f1, s near the end of a fit.
///
/// k is the logarithm of what the break takes from log(L_S - L_T) of a typical run, and s = 1 / (1 + e^-z) its
/// place on the break, with z = (log ratio - log d1) / f1. Where the break lies beyond the runs, d1 runs away with
/// K over a flat valley; s then goes to 0, and k stays.
struct BreakPoint {
  var strength, width, place: Double

  /// Bounds of k, and of s and 1 - s.
  static var widest: Double { 60 }
  static var leastShare: Double { 1e-12 }

  /// - Parameters:
  ///   - typical: log ratio L_T / L~_S of the typical run.
  ///   - largest: the largest log ratio, which K refers to.
  func fromChart(typical: Double, largest: Double) -> BreakPoint {
    let soft = Place(self, typical: typical, largest: largest)
    return BreakPoint(
      strength: soft.strength, width: width, place: typical - width * soft.distance)
  }

  func toChart(typical: Double, largest: Double) -> BreakPoint {
    let atTypical = softPlus(Lanes(repeating: max(-690, (typical - place) / width)))
    let atLargest = softPlus(Lanes(repeating: max(-690, (largest - place) / width)))
    let taken = logarithm(Lanes(repeating: strength * atTypical.value[0] / atLargest.value[0]))[0]
    return BreakPoint(
      strength: min(max(taken, -Self.widest), Self.widest), width: width,
      place: min(max(atTypical.share[0], Self.leastShare), 1 - Self.leastShare))
  }

  /// Partial derivatives by this point, from those by K, f1 and log d1.
  func pullBack(_ gradient: BreakPoint, typical: Double, largest: Double) -> BreakPoint {
    let soft = Place(self, typical: typical, largest: largest)
    let byStrength = gradient.strength * soft.strength
    let byDistance = byStrength * (soft.largestRate - soft.typicalRate) - gradient.place * width
    return BreakPoint(
      strength: byStrength,
      width: gradient.width - gradient.place * soft.distance
        - byStrength * soft.largestRate * (largest - typical) / (width * width),
      place: byDistance / (place * (1 - place)))
  }

  /// Where the typical run stands on the break.
  private struct Place {
    /// z of the typical run.
    var distance: Double
    /// K, and the derivatives of the logarithm of the break by z at the two runs.
    var strength, typicalRate, largestRate: Double

    init(_ point: BreakPoint, typical: Double, largest: Double) {
      distance = logarithm(Lanes(repeating: point.place / (1 - point.place)))[0]
      let atTypical = softPlus(Lanes(repeating: distance))
      let atLargest = softPlus(Lanes(repeating: distance + (largest - typical) / point.width))
      strength =
        exponential(Lanes(repeating: point.strength))[0] * atLargest.value[0] / atTypical.value[0]
      typicalRate = atTypical.share[0] / atTypical.value[0]
      largestRate = atLargest.share[0] / atLargest.value[0]
    }
  }
}

extension DistillationModel {
  package func charted(around point: Point) -> Self {
    var model = self
    model.chart = kind(of: point) == .corner ? [] : .mean
    if point[6] > 0 { model.chart.insert(.typicalBreak) }
    return model
  }

  package func toChart(_ point: Point) -> Point {
    var changed = point
    if chart.contains(.mean) { changed.replaceSizes(point.sizes.mean) }
    if chart.contains(.typicalBreak) {
      changed.replaceBreak(point.breakTerm.toChart(typical: typicalLogRatio, largest: largestLogRatio))
    }
    return changed
  }

  package func fromChart(_ point: Point) -> Point {
    var changed = point
    if chart.contains(.mean) { changed.replaceSizes(point.sizes.lines) }
    if chart.contains(.typicalBreak) {
      changed.replaceBreak(point.breakTerm.fromChart(typical: typicalLogRatio, largest: largestLogRatio))
    }
    return changed
  }

  package func pullBack(_ gradient: Point, at point: Point) -> Point {
    var changed = gradient
    if chart.contains(.mean) { changed.replaceSizes(point.sizes.pullBack(gradient.sizes)) }
    if chart.contains(.typicalBreak) {
      changed.replaceBreak(
        point.breakTerm.pullBack(gradient.breakTerm, typical: typicalLogRatio, largest: largestLogRatio))
    }
    return changed
  }
}

extension SIMD16<Double> {
  fileprivate var sizes: SizePoint {
    SizePoint(first: self[0], second: self[1], alpha: self[2], beta: self[3], bend: self[4])
  }

  fileprivate var breakTerm: BreakPoint { BreakPoint(strength: self[6], width: self[7], place: self[8]) }

  fileprivate mutating func replaceSizes(_ sizes: SizePoint) {
    (self[0], self[1], self[2], self[3], self[4]) = (
      sizes.first, sizes.second, sizes.alpha, sizes.beta, sizes.bend
    )
  }

  fileprivate mutating func replaceBreak(_ breakTerm: BreakPoint) {
    (self[6], self[7], self[8]) = (breakTerm.strength, breakTerm.width, breakTerm.place)
  }
}
