import Randomness

/// A thread's scratch space for fits to resampled runs.
struct Refit<Model: LawModel> {
  /// Of the runs that were drawn last, of all before.
  var objective: HuberObjective<Model>
  private let model: Model
  var descent: ReweightedDescent<Model>
  var polisher: Polisher<Model>

  init(_ model: Model, delta: Double, upperWeight: Double = 1) {
    self.model = model
    objective = HuberObjective(model, delta: delta, upperWeight: upperWeight)
    descent = ReweightedDescent(blocks: model.blocks)
    polisher = Polisher(blocks: model.blocks)
  }

  /// The lowest minimum that descents from the starts come to, the first where several are as low.
  mutating func lowest(_ objective: HuberObjective<Model>, from starts: [Model.Point]) -> Descent<Model.Point> {
    let descents = starts.map { start in
      let descent = descent.minimise(objective, from: start, limits: .untilPolish)
      return finish(objective, from: descent)
    }
    let best = descents.indices.min { (descents[$0].objective, $0) < (descents[$1].objective, $1) } ?? 0
    return descents[best]
  }

  /// Takes a descent to the minimum, and again in the chart in which its valley is straight.
  /// - Parameter known: a minimum that came of this already; a descent that comes to it needs no second look.
  mutating func finish(
    _ objective: HuberObjective<Model>, from descent: Descent<Model.Point>, unless known: Descent<Model.Point>? = nil
  ) -> Descent<Model.Point> {
    let best = polisher.minimise(objective, from: descent)
    if let known, abs(best.objective - known.objective) <= 1e-8 * known.objective { return best }
    let other = inChart(objective, from: best, relativeGain: 1e-9)
    return other.objective < best.objective ? other : best
  }

  /// Takes a descent towards the minimum, to a millionth of the objective: well within the doubt that
  /// resampling is to measure.
  mutating func settle(from descent: Descent<Model.Point>) -> Descent<Model.Point> {
    let other = inChart(objective, from: descent, iterations: 8, relativeGain: 1e-6)
    return other.objective < descent.objective ? other : descent
  }

  private mutating func inChart(
    _ objective: HuberObjective<Model>, from descent: Descent<Model.Point>, iterations: Int = 100,
    relativeGain: Double
  ) -> Descent<Model.Point> {
    let model = objective.model.charted(around: descent.point)
    let charted = objective.of(model)
    var other = self.descent.minimise(charted, from: model.toChart(descent.point), limits: .untilPolish)
    other.evaluations += descent.evaluations
    other = polisher.minimise(
      charted, from: other, iterations: iterations, relativeGain: 1e-3 * relativeGain)
    other.point = model.fromChart(other.point)
    other.objective = objective.evaluate(at: other.point).objective
    return other
  }

  /// Draws as many runs, or groups of runs, as there are, with replacement: the objective has the runs that were
  /// drawn, about two thirds of all, and weighs each by how often it was.
  /// - Parameter groups: the places of the runs of each group; nil for single runs.
  mutating func draw(_ random: CounterRandom, groups: [[Int]]? = nil) {
    let count = groups?.count ?? model.runs
    var times = Array(repeating: 0.0, count: model.runs)
    for draw in 0..<count {
      let drawn = random.integer(below: count, at: UInt64(draw))
      for run in groups?[drawn] ?? [drawn] { times[run] += 1 }
    }
    let places = times.indices.filter { times[$0] > 0 }
    objective = objective.of(model, keeping: places, weights: places.map { times[$0] })
  }
}
