/// Where else a law is looked for, once a good fit is known.
///
/// A minimum hides best in the coefficients that only few runs determine: a size term that shows in a corner
/// of the plane, a break that shows at the weakest teachers alone. There the objective is flat almost
/// everywhere, and a grid of starts that is spread over all coefficients meets such a corner only by chance.
/// So these terms are placed anew, everywhere among the runs, with the rest of the law as it was.
extension SizeCoordinates {
  /// Replacements for the two lines and gamma.
  func variations(
    of x: (a: Double, b: Double, alpha: Double, beta: Double, bend: Double),
    spreadParameters: Double, spreadTokens: Double, freeGamma: Bool
  ) -> [(a: Double, b: Double, alpha: Double, beta: Double, bend: Double)] {
    var found: [(a: Double, b: Double, alpha: Double, beta: Double, bend: Double)] = []
    for bend in freeGamma ? [0.03, 0.15, 0.4, 0.7] : [x.bend] {
      for slope in [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2] {
        for place in stride(from: -1, through: 1, by: 0.25) {
          // The terms are equal at mean size, `place` half-spreads from the mean of the other size.
          found.append(
            (x.a, x.a + slope * spreadTokens * place, x.alpha, slope, bend))
          found.append(
            (x.b + slope * spreadParameters * place, x.b, slope, x.beta, bend))
        }
      }
    }
    return found
  }
}

extension SupervisedModel {
  package func kind(of x: Point) -> SizeCoordinates.Kind { SizeCoordinates.kind(bend: x[5]) }

  package func variations(of x: Point) -> [Point] {
    let lines = sizes.variations(
      of: (x[0], x[1], x[3], x[4], x[5]), spreadParameters: spread(design.map(\.logParameters)),
      spreadTokens: spread(design.map(\.logTokens)), freeGamma: free[5] != 0)
    return lines.map { [$0.a, $0.b, x[2], $0.alpha, $0.beta, $0.bend, 0, 0] }
  }
}

extension DistillationModel {
  package func kind(of x: Point) -> SizeCoordinates.Kind { SizeCoordinates.kind(bend: x[4]) }

  package func variations(of x: Point) -> [Point] {
    let lines = sizes.variations(
      of: (x[0], x[1], x[2], x[3], x[4]), spreadParameters: spread(design.map(\.logParameters)),
      spreadTokens: spread(design.map(\.logTokens)), freeGamma: form != .unitGamma)
    var found: [Point] = lines.map {
      var y = x
      (y[0], y[1], y[2], y[3], y[4]) = ($0.a, $0.b, $0.alpha, $0.beta, $0.bend)
      return y
    }
    guard form.hasBreak else { return found }
    for width in [0.01, 0.05, 0.25] {
      for place in [-0.1, 0, 0.1, 0.2, 0.4] {
        for strength in [0.3, 1, 3] {
          var y = x
          (y[6], y[7], y[8]) = (strength * max(x[6], 0.1), width, largestLogRatio - place)
          found.append(y)
        }
      }
    }
    return found
  }
}

/// The largest distance from 0.
func spread(_ values: [Lanes]) -> Double {
  values.reduce(0) { max($0, $1.magnitudes.max()) }
}
