/// A thread's scratch space for fits to resampled runs.
struct Refit<Model: LawModel> {
  var objective: HuberObjective<Model>
  var newton = QuasiNewton<Model>()
  var polisher: Polisher<Model>

  init(_ model: Model, delta: Double) {
    objective = HuberObjective(model, delta: delta)
    polisher = Polisher(blocks: model.blocks)
  }

  /// Takes a descent to the minimum, in the chart in which its valley is straight.
  mutating func finish(
    _ objective: HuberObjective<Model>, from descent: Descent<Model.Point>, relativeGain: Double = 1e-12
  ) -> Descent<Model.Point> {
    let best = polisher.minimise(objective, from: descent, relativeGain: relativeGain)
    let model = objective.model.charted(around: best.point)
    if model.chart.isEmpty { return best }
    let changed = HuberObjective(model, weights: objective.weights, delta: objective.delta)
    var other = newton.minimise(
      changed, from: model.toChart(best.point), limits: DescentLimits(iterations: 1000, relativeGain: 1e-9))
    other = polisher.minimise(changed, from: other, relativeGain: relativeGain)
    other.point = model.fromChart(other.point)
    other.objective = objective.evaluate(at: other.point).objective
    other.evaluations += best.evaluations
    return other.objective < best.objective ? other : best
  }

  /// Draws as many runs as there are, with replacement: the objective weighs them accordingly.
  mutating func draw(_ random: CounterRandom) {
    let runs = objective.model.runs
    for block in objective.weights.indices { objective.weights[block] = .zero }
    for draw in 0..<runs {
      let run = random.integer(below: runs, at: UInt64(draw))
      objective.weights[run / Lanes.scalarCount][run % Lanes.scalarCount] += 1
    }
  }
}
