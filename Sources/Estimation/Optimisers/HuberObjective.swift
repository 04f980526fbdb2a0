/// The sum over runs of weight times Huber's function of log predicted - log observed, with its gradient. Where the model
/// knows its runs' noise, residuals are multiplied with ``LawModel/precisions`` first.
///
/// Huber's function of r is r²/2 up to |r| = delta and delta (|r| - delta/2) beyond. The sum runs over the
/// blocks in order, eight partial sums side by side that are added up in a fixed order at the end; no part of
/// it depends on the number of threads.
package struct HuberObjective<Model: LawModel>: Sendable {
  package let model: Model
  /// How often each run counts; zero for the padding.
  package var weights: [Lanes]
  package var delta: Double
  /// How much a run above the law counts, as a share of one below it: 1 for Huber's function itself.
  ///
  /// Below 1 the law sinks towards the lower edge of the runs, where trainings are well tuned. With delta far below the
  /// residuals it is the quantile regression for the quantile w / (1 + w) (Koenker and Bassett 1978), with delta far above
  /// them the expectile regression (Newey and Powell 1987), and between them the M-quantile of Breckling and Chambers
  /// (1988).
  package var upperWeight: Double

  package init(_ model: Model, weights: [Lanes]? = nil, delta: Double, upperWeight: Double = 1) {
    self.model = model
    self.upperWeight = upperWeight
    self.weights = weights ?? model.unitWeights
    self.delta = delta
  }

  package struct Value {
    package var objective: Double
    package var gradient: Model.Point
  }

  @inline(__always)
  package func evaluate(at point: Model.Point) -> Value {
    let prepared = model.prepare(point)
    let limit = Lanes(repeating: delta)
    var sum = Lanes.zero
    var total = Model.Row.zero
    let (design, observed, precisions) = (model.design, model.observed, model.precisions)
    for block in design.indices {
      let (prediction, row) = model.predict(prepared, design[block])
      var residual = prediction - observed[block]
      if !precisions.isEmpty { residual *= precisions[block] }
      let magnitude = residual.magnitudes
      let clipped = magnitude.replacing(where: magnitude .> limit, with: limit)
      let weighted = clipped * sided(weights[block], residual, upperWeight)
      sum = weighted.fma(magnitude - clipped * 0.5, sum)
      let pull = weighted.withSigns(of: residual)
      total.add(row, times: precisions.isEmpty ? pull : pull * precisions[block])
    }
    var gradient = Model.Point.zero
    total.forEach { gradient[$0] = $1.orderedSum }
    if !model.chart.isEmpty { gradient = model.pullBack(gradient, at: point) }
    return Value(objective: sum.orderedSum, gradient: gradient * model.free)
  }

  /// The same objective of another model.
  @inline(__always)
  func of<Other: LawModel>(_ model: Other) -> HuberObjective<Other> {
    HuberObjective<Other>(model, weights: weights, delta: delta, upperWeight: upperWeight)
  }

  /// The same objective of some of a model's runs.
  /// - Parameters:
  ///   - places: of the runs, in their order.
  ///   - weights: how often each of them counts.
  func of(_ model: Model, keeping places: [Int], weights: [Double]) -> HuberObjective {
    HuberObjective(
      model.keeping(places), weights: pack(weights, padding: 0), delta: delta, upperWeight: upperWeight)
  }

  /// What Huber's function is taken of, for every run in their order: log predicted - log observed, multiplied with
  /// ``LawModel/precisions`` where there are any.
  func residuals(at point: Model.Point) -> [Double] {
    values(at: point, precisions: model.precisions)
  }

  /// log predicted - log observed of every run, in their order.
  func logErrors(at point: Model.Point) -> [Double] { values(at: point, precisions: []) }

  private func values(at point: Model.Point, precisions: [Lanes]) -> [Double] {
    let prepared = model.prepare(point)
    var residuals: [Double] = []
    for (block, design) in model.design.enumerated() {
      var values = model.predict(prepared, design).logLoss - model.observed[block]
      if !precisions.isEmpty { values *= precisions[block] }
      for lane in 0..<min(Lanes.scalarCount, model.runs - block * Lanes.scalarCount) { residuals.append(values[lane]) }
    }
    return residuals
  }
}

/// The weights of runs with residuals log predicted - log observed: those above the law count less.
@inline(__always)
func sided(_ weights: Lanes, _ residuals: Lanes, _ upperWeight: Double) -> Lanes {
  upperWeight == 1 ? weights : weights.replacing(where: residuals .< .zero, with: weights * upperWeight)
}
