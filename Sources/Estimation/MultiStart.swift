/// Descents from many starts, with early dismissal, and a polish of the best.
///
/// 1. Every start is descended for ``screeningIterations``.
/// 2. The starts are ranked by their objective, ties by their index, and the best share goes on, at least
///    ``leastSurvivors``, until it no longer gains.
/// 3. The best ``finalists`` that differ are polished.
///
/// Nothing in it depends on the order in which threads finish.
package struct MultiStart: Sendable {
  package var screeningIterations = 30
  /// One in this many starts goes on after the screening; 1 dismisses none.
  package var survivorRatio = 1
  package var leastSurvivors = 512
  package var finalists = 16
  package var threads = 1

  package init() {}

  package struct Outcome<Point: SIMD & Sendable>: Sendable where Point.Scalar == Double {
    /// The best point first.
    package var finalists: [Descent<Point>]
    /// The objectives of the starts that were followed to the end, in ascending order.
    package var objectives: [Double]
    package var evaluations: Int
  }

  @inline(__always)
  func run<Model: LawModel>(
    _ objective: HuberObjective<Model>, from starts: [Model.Point]
  ) -> Outcome<Model.Point> {
    let full = DescentLimits(iterations: 1000, relativeGain: 1e-9)
    let screening = DescentLimits(iterations: screeningIterations, relativeGain: 1e-9)
    var evaluations = 0
    var descents = descend(objective, starts, survivorRatio > 1 ? screening : full)
    evaluations += descents.reduce(0) { $0 + $1.evaluations }
    if survivorRatio > 1 {
      let survivors = min(starts.count, max(leastSurvivors, starts.count / survivorRatio))
      let ranked = ranking(descents).prefix(survivors)
      descents = descend(objective, ranked.map { descents[$0].point }, full)
      evaluations += descents.reduce(0) { $0 + $1.evaluations }
    }
    let order = ranking(descents)
    let objectives = order.map { descents[$0].objective }
    let best = distinct(order.map { descents[$0] })
    let polished = parallelMap(
      count: best.count, threads: threads, chunk: 1,
      makeState: { Polisher<Model>(blocks: objective.model.blocks) }
    ) {
      $0.minimise(objective, from: best[$1])
    }
    return Outcome(finalists: ranking(polished).map { polished[$0] }, objectives: objectives, evaluations: evaluations)
  }

  /// The first of the descents, leaving out those that came to an objective already among them.
  private func distinct<Point>(_ descents: [Descent<Point>]) -> [Descent<Point>] {
    var chosen: [Descent<Point>] = []
    for descent in descents {
      if chosen.count == finalists { break }
      if let last = chosen.last, descent.objective <= last.objective * (1 + 1e-9) { continue }
      chosen.append(descent)
    }
    return chosen
  }

  /// Indices in ascending order of the objective.
  func ranking<Point>(_ descents: [Descent<Point>]) -> [Int] {
    descents.indices.sorted {
      (descents[$0].objective, $0) < (descents[$1].objective, $1)
    }
  }

  @inline(__always)
  private func descend<Model: LawModel>(
    _ objective: HuberObjective<Model>, _ starts: [Model.Point], _ limits: DescentLimits
  ) -> [Descent<Model.Point>] {
    parallelMap(count: starts.count, threads: threads, makeState: { QuasiNewton<Model>() }) {
      $0.minimise(objective, from: starts[$1], limits: limits)
    }
  }
}


// Entry points for one law each, so that the loops are compiled for it wherever they are called from.
extension MultiStart {
  package func minimise(
    _ objective: HuberObjective<SupervisedModel>, from starts: [SupervisedModel.Point]
  ) -> Outcome<SupervisedModel.Point> {
    run(objective, from: starts)
  }

  package func minimise(
    _ objective: HuberObjective<DistillationModel>, from starts: [DistillationModel.Point]
  ) -> Outcome<DistillationModel.Point> {
    run(objective, from: starts)
  }
}
