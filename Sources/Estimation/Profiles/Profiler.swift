import Foundation

/// Works out the profiles of one law on one set of runs.
///
/// Every profile is a search of its own, and such searches end in valleys that are not the best. So they are made again,
/// where each may start from what all the others have met, until no profile knows of a law that another misses.
struct Profiler<Model: CentralModel>: Sendable {
  typealias Law = Model.Point
  private var likelihood: LikelihoodObjective<Model>
  private let options: ProfileOptions
  /// Laws that searches may start from: drawn by their likelihood, then met in searches.
  private var known: [MetLaw<Law>]

  @inline(__always)
  init(_ likelihood: LikelihoodObjective<Model>, options: ProfileOptions) {
    self.options = options
    self.likelihood = likelihood
    let drawn = posteriorSamples(
      likelihood,
      options: LikelihoodOptions(
        samples: options.scouts, steps: 1000, seed: options.seed, threads: options.threads))
    known = drawn.map { MetLaw(point: $0, objective: likelihood.objective.evaluate(at: $0).objective) }
    refine(among: known)
  }

  /// Profiles of the quantities, in their order, with intervals of each confidence in turn.
  @inline(__always)
  mutating func profiles(_ quantities: [ProfiledQuantity<Law>], confidences: [Double]) -> [[Profile]] {
    let limits = confidences.map(ProfileOptions.limit)
    var values = [[Double]](repeating: [], count: quantities.count)
    func traces(_ chosen: [Int], points: Int) -> [Trace] {
      for (index, more) in zip(chosen, newValues(chosen.map { (quantities[$0], values[$0].count) })) {
        values[index] += more
      }
      return self.traces(chosen.map { (quantities[$0], values[$0]) }, limits: limits, points: points)
    }
    var again = Array(quantities.indices)
    var found = traces(again, points: 0)
    for _ in 0..<Self.mostPasses where !again.isEmpty {
      let least = likelihood.least
      learn(from: found)
      // Against a better law all ratios are others.
      if likelihood.ratio(least) > 0.01 { again = Array(quantities.indices) }
      for (index, trace) in zip(again, traces(again, points: options.points)) { found[index] = trace }
      again = missing(quantities, found, limits)
    }
    for index in again { widen(&found[index], quantities[index], found, limits) }
    return limits.indices.map { level in zip(quantities, found).map { profile($0, $1, $1.ends[level]) } }
  }

  /// After the first.
  private static var mostPasses: Int { 8 }

  /// Takes an interval that still leaves out laws which belong inside as far as these. How much further it reaches is open.
  private func widen(_ trace: inout Trace, _ quantity: ProfiledQuantity<Law>, _ traces: [Trace], _ limits: [Double]) {
    for (level, limit) in limits.enumerated() {
      let values = traces.flatMap { $0.solved.map(\.law) }.filter { ratio($0) < limit }.map { quantity.value($0.point) }
      if let least = values.min(), least < trace.ends[level].low.value {
        trace.ends[level].low = End(value: least, isOpen: true)
      }
      if let greatest = values.max(), greatest > trace.ends[level].high.value {
        trace.ends[level].high = End(value: greatest, isOpen: true)
      }
    }
  }

  /// Lets searches start from what traces have met.
  private mutating func learn(from traces: [Trace]) {
    let met = traces.flatMap { $0.solved.map(\.law) }.filter(\.objective.isFinite)
    known += met
    refine(among: met)
  }

  /// The quantities whose intervals leave out a law that a trace of another has met and that belongs inside.
  private func missing(_ quantities: [ProfiledQuantity<Law>], _ traces: [Trace], _ limits: [Double]) -> [Int] {
    let laws = traces.flatMap { $0.solved.map(\.law) }.filter { ratio($0) < limits.max() ?? 0 }
    return quantities.indices.filter { index in
      laws.contains { law in
        let value = quantities[index].value(law.point)
        return zip(limits, traces[index].ends).contains { limit, ends in
          // Ends are found to two percent of their distance.
          let slack = 0.04 * (ends.high.value - ends.low.value) + 1e-9
          return ratio(law) < limit
            && ((!ends.low.isOpen && value < ends.low.value - slack)
              || (!ends.high.isOpen && value > ends.high.value + slack))
        }
      }
    }
  }

  /// The values of quantities that the known laws have, from a place on.
  private func newValues(_ quantities: [(quantity: ProfiledQuantity<Law>, first: Int)]) -> [[Double]] {
    parallelMap(count: quantities.count, threads: options.threads, chunk: 1, makeState: { 0 }) {
      let (quantity, first) = quantities[$1]
      return known[first...].map { quantity.value($0.point) }
    }
  }

  @inline(__always)
  private func traces(
    _ quantities: [(quantity: ProfiledQuantity<Law>, values: [Double])], limits: [Double], points: Int
  ) -> [Trace] {
    parallelMap(count: quantities.count, threads: options.threads, chunk: 1, makeState: { 0 }) {
      trace(quantities[$1].quantity, values: quantities[$1].values, limits: limits, points: points)
    }
  }

  /// The search for the best law may have ended in another valley than these have met.
  private mutating func refine(among laws: [MetLaw<Law>]) {
    let best = laws.indices.sorted { (laws[$0].objective, $0) < (laws[$1].objective, $1) }.prefix(16)
    likelihood.refine(from: best.map { laws[$0].point })
  }

  private typealias Ends = (low: End, high: End)

  /// What a search has met, and where it has found the ends of the interval of each confidence.
  private struct Trace {
    var solved: [ConstrainedLaw<Law>]
    var ends: [Ends]
  }

  /// An end of an interval.
  private struct End {
    var value: Double
    /// Whether the ratio is below the limit there, and the quantity or the searches can go no further.
    var isOpen: Bool
  }

  private var search: ConstrainedSearch<Model> { ConstrainedSearch(likelihood.objective) }

  private func ratio(_ law: MetLaw<Law>) -> Double { likelihood.ratio(law.objective) }

  private func profile(_ quantity: ProfiledQuantity<Law>, _ trace: Trace, _ ends: Ends) -> Profile {
    func printed(_ value: Double) -> Double { quantity.isLogarithmic ? exp(value) : value }
    let estimate = quantity.value(likelihood.optimum)
    let model = likelihood.objective.model
    return Profile(
      name: quantity.name, estimate: printed(estimate),
      interval: printed(min(ends.low.value, estimate))...printed(max(ends.high.value, estimate)),
      lowIsOpen: ends.low.isOpen, highIsOpen: ends.high.isOpen,
      points: trace.solved.filter(\.law.objective.isFinite).sorted { $0.value < $1.value }.map {
        Profile.Point(
          value: printed($0.value), ratio: ratio($0.law), coefficients: model.coefficients(at: $0.law.point))
      })
  }

  /// - Parameters:
  ///   - values: those of the quantity that the known laws have.
  ///   - limits: the ratios at the ends.
  ///   - points: how many values are worked out beside those that the ends need.
  @inline(__always)
  private func trace(
    _ quantity: ProfiledQuantity<Law>, values: [Double], limits: [Double], points: Int
  ) -> Trace {
    let centre = ConstrainedLaw(
      value: quantity.value(likelihood.optimum),
      law: MetLaw(point: likelihood.optimum, objective: likelihood.least))
    let places = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var solved = [centre]
    /// The known laws whose quantities are nearest to a value, one in sixty, the best first.
    func near(_ value: Double) -> [Law] {
      let width = max(8, places.count / 60)
      let first = places.firstIndex { values[$0] >= value } ?? places.count
      let start = max(0, min(first - width / 2, places.count - width))
      return places[start..<min(start + width, places.count)]
        .sorted { (known[$0].objective, $0) < (known[$1].objective, $1) }.prefix(5).map { known[$0].point }
    }
    func evaluate(_ value: Double) -> ConstrainedLaw<Law> {
      let below = solved.filter { $0.value <= value }.max { $0.value < $1.value }
      let above = solved.filter { $0.value > value }.min { $0.value < $1.value }
      let law = search.solve(quantity, at: value, from: [below, above].compactMap { $0?.law.point } + near(value))
      solved.append(law)
      return law
    }
    let spread = 0.25 * (values[places[places.count * 5 / 6]] - values[places[places.count / 6]])
    func end(_ side: Double, _ limit: Double) -> End {
      func outwards(from start: ConstrainedLaw<Law>) -> End {
        self.end(
          of: centre, from: start, limit: limit, step: max(spread, 1e-3), side: side, within: quantity.range, evaluate)
      }
      // As far out as is known to be inside.
      let inside = solved.filter { ratio($0.law) < limit && ($0.value - centre.value) * side > 0 }
      var found = outwards(from: inside.max { $0.value * side < $1.value * side } ?? centre)
      // A ridge may break off and go on elsewhere: what of the known laws lies beyond the end is asked as well.
      for _ in 0..<3 where !found.isOpen {
        let beyond = (side < 0 ? places.reversed() : places).filter { (values[$0] - found.value) * side > 0 }
        guard !beyond.isEmpty else { break }
        if let place = beyond.last(where: { ratio(known[$0]) < limit }) {
          let law = ConstrainedLaw(value: values[place], law: known[place])
          solved.append(law)
          found = outwards(from: law)
        } else {
          let asked = [1, 3].map { evaluate(values[beyond[$0 * (beyond.count - 1) / 4]]) }
          let further = asked.filter { ratio($0.law) < limit }.max { $0.value * side < $1.value * side }
          guard let further else { break }
          found = outwards(from: further)
        }
      }
      return found
    }
    let ends = limits.map { (low: end(-1, $0), high: end(1, $0)) }
    if points > 0 {
      // A bit beyond the ends, so that one sees the profile cross the limit.
      let reach = (low: 1.25 * (ends[0].low.value - centre.value), high: 1.25 * (ends[0].high.value - centre.value))
      for index in 0..<points {
        let place = Double(index) / Double(max(1, points - 1))
        let value = centre.value + reach.low + (reach.high - reach.low) * place
        if quantity.range.contains(value), value != centre.value { _ = evaluate(value) }
      }
      solved.sort { $0.value < $1.value }
      settle(quantity, &solved)
    }
    return Trace(solved: solved, ends: ends)
  }

  /// Lets neighbours in a profile, in ascending order, start from each other once more, upwards and downwards.
  @inline(__always)
  private func settle(_ quantity: ProfiledQuantity<Law>, _ solved: inout [ConstrainedLaw<Law>]) {
    for (place, neighbour) in (1..<max(1, solved.count)).map({ ($0, $0 - 1) })
      + (0..<max(0, solved.count - 1)).reversed().map({ ($0, $0 + 1) })
    where solved[neighbour].law.objective < solved[place].law.objective {
      let found = search.solve(quantity, at: solved[place].value, from: [solved[neighbour].law.point])
      if found.law.objective < solved[place].law.objective { solved[place] = found }
    }
  }

  /// Where the ratio comes to the limit on one side, or the end of the range where it does not. The root of the ratio
  /// is about a line, along which the next value is guessed.
  @inline(__always)
  private func end(
    of centre: ConstrainedLaw<Law>, from start: ConstrainedLaw<Law>, limit: Double, step first: Double, side: Double,
    within range: ClosedRange<Double>, _ evaluate: (Double) -> ConstrainedLaw<Law>
  ) -> End {
    let edge = side < 0 ? range.lowerBound : range.upperBound
    let wanted = limit.squareRoot()
    var inside = (value: start.value, root: ratio(start.law).squareRoot())
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
      let root = ratio(evaluate(value).law).squareRoot()
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
    // Where the ratio jumps, no search has got any further; whether a law could is open.
    guard let outside, outside.root < 2 * wanted else { return End(value: inside.value, isOpen: true) }
    return End(value: 0.5 * (outside.value + inside.value), isOpen: false)
  }
}
