import Foundation

/// Descents from many starts, with early dismissal, and a polish of the best.
///
/// 1. Starts that are the same point in internal coordinates are descended once, and count as often as they
///    come.
/// 2. Every start is descended for the iterations of the first ``stages``. The starts are ranked by their
///    objective, ties by their order, and one in so many goes on to the next stage, at least
///    ``leastSurvivors``. After the last stage those left are followed until they no longer gain.
/// 3. The best ``finalists`` that differ in their objective are polished.
/// 4. The best of them are varied in what few runs determine (``LawModel/variations(of:)``), and 2 and 3 are
///    done again from there, for as long as that finds a better one.
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
  /// How often they are varied at most.
  package var rounds = 5
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
    var best = polish(objective, distinct(objective.model, descents, finalists), &evaluations)
    for _ in 0..<rounds {
      let leader = best[0].objective
      let variations = best.prefix(varied).flatMap { objective.model.variations(of: $0.point) }
      let (others, _) = follow(objective, variations, &evaluations)
      best += polish(objective, distinct(objective.model, others, finalists), &evaluations)
      best = distinct(objective.model, ranking(best).map { best[$0] }, 2 * finalists)
      if best[0].objective > leader * (1 - 1e-7) { break }
    }
    return Outcome(finalists: best, followed: followed, evaluations: evaluations)
  }

  /// The best point whose printed coefficients are numbers.
  ///
  /// Where the terms meet in a corner, gamma may run so low, or a slope so high, that A or B is beyond what a
  /// number holds, although a wider corner or a lower slope says the same of nearly all runs. The best points
  /// are then followed again under bounds that keep A and B printable, one least gamma after the other.
  @inline(__always)
  func printable<Model: LawModel>(
    _ objective: HuberObjective<Model>, _ candidates: [Descent<Model.Point>]
  ) -> Descent<Model.Point> {
    let model = objective.model
    if Self.isPrintable(model, candidates[0].point) { return candidates[0] }
    let levels = (0..<20).map { SizeCoordinates.minimumGamma * pow(1.25, Double($0)) }
    let leaders = Array(candidates.prefix(6))
    let found = parallelMap(
      count: levels.count * leaders.count, threads: threads, chunk: 1,
      makeState: { (QuasiNewton<Model>(), Polisher<Model>(blocks: model.blocks)) }
    ) { state, index in
      let bounded = HuberObjective(
        model.printable(leastGamma: levels[index / leaders.count]), weights: objective.weights,
        delta: objective.delta)
      let descent = state.0.minimise(
        bounded, from: leaders[index % leaders.count].point,
        limits: DescentLimits(iterations: 1000, relativeGain: 1e-9))
      return state.1.minimise(bounded, from: descent)
    }
    let all = candidates + found
    return ranking(all).lazy.map { all[$0] }.first { Self.isPrintable(model, $0.point) } ?? candidates[0]
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

  /// The first `limit` of the descents, leaving out those that came to the objective of the one before, and
  /// as many again of those that can be printed.
  private func distinct<Model: LawModel>(
    _ model: Model, _ descents: [Descent<Model.Point>], _ limit: Int
  ) -> [Descent<Model.Point>] {
    var chosen: [Descent<Model.Point>] = []
    var printable = 0
    for descent in descents {
      if chosen.count >= limit, printable >= limit { break }
      if let last = chosen.last, descent.objective <= last.objective * (1 + 1e-8) { continue }
      let isPrintable = Self.isPrintable(model, descent.point)
      guard chosen.count < limit || (isPrintable && printable < limit) else { continue }
      if isPrintable { printable += 1 }
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
