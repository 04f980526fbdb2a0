import Foundation
import Randomness

/// Draws laws in proportion to how well they fit the runs: with density exp(-ratio / 2), ratio as
/// ``LikelihoodScale`` has it, flat in central coordinates.
///
/// An ensemble of walkers (Goodman and Weare 2010; ter Braak 2006) steps along the lines between its own members,
/// and so takes the shape of whatever ridge it finds itself on. Walkers start at refits to resampled runs. Several
/// ensembles know nothing of each other: where they agree, they have forgotten where they started.
struct LikelihoodSampler<Model: CentralModel>: Sendable {
  typealias Point = Model.Point
  private let objective: HuberObjective<Model>
  private let least: Double
  private let factor: Double
  private let seed: UInt64
  /// Bounds in internal coordinates.
  private let bounds: (lower: Point, upper: Point)
  private let central: (lower: Point, upper: Point)

  static var ensembles: Int { 8 }
  static var walkers: Int { 32 }

  init(_ likelihood: LikelihoodObjective<Model>, seed: UInt64) {
    objective = likelihood.objective
    self.seed = seed
    least = objective.evaluate(at: likelihood.optimum).objective
    factor = likelihood.scale.factor
    bounds = (objective.model.lowerBounds, objective.model.upperBounds)
    central = objective.model.centralBounds
  }

  /// log density; -infinity outside the bounds.
  @inline(__always)
  private func logDensity(_ point: Point) -> Double {
    for index in 0..<Model.dimension {
      guard point[index] >= central.lower[index], point[index] <= central.upper[index] else { return -.infinity }
    }
    let x = objective.model.fromCentral(point)
    for index in 0..<Model.dimension {
      guard x[index] >= bounds.lower[index], x[index] <= bounds.upper[index] else { return -.infinity }
    }
    let value = objective.evaluate(at: x).objective
    return value.isFinite ? -0.5 * factor * (value - least) : -.infinity
  }

  /// The walkers of one ensemble at `kept` times, in internal coordinates.
  /// - Parameters:
  ///   - starts: in internal coordinates, the fit first.
  ///   - steps: of every walker; the first half is forgotten.
  @inline(__always)
  func run(ensemble: Int, from starts: [Point], steps: Int, kept: Int) -> [Point] {
    var random = CounterGenerator(seed: seed, stream: UInt64(1_000_000 + ensemble))
    let model = objective.model
    let free = Double(model.freeCoefficients)
    // Walkers stay where given coefficients let them be.
    let isRestricted = model.chart.contains(.restricted)
    var walkers = (0..<Self.walkers).map { index -> Point in
      let start = starts[(ensemble + index * Self.ensembles) % starts.count]
      return clamped(model.toCentral(start), central.lower, central.upper)
    }
    var densities = walkers.map(logDensity)
    for index in walkers.indices where !densities[index].isFinite {
      walkers[index] = clamped(model.toCentral(starts[0]), central.lower, central.upper)
      densities[index] = logDensity(walkers[index])
    }
    let half = Self.walkers / 2
    let jump = 2.38 / (2 * free).squareRoot()
    var drawn: [Point] = []
    let interval = max(1, steps / 2 / max(1, kept))
    for step in 0..<steps {
      for index in walkers.indices {
        // Partners come from the other half, which stands still meanwhile.
        let others = index < half ? half : 0
        let first = others + Int(random.uniform() * Double(half))
        var proposal: Point
        var logFactor = 0.0
        if random.uniform() < 0.5 {
          let root = 1 + random.uniform()
          let stretch = 0.5 * root * root
          proposal = walkers[first] + (walkers[index] - walkers[first]) * stretch
          logFactor = (free - 1) * log(stretch)
        } else {
          let second = others + (first - others + 1 + Int(random.uniform() * Double(half - 1))) % half
          let length = random.uniform() < 0.1 ? 1 : jump * (0.5 + random.uniform())
          proposal = walkers[index] + (walkers[first] - walkers[second]) * length
        }
        if isRestricted { proposal = model.toCentral(model.fromCentral(proposal)) }
        let density = logDensity(proposal)
        if log(random.uniform()) < logFactor + density - densities[index] {
          walkers[index] = proposal
          densities[index] = density
        }
      }
      if step >= steps / 2, (step - steps / 2) % interval == interval - 1 {
        drawn += walkers.map(model.fromCentral)
      }
    }
    return drawn
  }
}
