/// A thread's scratch space for fits to resampled runs.
struct Refit<Model: LawModel> {
  var objective: HuberObjective<Model>
  var newton = QuasiNewton<Model>()
  var polisher: Polisher<Model>

  init(_ model: Model, delta: Double) {
    objective = HuberObjective(model, delta: delta)
    polisher = Polisher(blocks: model.blocks)
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
