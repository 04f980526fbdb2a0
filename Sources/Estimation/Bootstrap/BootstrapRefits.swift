import Randomness
import ScalingLaws

/// The places of each teacher's runs, in the order of the teachers' names.
/// - Throws: ``EstimationError`` where a run does not name its teacher, or all have the same.
func teacherGroups(_ observations: [DistillationObservation]) throws(EstimationError) -> [[Int]] {
  var places: [String: [Int]] = [:]
  for (index, run) in observations.enumerated() {
    guard let teacher = run.teacher else {
      throw EstimationError("run \(index + 1) does not name its teacher, so teachers cannot be resampled")
    }
    places[teacher, default: []].append(index)
  }
  guard places.count > 1 else { throw EstimationError("all runs are of one teacher: there is nothing to resample") }
  return places.sorted { $0.key < $1.key }.map(\.value)
}

/// The places of each training's runs, in the order of the trainings' names, then single runs in their order.
/// - Throws: ``EstimationError`` where no run names its training, or all have the same.
func trainingGroups(_ observations: [SupervisedObservation]) throws(EstimationError) -> [[Int]] {
  var places: [String: [Int]] = [:]
  var single: [[Int]] = []
  for (index, run) in observations.enumerated() {
    if let training = run.training { places[training, default: []].append(index) } else { single.append([index]) }
  }
  guard !places.isEmpty else { throw EstimationError("no run names its training, so trainings cannot be resampled") }
  let groups = places.sorted { $0.key < $1.key }.map(\.value) + single
  guard groups.count > 1 else { throw EstimationError("all runs are of one training: there is nothing to resample") }
  return groups
}

/// The fit to a resample.
struct ResampleFit<Point: SIMD & Sendable>: Sendable where Point.Scalar == Double {
  /// The best refit, and the place of its start; -1 where that was another resample's refit.
  var best: Point
  var start: Int
  /// The refit from the first start, and the best one that had no others' points to start from.
  var fromOptimum, fromVariants: Point
}

/// Fits to every resample, in the order of the resamples.
/// - Parameter resamples: the numbers of those that are asked for, of all unless given. With ``RefitStarts/exchange`` all
///   are needed.
@inline(__always)
func refits<Model: SearchedModel>(
  of fitted: FittedModel<Model>, _ options: BootstrapOptions, resamples: [Int]? = nil
) -> [ResampleFit<Model.Point>] {
  let resamples = resamples ?? Array(0..<options.resamples)
  let (model, groups) = (fitted.printable, fitted.groups)
  let starts = [fitted.point] + fitted.neighbours
  let variants = options.starts == .optimum ? 1 : starts.count
  let own = parallelMap(
    count: resamples.count, threads: options.threads, chunk: 4,
    makeState: { Refit(model, delta: options.delta, upperWeight: options.upperWeight) }
  ) { refit, index -> ResampleFit<Model.Point> in
    refit.draw(CounterRandom(seed: options.seed, stream: UInt64(resamples[index])), groups: groups)
    let first = refit.descent.minimise(refit.objective, from: starts[0], limits: .untilPolish)
    var (best, origin) = (first, 0)
    for start in 1..<max(1, variants) {
      let other = refit.descent.minimise(refit.objective, from: starts[start], limits: .untilPolish)
      if other.objective < best.objective * (1 - 1e-6) { (best, origin) = (other, start) }
    }
    var settled = refit.settle(from: best)
    let fromOptimum = origin == 0 ? settled : refit.settle(from: first)
    // The last steps may turn the tables.
    if fromOptimum.objective < settled.objective { (settled, origin) = (fromOptimum, 0) }
    return ResampleFit(
      best: settled.point, start: origin, fromOptimum: fromOptimum.point, fromVariants: settled.point)
  }
  return options.starts == .exchange ? exchanged(model, own, groups: groups, options) : own
}

/// Refits every resample from the three points of others that suit it best, twice.
///
/// The near-L1 objective has a dent for every few runs. A refit that starts at the fit stays in the dents around it,
/// percents above the resample's own minimum, so that refits spread less than fits do; where others have gone is a
/// cheap map of the other dents.
@inline(__always)
private func exchanged<Model: LawModel>(
  _ model: Model, _ fits: [ResampleFit<Model.Point>], groups: [[Int]]?, _ options: BootstrapOptions
) -> [ResampleFit<Model.Point>] {
  var fits = fits
  for _ in 0..<2 {
    let known = fits
    fits = parallelMap(
      count: known.count, threads: options.threads, chunk: 4,
      makeState: { Refit(model, delta: options.delta, upperWeight: options.upperWeight) }
    ) { refit, resample -> ResampleFit<Model.Point> in
      refit.draw(CounterRandom(seed: options.seed, stream: UInt64(resample)), groups: groups)
      let objective = refit.objective
      let values = known.map { objective.evaluate(at: $0.best).objective }
      var fit = known[resample]
      var least = values[resample]
      let order = known.indices.filter { $0 != resample }.sorted { (values[$0], $0) < (values[$1], $1) }
      for other in order.prefix(3) {
        let descent = refit.descent.minimise(objective, from: known[other].best, limits: .untilPolish)
        let settled = refit.settle(from: descent)
        if settled.objective < least * (1 - 1e-6) {
          least = settled.objective
          (fit.best, fit.start) = (settled.point, -1)
        }
      }
      return fit
    }
  }
  return fits
}
