import Foundation
import Randomness

/// Descents from many starts, with early dismissal, and a polish of the best.
///
/// 1. Starts that are the same point in internal coordinates are descended once, and count as often as they
///    come.
/// 2. Every start is descended for the iterations of the first ``stages``. The starts are ranked by their
///    objective, ties by their order, and one in so many goes on to the next stage, at least
///    ``leastSurvivors``. The first stages may look at a few of the runs. After the last stage those left are followed until
///    they gain no more than a millionth.
/// 3. The best ``finalists`` that differ in their objective are polished.
/// 4. The best of each kind (``SizeCoordinates/Kind``) are varied in what few runs determine (``LawModel/variations(of:)``), and 2 and 3 are
///    done again from there. They are also bumped (Tibshirani and Knight 1999): fitted to resampled runs, and
///    from there to the runs again, which leads from one of the near-L1 objective's many small dents to the
///    next, as far as the runs leave a coefficient in doubt. Both for as long as it finds a better one.
///
/// Where runs are many, 1 to 4 are done with a few of them (``Screening``). From what is found there, descents, polish and fewer bumps lead to the minimum of all.
///
/// Nothing in it depends on the order in which threads finish.
package struct MultiStart: Sendable {
  package struct Stage: Sendable {
    package var iterations: Int
    /// One start in this many goes on.
    package var keepOneIn: Int
    /// How many of the runs it looks at, which stand for all (``Screening``).
    package var runs = Int.max

    package init(iterations: Int, keepOneIn: Int, runs: Int = .max) {
      self.iterations = iterations
      self.keepOneIn = keepOneIn
      self.runs = runs
    }
  }

  /// None where every start is followed to the end.
  package var stages: [Stage]
  package var leastSurvivors = 256
  package var finalists = 12
  /// How many resamples they are fitted to.
  package var bumps = 96
  /// How often they are varied and bumped at most.
  package var rounds = 5
  package var threads: Int
  /// How many runs the starts are tried on, where there are more than twice as many.
  package var screenedRuns = 128
  /// Up to so many runs are bumped and varied as often as few are. With more of them the objective has shallower dents, and
  /// every step takes longer.
  package var fullEffortRuns = 1024
  /// Whether what comes of the screening is varied again on all runs.
  package var variesAll = true

  package init(stages: [Stage], threads: Int) {
    self.stages = stages
    self.threads = threads
  }

  /// The same search with little effort: for fits of which many are made, from starts that are good already.
  package var quick: MultiStart {
    var plan = self
    (plan.leastSurvivors, plan.bumps, plan.rounds, plan.finalists, plan.variesAll) = (16, 24, 2, 6, false)
    return plan
  }

  package struct Outcome<Point: SIMD & Sendable>: Sendable where Point.Scalar == Double {
    /// The best point first.
    package var finalists: [Descent<Point>]
    /// The starts that were followed to the end: their objectives, in ascending order, and how often each came.
    package var followed: [(objective: Double, count: Int)]
    /// How many runs the starts were tried on and the best objective on them, where they were not all.
    package var screened: (runs: Int, objective: Double)?
    package var evaluations: Int
  }

  /// - Parameter known: points that are good already: starts that no screening dismisses.
  @inline(__always)
  func run<Model: LawModel>(
    _ objective: HuberObjective<Model>, from starts: [Model.Point], known: [Model.Point] = []
  ) -> Outcome<Model.Point> {
    let runs = objective.model.runs
    guard runs > 2 * screenedRuns else { return search(objective, from: starts + known) }
    let screened = objective.screened(rows: screenedRuns)
    var outcome = search(screened, from: starts + known)
    outcome.screened = (screened.model.runs, outcome.finalists[0].objective)
    let few = known + outcome.finalists.map(\.point)
    let descents = parallelMap(
      count: few.count, threads: threads, chunk: 1,
      makeState: { ReweightedDescent<Model>(blocks: objective.model.blocks) }
    ) {
      $0.minimise(objective, from: few[$1], limits: .untilPolish)
    }
    outcome.evaluations += descents.reduce(0) { $0 + $1.evaluations }
    let order = ranking(descents).map { descents[$0] }
    let best = polish(objective, distinct(objective.model, order, share(of: finalists, least: 3, runs)), &outcome.evaluations)
    outcome.finalists = improve(
      objective, best, bumps: share(of: bumps, least: 4, runs), varied: variesAll && runs <= fullEffortRuns,
      &outcome.evaluations)
    return outcome
  }

  /// An effort that shrinks as runs become many.
  private func share(of effort: Int, least: Int, _ runs: Int) -> Int {
    min(effort, max(least, effort * fullEffortRuns / runs))
  }

  /// The search on the runs of the objective.
  @inline(__always)
  private func search<Model: LawModel>(
    _ objective: HuberObjective<Model>, from starts: [Model.Point]
  ) -> Outcome<Model.Point> {
    var evaluations = 0
    let (points, counts) = collapse(starts)
    let (descents, origins) = follow(objective, points, &evaluations)
    let followed = zip(descents, origins).map { (objective: $0.objective, count: counts[$1]) }
    let polished = polish(objective, distinct(objective.model, descents, finalists), &evaluations)
    let best = improve(objective, polished, bumps: bumps, varied: true, &evaluations)
    return Outcome(finalists: best, followed: followed, evaluations: evaluations)
  }

  /// Bumps, and variations where they are asked for, for as long as they find better points.
  @inline(__always)
  private func improve<Model: LawModel>(
    _ objective: HuberObjective<Model>, _ polished: [Descent<Model.Point>], bumps: Int, varied: Bool,
    _ evaluations: inout Int
  ) -> [Descent<Model.Point>] {
    var best = polished
    for round in 0..<rounds {
      let leader = best[0].objective
      let leaders = SizeCoordinates.Kind.allCases.compactMap { kind in
        best.first { objective.model.kind(of: $0.point) == kind }
      }
      var found: [Descent<Model.Point>] = []
      if varied {
        let variations = leaders.flatMap { objective.model.variations(of: $0.point) }
        let (others, _) = follow(objective, variations, &evaluations)
        found = polish(objective, distinct(objective.model, others, finalists), &evaluations)
      }
      best += found + bump(objective, leaders, round: round, count: bumps, &evaluations)
      best = distinct(objective.model, ranking(best).map { best[$0] }, finalists)
      if best[0].objective > leader * (1 - 1e-7) { break }
    }
    return best
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
    let leaders = Array(candidates.prefix(8))
    let found = parallelMap(
      count: levels.count * leaders.count, threads: threads, chunk: 1,
      makeState: { (ReweightedDescent<Model>(blocks: objective.model.blocks), Polisher<Model>(blocks: model.blocks)) }
    ) { state, index in
      let bounded = bound(objective, levels[index / leaders.count])
      let descent = state.0.minimise(
        bounded, from: leaders[index % leaders.count].point, limits: .untilPolish)
      return state.1.minimise(bounded, from: descent)
    }
    // The bounds cut new dents, out of which the best is bumped under the bounds of its own and other levels.
    var all = (candidates + found).filter { Self.isPrintable(model, $0.point) }
    guard !all.isEmpty else { return candidates[0] }
    for round in 0..<2 {
      let leader = all[ranking(all)[0]]
      for level in levels {
        var evaluations = 0
        let bumped = bump(bound(objective, level), [leader], round: rounds + round, count: 12, &evaluations)
        all += bumped.filter { Self.isPrintable(model, $0.point) }
      }
    }
    return all[ranking(all)[0]]
  }

  @inline(__always)
  private func bound<Model: LawModel>(
    _ objective: HuberObjective<Model>, _ leastGamma: Double
  ) -> HuberObjective<Model> {
    objective.of(objective.model.printable(leastGamma: leastGamma))
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
    for stage in stages + [Stage(iterations: DescentLimits.untilPolish.iterations, keepOneIn: 1)] {
      let limits = DescentLimits(iterations: stage.iterations, relativeGain: DescentLimits.untilPolish.relativeGain)
      let from = points
      let objective = stage.runs < objective.model.runs ? objective.screened(rows: stage.runs) : objective
      let descents = parallelMap(
        count: from.count, threads: threads, makeState: { ReweightedDescent<Model>(blocks: objective.model.blocks) }
      ) {
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

  /// Fits from the best points to resampled runs, and from there to the runs.
  @inline(__always)
  private func bump<Model: LawModel>(
    _ objective: HuberObjective<Model>, _ leaders: [Descent<Model.Point>], round: Int, count: Int,
    _ evaluations: inout Int
  ) -> [Descent<Model.Point>] {
    let bumped = parallelMap(
      count: count, threads: threads, chunk: 2,
      makeState: { Refit(objective.model, delta: objective.delta, upperWeight: objective.upperWeight) }
    ) { refit, index -> Descent<Model.Point> in
      refit.draw(CounterRandom(seed: 0, stream: UInt64(round * bumps + index)))
      let leader = leaders[index % leaders.count]
      let away = refit.descent.minimise(refit.objective, from: leader.point, limits: .untilPolish)
      var back = refit.descent.minimise(objective, from: away.point, limits: .untilPolish)
      back.evaluations += away.evaluations
      return refit.finish(objective, from: back, unless: leader)
    }
    evaluations += bumped.reduce(0) { $0 + $1.evaluations }
    return bumped
  }

  @inline(__always)
  private func polish<Model: LawModel>(
    _ objective: HuberObjective<Model>, _ descents: [Descent<Model.Point>], _ evaluations: inout Int
  ) -> [Descent<Model.Point>] {
    let polished = parallelMap(
      count: descents.count, threads: threads, chunk: 1,
      makeState: { Refit(objective.model, delta: objective.delta, upperWeight: objective.upperWeight) }
    ) {
      $0.finish(objective, from: descents[$1])
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

  /// The first `limit` of the descents of each kind, and as many of those that can be printed, leaving out
  /// those that came to the objective of the one before.
  private func distinct<Model: LawModel>(
    _ model: Model, _ descents: [Descent<Model.Point>], _ limit: Int
  ) -> [Descent<Model.Point>] {
    var chosen: [Descent<Model.Point>] = []
    var counts = Array(repeating: 0, count: SizeCoordinates.Kind.allCases.count)
    var printable = 0
    for descent in descents {
      if let last = chosen.last, descent.objective <= last.objective * (1 + 1e-8) { continue }
      let kind = model.kind(of: descent.point).rawValue
      let isPrintable = Self.isPrintable(model, descent.point)
      guard counts[kind] < limit || (isPrintable && printable < limit) else { continue }
      counts[kind] += 1
      if isPrintable { printable += 1 }
      chosen.append(descent)
    }
    return chosen
  }
}

// Entry points for one law each, so that the loops are compiled for it wherever they are called from.
extension MultiStart {
  package func minimise(
    _ objective: HuberObjective<SupervisedModel>, from starts: [SupervisedModel.Point],
    known: [SupervisedModel.Point] = []
  ) -> Outcome<SupervisedModel.Point> {
    run(objective, from: starts, known: known)
  }

  package func minimise(
    _ objective: HuberObjective<DistillationModel>, from starts: [DistillationModel.Point],
    known: [DistillationModel.Point] = []
  ) -> Outcome<DistillationModel.Point> {
    run(objective, from: starts, known: known)
  }

  package func minimise(
    _ objective: HuberObjective<ExtendedDistillationModel>, from starts: [ExtendedDistillationModel.Point],
    known: [ExtendedDistillationModel.Point] = []
  ) -> Outcome<ExtendedDistillationModel.Point> {
    run(objective, from: starts, known: known)
  }

  package func minimise(
    _ objective: HuberObjective<FadingGapModel>, from starts: [FadingGapModel.Point],
    known: [FadingGapModel.Point] = []
  ) -> Outcome<FadingGapModel.Point> {
    run(objective, from: starts, known: known)
  }
}
