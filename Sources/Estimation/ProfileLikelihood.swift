import Foundation
import Randomness
import ScalingLaws

/// How well the law can still fit the runs when a quantity of it is held at a value, over all values.
///
/// The measure is the likelihood ratio of ``LikelihoodScale`` between the best law with the quantity at v and the best
/// of all: where v is the truth it goes as chi² with one degree of freedom. The interval is where the ratio stays below the quantile. It needs no start to be right about a ridge: where the runs
/// leave a quantity open, the ratio stays low and the interval has no end.
public struct Profile: Sendable, Hashable {
  public var name: String
  public var estimate: Double
  /// An end that the runs leave open is the last value that the quantity can have, or infinite.
  public var interval: ClosedRange<Double>
  public var lowIsOpen, highIsOpen: Bool
  /// In ascending order of their values, the estimate among them.
  public var points: [Point]

  /// What is done, in words.
  public static var method: String {
    """
    The likelihood ratio of Huber's function, turned at 1.345 standard deviations, between the best law with the \
    coefficient held at a value and the best of all; searched from 32768 laws drawn by their likelihood. An interval is \
    where the ratio stays below the quantile of chi² with one degree of freedom; an end that the runs leave open is missing.
    """
  }

  public struct Point: Sendable, Hashable {
    public var value: Double
    public var ratio: Double
    /// The best law there.
    public var coefficients: [String: Double]
  }
}

/// How profiles are made.
public struct ProfileOptions: Sendable, Hashable {
  /// Nominal coverage of the intervals, between 0 and 1.
  public var confidence: Double
  /// What is independent of one another.
  public var units: Resampling
  /// Values between the ends of the interval that a profile is worked out at, for drawing; none for intervals alone.
  public var points: Int
  /// Laws drawn by their likelihood, which show where else good laws are.
  public var scouts: Int
  public var seed: UInt64
  public var threads: Int

  public init(
    confidence: Double = 0.9, units: Resampling = .runs, points: Int = 0, scouts: Int = 32768,
    seed: UInt64 = 1, threads: Int? = nil
  ) {
    self.confidence = confidence
    self.units = units
    self.points = points
    self.scouts = scouts
    self.seed = seed
    self.threads = threads ?? availableProcessors
  }
}

/// Works out the profiles of one law on one set of runs.
struct Profiler<Model: CentralModel>: Sendable {
  typealias Law = Model.Point
  private let objective: HuberObjective<Model>
  private let options: ProfileOptions
  /// The ratio at the ends of an interval.
  private let limit: Double
  /// What turns objectives into ratios.
  private let scale: Double
  /// Good laws and their objectives: the best first, then laws drawn by their likelihood.
  private let known: [(point: Law, objective: Double)]

  @inline(__always)
  init(_ likelihood: LikelihoodObjective<Model>, options: ProfileOptions) {
    objective = likelihood.objective
    self.options = options
    let quantile = normalQuantile(0.5 + 0.5 * options.confidence)
    limit = quantile * quantile
    scale = likelihood.scale.factor
    let drawn = likelyLaws(
      likelihood,
      options: LikelihoodOptions(
        samples: options.scouts, steps: 1000, seed: options.seed, threads: options.threads))
    let laws = drawn.map { (point: $0, objective: likelihood.objective.evaluate(at: $0).objective) }
    // The draws may have met a better valley than the search that they started from.
    let best = laws.indices.sorted { (laws[$0].objective, $0) < (laws[$1].objective, $1) }.prefix(16)
    let again = LikelihoodObjective(
      likelihood.objective.model, fit: likelihood.optimum, starts: best.map { laws[$0].point }, groups: nil)
    known = [(again.optimum, likelihood.objective.evaluate(at: again.optimum).objective)] + laws
  }

  private func ratio(_ value: Double) -> Double { max(0, (value - known[0].objective) * scale) }

  /// The best law with the quantity at a value, from laws near by.
  @inline(__always)
  private func solve(
    _ quantity: ProfiledQuantity<Law>, at value: Double, from starts: [Law]
  ) -> (point: Law, objective: Double) {
    let model = PinnedModel(objective.model, condition: quantity.condition(value))
    let pinned = HuberObjective(
      model, weights: PinnedModel.weights(objective.model, objective.weights), delta: objective.delta)
    var polisher = Polisher<PinnedModel<Model>>(blocks: model.blocks)
    func polished(_ start: Law, iterations: Int, relativeGain: Double) -> (point: Law, objective: Double) {
      let charted = model.charted(around: start)
      let inChart = HuberObjective(charted, weights: pinned.weights, delta: pinned.delta)
      let from = charted.toChart(start)
      let descent = Descent(
        point: from, objective: inChart.evaluate(at: from).objective, evaluations: 1, converged: false)
      let end = polisher.minimise(inChart, from: descent, iterations: iterations, relativeGain: relativeGain)
      return (charted.fromChart(end.point), end.objective)
    }
    let tried = starts.map { polished($0, iterations: 8, relativeGain: 1e-4) }
    let best = tried.indices.min { (tried[$0].objective, $0) < (tried[$1].objective, $1) } ?? 0
    return polished(tried[best].point, iterations: 100, relativeGain: 1e-6)
  }

  /// A value of the quantity, the best law there and its ratio.
  private struct Solved {
    var value: Double
    var point: Law
    var ratio: Double
  }

  @inline(__always)
  func profile(_ quantity: ProfiledQuantity<Law>) -> Profile {
    let fit = known[0].point
    let centre = Solved(value: quantity.value(fit), point: fit, ratio: 0)
    let values = known.map { quantity.value($0.point) }
    let places = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    /// The known laws whose quantities are nearest to a value: one in sixty.
    func order(of value: Double) -> ArraySlice<Int> {
      let width = max(8, places.count / 60)
      let first = places.firstIndex { values[$0] >= value } ?? places.count
      let start = max(0, min(first - width / 2, places.count - width))
      return places[start..<min(start + width, places.count)]
    }
    var solved = [centre]
    func evaluate(_ value: Double) -> Solved {
      // From the nearest solution, and from the best of the known laws near by.
      let nearest = solved.min { abs($0.value - value) < abs($1.value - value) } ?? centre
      let near = order(of: value).sorted { (known[$0].objective, $0) < (known[$1].objective, $1) }
      let best = solve(quantity, at: value, from: [nearest.point] + near.prefix(6).map { known[$0].point })
      let new = Solved(value: value, point: best.point, ratio: ratio(best.objective))
      solved.append(new)
      return new
    }
    let spread = 0.25 * (values[places[places.count * 5 / 6]] - values[places[places.count / 6]])
    func end(_ side: Double) -> End {
      var found = self.end(
        of: centre, from: centre, step: max(spread, 1e-3), side: side, within: quantity.range, evaluate)
      // A ridge may break off and go on elsewhere: what of the known laws lies beyond the end is asked as well.
      for _ in 0..<3 where !found.isOpen {
        let beyond = (side < 0 ? places.reversed() : places).filter { (values[$0] - found.value) * side > 0 }
        guard !beyond.isEmpty else { break }
        let further: Solved
        if let known = beyond.last(where: { ratio(known[$0].objective) < limit }).map({ (values[$0], known[$0]) }) {
          further = Solved(value: known.0, point: known.1.point, ratio: ratio(known.1.objective))
          solved.append(further)
        } else {
          let asked = [1, 3].map { evaluate(values[beyond[$0 * (beyond.count - 1) / 4]]) }
          guard let best = asked.filter({ $0.ratio < limit }).max(by: { $0.value * side < $1.value * side }) else { break }
          further = best
        }
        found = self.end(
          of: centre, from: further, step: max(spread, 1e-3), side: side, within: quantity.range, evaluate)
      }
      return found
    }
    let (low, high) = (end(-1), end(1))
    if options.points > 0 {
      // A bit beyond the ends, so that one sees the profile cross the limit.
      let reach = (low: 1.25 * (low.value - centre.value), high: 1.25 * (high.value - centre.value))
      for index in 0..<options.points {
        let place = Double(index) / Double(max(1, options.points - 1))
        let value = centre.value + reach.low + (reach.high - reach.low) * place
        if quantity.range.contains(value), value != centre.value { _ = evaluate(value) }
      }
    }
    func printed(_ value: Double) -> Double { quantity.isLogarithmic ? exp(value) : value }
    return Profile(
      name: quantity.name, estimate: printed(centre.value),
      interval: printed(min(low.value, centre.value))...printed(max(high.value, centre.value)),
      lowIsOpen: low.isOpen, highIsOpen: high.isOpen,
      points: solved.sorted { $0.value < $1.value }.map {
        Profile.Point(
          value: printed($0.value), ratio: $0.ratio, coefficients: objective.model.coefficients(at: $0.point))
      })
  }

  /// An end of an interval.
  private struct End {
    var value: Double
    /// Whether the ratio is below the limit there, and the quantity can go no further.
    var isOpen: Bool
  }

  /// Where the ratio comes to the limit on one side, or the end of the range where it does not. The root of the ratio
  /// is about a line, along which the next value is guessed.
  @inline(__always)
  private func end(
    of centre: Solved, from start: Solved, step first: Double, side: Double, within range: ClosedRange<Double>,
    _ evaluate: (Double) -> Solved
  ) -> End {
    let edge = side < 0 ? range.lowerBound : range.upperBound
    let wanted = limit.squareRoot()
    var inside = (value: start.value, root: start.ratio.squareRoot())
    var outside: (value: Double, root: Double)?
    var step = first
    for _ in 0..<24 {
      guard abs(edge - inside.value) > 1e-9 else { return End(value: edge, isOpen: true) }
      var value = inside.value + side * step
      if let outside {
        // The false position, kept off the ends.
        let share = min(max((wanted - inside.root) / (outside.root - inside.root), 0.1), 0.9)
        value = inside.value + (outside.value - inside.value) * share
      } else if (edge - value) * side <= 0 {
        value = edge
      }
      let root = evaluate(value).ratio.squareRoot()
      if abs(root - wanted) < 0.02 * wanted { return End(value: value, isOpen: false) }
      if root > wanted {
        outside = (value, root)
      } else {
        inside = (value, root)
        let pace = abs(value - centre.value) / max(root, 1e-3) * (wanted - root)
        step = min(max(pace, 0.25 * step), 2 * max(abs(value - centre.value), step))
      }
      if let outside, abs(outside.value - inside.value) < 0.02 * abs(outside.value - centre.value) { break }
    }
    return End(value: outside.map { 0.5 * ($0.value + inside.value) } ?? inside.value, isOpen: outside == nil)
  }
}
