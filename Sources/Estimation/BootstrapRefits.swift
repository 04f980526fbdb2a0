import Foundation
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

/// The fit to a resample.
struct ResampleFit<Point: SIMD & Sendable>: Sendable where Point.Scalar == Double {
  /// The best refit, and the place of its start.
  var best: Point
  var start: Int
  /// The refit from the first start.
  var fromOptimum: Point
}

/// Fits to every resample, in the order of the resamples.
/// - Parameters:
///   - starts: the fit's own point first.
///   - groups: what is drawn, as the places of the runs of each; nil for single runs.
@inline(__always)
func refits<Model: LawModel>(
  _ model: Model, _ starts: [Model.Point], groups: [[Int]]?, _ options: BootstrapOptions
) -> [ResampleFit<Model.Point>] {
  let limits = DescentLimits(iterations: 1000, relativeGain: 1e-7)
  let variants = options.starts == .wide ? starts.count : 1
  return parallelMap(
    count: options.resamples, threads: options.threads, chunk: 4,
    makeState: { Refit(model, delta: options.delta) }
  ) { refit, resample -> ResampleFit<Model.Point> in
    refit.draw(CounterRandom(seed: options.seed, stream: UInt64(resample)), groups: groups)
    let first = refit.newton.minimise(refit.objective, from: starts[0], limits: limits)
    var (best, origin) = (first, 0)
    for start in 1..<max(1, variants) {
      let other = refit.newton.minimise(refit.objective, from: starts[start], limits: limits)
      if other.objective < best.objective * (1 - 1e-6) { (best, origin) = (other, start) }
    }
    let settled = refit.settle(from: best).point
    return ResampleFit(
      best: settled, start: origin, fromOptimum: origin == 0 ? settled : refit.settle(from: first).point)
  }
}

extension SupervisedModel {
  /// Starts beside the fit's optimum.
  func neighbours(of point: Point) -> [Point] {
    var starts = [Point]()
    if free[5] != 0 {
      for factor in [0.5, 2] {
        var other = point
        other[5] = SizeCoordinates.bend(factor * SizeCoordinates.gamma(point[5]))
        starts.append(other)
      }
    }
    // An E that has gone to 0 no longer shows in the gradient, so that no descent brings it back.
    let least = observed.map { $0.min() }.min() ?? 0
    if point[2] < least - 3 {
      for share in [0.25, 0.6] {
        var other = point
        other[2] = least + log(share)
        starts.append(other)
      }
    }
    return starts
  }
}

extension DistillationModel {
  /// Starts beside the fit's optimum.
  func neighbours(of point: Point) -> [Point] {
    [0.5, 2].map { factor in
      var other = point
      other[4] = SizeCoordinates.bend(factor * SizeCoordinates.gamma(point[4]))
      return other
    }
  }
}

