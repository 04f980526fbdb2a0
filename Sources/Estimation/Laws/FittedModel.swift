import Foundation
import ScalingLaws

/// A law as the paper searches for it, and as intervals are made for it.
protocol SearchedModel: CentralModel {
  /// The paper's grid of starts.
  var grid: Combinations<Point> { get }
  /// How the law is searched for.
  static func search(threads: Int) -> MultiStart
  /// Starts beside the fit's optimum.
  func neighbours(of point: Point) -> [Point]
}

extension SupervisedModel: SearchedModel {
  var grid: Combinations<Point> { StartGrid.supervised(self) }

  static func search(threads: Int) -> MultiStart { supervisedPlan(threads: threads) }

  func neighbours(of point: Point) -> [Point] {
    var starts = free[5] == 0 ? [] : otherGammas(point, bend: 5)
    // An E that has gone to 0 no longer shows in the gradient, so that no descent brings it back.
    let least = observed.map { $0.min() }.min() ?? 0
    if free[2] != 0, point[2] < least - 3 {
      for share in [0.25, 0.6] {
        var other = point
        other[2] = least + log(share)
        starts.append(other)
      }
    }
    return starts
  }
}

extension DistillationModel: SearchedModel {
  var grid: Combinations<Point> { StartGrid.distillation(self) }

  static func search(threads: Int) -> MultiStart { distillationPlan(threads: threads) }

  func neighbours(of point: Point) -> [Point] { otherGammas(point, bend: 4) }
}

/// The point with gamma halved and doubled.
/// - Parameter bend: the coordinate that gamma follows from.
private func otherGammas<Point: SIMD>(_ point: Point, bend: Int) -> [Point] where Point.Scalar == Double {
  [0.5, 2].map { factor in
    var other = point
    other[bend] = SizeCoordinates.bend(factor * SizeCoordinates.gamma(point[bend]))
    return other
  }
}

/// A fit with the model of its runs: where intervals and diagnostics of either law begin.
struct FittedModel<Model: SearchedModel>: Sendable {
  /// The fit, by printed names.
  let coefficients: [String: Double]
  /// As it was fitted.
  let model: Model
  /// The fit, in internal coordinates.
  let point: Model.Point
  /// The places of the runs of every teacher or training, where these are what is independent; nil for runs.
  private(set) var groups: [[Int]]?

  private init(_ model: Model, _ coefficients: [String: Double]) throws(EstimationError) {
    guard let point = model.point(coefficients) else {
      throw EstimationError("the fit lacks coefficients of its law, or has some that are not positive")
    }
    (self.model, self.point, self.coefficients) = (model, point, coefficients)
  }

  /// The model with a least gamma for refits. In a tighter corner A and B are beyond what a number holds, so that
  /// nothing can be predicted from them, though a wider one says the same of nearly all runs; the fit itself may be
  /// tighter.
  var printable: Model {
    model.printable(leastGamma: max(SizeCoordinates.minimumGamma, min(0.05, coefficients["gamma"] ?? 1)))
  }

  /// Starts beside the fit.
  var neighbours: [Model.Point] { model.neighbours(of: point) }

  /// - Parameter delta: as ``LikelihoodObjective`` has it.
  @inline(__always)
  func likelihood(delta: Double? = nil) -> LikelihoodObjective<Model> {
    LikelihoodObjective(printable, fit: point, starts: neighbours, groups: groups, delta: delta)
  }
}

extension FittedModel<SupervisedModel> {
  /// - Parameters:
  ///   - fixedGamma: whether it is the Chinchilla law.
  ///   - restrictions: what was given of the coefficients.
  ///   - delta: of the objective, where it has one of its own.
  ///   - units: what is independent of one another.
  /// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has, or where teachers are
  ///   to be resampled, which supervised runs have not, or trainings, which they do not name.
  init(
    _ observations: [SupervisedObservation], fixedGamma: Bool, coefficients: [String: Double],
    restrictions: Restrictions = Restrictions(), delta: Double = 1, units: Resampling = .runs
  ) throws(EstimationError) {
    try validate(observations, fixedGamma: fixedGamma, restrictions, delta: delta)
    guard units != .teachers else { throw EstimationError("supervised runs have no teachers to resample") }
    try self.init(
      SupervisedModel(observations, fixedGamma: fixedGamma, restrictions: restrictions), coefficients)
    if units == .trainings { groups = try trainingGroups(observations) }
  }
}

extension FittedModel<DistillationModel> {
  /// - Parameters:
  ///   - supervised: the law that gives L~_S.
  ///   - delta: of the objective, where it has one of its own.
  ///   - units: what is independent of one another.
  /// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has, or where teachers are
  ///   to be resampled and a run does not name its teacher.
  init(
    _ observations: [DistillationObservation], supervised: SupervisedLaw, coefficients: [String: Double],
    delta: Double = 1, units: Resampling = .runs
  ) throws(EstimationError) {
    try validate(observations, coefficients: 9, delta: delta)
    guard units != .trainings else { throw EstimationError("distillations are no checkpoints: they have teachers to resample") }
    try self.init(DistillationModel(observations, supervised: supervised), coefficients)
    if units == .teachers { groups = try teacherGroups(observations) }
  }
}
