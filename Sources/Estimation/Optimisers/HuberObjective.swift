/// The sum over runs of weight times Huber's function of log predicted - log observed, with its gradient.
///
/// Huber's function of r is r²/2 up to |r| = delta and delta (|r| - delta/2) beyond. The sum runs over the
/// blocks in order, eight partial sums side by side that are added up in a fixed order at the end; no part of
/// it depends on the number of threads.
package struct HuberObjective<Model: LawModel>: Sendable {
  package let model: Model
  /// How often each run counts; zero for the padding.
  package var weights: [Lanes]
  package var delta: Double

  package init(_ model: Model, weights: [Lanes]? = nil, delta: Double) {
    self.model = model
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
    // The inner terms of the next block are under way while this block waits for its own.
    let last = model.observed.count - 1
    var terms = model.terms(prepared, block: 0)
    for block in 0...last {
      let following = model.terms(prepared, block: min(block + 1, last))
      let (prediction, row) = model.predict(prepared, terms, block: block)
      terms = following
      let residual = prediction - model.observed[block]
      let magnitude = residual.magnitudes
      let clipped = magnitude.replacing(where: magnitude .> limit, with: limit)
      let weighted = clipped * weights[block]
      sum = weighted.fma(magnitude - clipped * 0.5, sum)
      total.add(row, times: weighted.withSigns(of: residual))
    }
    var gradient = Model.Point.zero
    total.forEach { gradient[$0] = $1.orderedSum }
    if !model.chart.isEmpty { gradient = model.pullBack(gradient, at: point) }
    return Value(objective: sum.orderedSum, gradient: gradient * model.free)
  }

  /// log predicted - log observed of every run, in their order.
  func residuals(at point: Model.Point) -> [Double] {
    let prepared = model.prepare(point)
    var residuals: [Double] = []
    for block in 0..<model.blocks {
      let values = model.predict(prepared, block: block).logLoss - model.observed[block]
      for lane in 0..<min(Lanes.scalarCount, model.runs - block * Lanes.scalarCount) { residuals.append(values[lane]) }
    }
    return residuals
  }
}
