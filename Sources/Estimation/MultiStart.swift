/// Descents from many starts, with early dismissal, and a polish of the best.
///
/// 1. Starts that are the same point in internal coordinates are descended once, and count as often as they
///    come.
/// 2. Every start is descended for the iterations of the first ``stages``. The starts are ranked by their
///    objective, ties by their order, and one in so many goes on to the next stage, at least
///    ``leastSurvivors``. After the last stage those left are followed until they no longer gain.
/// 3. The best ``finalists`` that differ in their objective are polished.
/// 4. The best of them are varied in what few runs determine (``LawModel/variations(of:)``), and 2 and 3 are
///    done again from there.
///
/// Nothing in it depends on the order in which threads finish.
package struct MultiStart: Sendable {
  package struct Stage: Sendable {
    package var iterations: Int
    /// One start in this many goes on.
    package var keepOneIn: Int

    package init(iterations: Int, keepOneIn: Int) {
      self.iterations = iterations
      self.keepOneIn = keepOneIn
    }
  }

  /// None where every start is followed to the end.
  package var stages: [Stage]
  package var leastSurvivors = 256
  package var finalists = 24
  /// How many of the best are varied.
  package var varied = 3
  package var threads: Int

  package init(stages: [Stage], threads: Int) {
    self.stages = stages
    self.threads = threads
  }

  package struct Outcome<Point: SIMD & Sendable>: Sendable where Point.Scalar == Double {
    /// The best point first.
    package var finalists: [Descent<Point>]
    /// The starts that were followed to the end: their objectives, in ascending order, and how often each came.
    package var followed: [(objective: Double, count: Int)]
    package var evaluations: Int
  }

  @inline(__always)
  func run<Model: LawModel>(
    _ objective: HuberObjective<Model>, from starts: [Model.Point]
  ) -> Outcome<Model.Point> {
    var evaluations = 0
    let (points, counts) = collapse(starts)
    let (descents, origins) = follow(objective, points, &evaluations)
    let followed = zip(descents, origins).map { (objective: $0.objective, count: counts[$1]) }
    var best = polish(objective, distinct(descents, finalists), &evaluations)
    let variations = best.prefix(varied).flatMap { objective.model.variations(of: $0.point) }
    if !variations.isEmpty {
      let (others, _) = follow(objective, variations, &evaluations)
      best += polish(objective, distinct(others, finalists), &evaluations)
      best = ranking(best).map { best[$0] }
    }
    return Outcome(finalists: best, followed: followed, evaluations: evaluations)
  }

  /// The best point whose printed coefficients are numbers.
  ///
  /// Where the terms meet in a corner, gamma may run so low that A or B is beyond what a number holds. The
  /// least gamma is then raised by halves, and the best points follow it, until they can be printed.
  @inline(__always)
  func printable<Model: LawModel>(
    _ objective: HuberObjective<Model>, _ candidates: [Descent<Model.Point>]
  ) -> Descent<Model.Point> {
    var best: Descent<Model.Point>?
    var points = candidates
    var leastGamma = SizeCoordinates.minimumGamma
    while !points.isEmpty, leastGamma < 1 {
      for point in points where Self.isPrintable(objective.model, point.point) {
        if point.objective < (best?.objective ?? .infinity) { best = point }
      }
      // Only points that are better than what can be printed are worth the bound.
      points = points.filter { $0.objective < (best?.objective ?? .infinity) }
      leastGamma *= 1.25
      let bounded = HuberObjective(
        objective.model.bounded(leastGamma: leastGamma), weights: objective.weights, delta: objective.delta)
      var newton = QuasiNewton<Model>()
      var polisher = Polisher<Model>(blocks: objective.model.blocks)
      points = points.prefix(4).map {
        let descent = newton.minimise(
          bounded, from: $0.point, limits: DescentLimits(iterations: 1000, relativeGain: 1e-9))
        return polisher.minimise(bounded, from: descent)
      }
    }
    return best ?? candidates[0]
  }

  private static func isPrintable<Model: LawModel>(_ model: Model, _ point: Model.Point) -> Bool {
    model.coefficients(at: point).values.allSatisfy { $0.isFinite && $0 < 1e300 }
  }

  /// The descents that the stages leave, best first, and the starts that they came from.
  @inline(__always)
  private func follow<Model: LawModel>(
    _ objective: HuberObjective<Model>, _ starts: [Model.Point], _ evaluations: inout Int
  ) -> (descents: [Descent<Model.Point>], origins: [Int]) {
    var points = starts
    var origins = Array(starts.indices)
    for stage in stages + [Stage(iterations: 1000, keepOneIn: 1)] {
      let limits = DescentLimits(iterations: stage.iterations, relativeGain: 1e-9)
      let from = points
      let descents = parallelMap(count: from.count, threads: threads, makeState: { QuasiNewton<Model>() }) {
        $0.minimise(objective, from: from[$1], limits: limits)
      }
      evaluations += descents.reduce(0) { $0 + $1.evaluations }
      let kept = min(descents.count, max(leastSurvivors, descents.count / stage.keepOneIn))
      let order = ranking(descents).prefix(stage.keepOneIn == 1 ? descents.count : kept)
      origins = order.map { origins[$0] }
      points = order.map { descents[$0].point }
      if stage.keepOneIn == 1 { return (order.map { descents[$0] }, origins) }
    }
    return ([], [])
  }

  @inline(__always)
  private func polish<Model: LawModel>(
    _ objective: HuberObjective<Model>, _ descents: [Descent<Model.Point>], _ evaluations: inout Int
  ) -> [Descent<Model.Point>] {
    let polished = parallelMap(
      count: descents.count, threads: threads, chunk: 1,
      makeState: { Polisher<Model>(blocks: objective.model.blocks) }
    ) {
      $0.minimise(objective, from: descents[$1])
    }
    evaluations += zip(polished, descents).reduce(0) { $0 + $1.0.evaluations - $1.1.evaluations }
    return ranking(polished).map { polished[$0] }
  }

  /// The points without repetition, in the order in which they first come, and how often they come.
  private func collapse<Point: SIMD>(_ points: [Point]) -> ([Point], [Int]) where Point.Scalar == Double {
    var places: [Point: Int] = [:]
    var distinct: [Point] = []
    var counts: [Int] = []
    for point in points {
      if let place = places[point] {
        counts[place] += 1
      } else {
        places[point] = distinct.count
        distinct.append(point)
        counts.append(1)
      }
    }
    return (distinct, counts)
  }

  /// Indices in ascending order of the objective.
  private func ranking<Point>(_ descents: [Descent<Point>]) -> [Int] {
    descents.indices.sorted {
      (descents[$0].objective, $0) < (descents[$1].objective, $1)
    }
  }

  /// The first `limit` of the descents, leaving out those that came to an objective already among them.
  private func distinct<Point>(_ descents: [Descent<Point>], _ limit: Int) -> [Descent<Point>] {
    var chosen: [Descent<Point>] = []
    for descent in descents {
      if chosen.count == limit { break }
      if let last = chosen.last, descent.objective <= last.objective * (1 + 1e-8) { continue }
      chosen.append(descent)
    }
    return chosen
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
