/// A law near a point as a linear function of its coordinates: what the runs' residuals are there, and how they change.
struct Linearisation<Model: LawModel> {
  /// By block; multiplied with the model's precisions where it has any.
  private(set) var residuals: [Lanes]
  /// Partial derivatives by the coordinates of the model's chart: of block b by coordinate j at b * dimension + j.
  private(set) var jacobian: [Lanes]
  /// The objective at the point, and the mean size of the residuals.
  private(set) var objective = Double.infinity
  private(set) var meanResidual = 0.0

  init(blocks: Int) {
    residuals = Array(repeating: .zero, count: blocks)
    jacobian = Array(repeating: .zero, count: blocks * Model.dimension)
  }

  /// Linearises the law at a point. Only the objective's blocks are filled in: there may be room for more.
  @inline(__always)
  mutating func update(_ objective: HuberObjective<Model>, at point: Model.Point) {
    (self.objective, meanResidual) = Self.fill(&residuals, &jacobian, objective, at: point)
    let model = objective.model
    if !model.chart.isEmpty {
      Self.changeChart(&jacobian, model, at: point)
    } else if model.freeCoefficients < Model.dimension {
      Self.leaveOut(&jacobian, model)
    }
  }

  /// Derivatives by coordinates that are not fitted may be no numbers.
  private static func leaveOut(_ jacobian: inout [Lanes], _ model: Model) {
    for column in 0..<Model.dimension where model.free[column] == 0 {
      for block in 0..<model.blocks { jacobian[block * Model.dimension + column] = .zero }
    }
  }

  /// Takes the derivatives to the coordinates that the model's points are in, and leaves out what is not free.
  @inline(__always)
  private static func changeChart(_ jacobian: inout [Lanes], _ model: Model, at point: Model.Point) {
    let dimension = Model.dimension
    let rows = (0..<dimension).map { index in
      var unit = Model.Point.zero
      unit[index] = 1
      return model.pullBack(unit, at: point).replacing(with: 0, where: model.free .== 0)
    }
    var changed = Array(repeating: Lanes.zero, count: dimension)
    var entries = jacobian.mutableSpan
    for block in 0..<model.blocks {
      for column in 0..<dimension {
        var sum = Lanes.zero
        for row in 0..<dimension where rows[row][column] != 0 {
          sum = entries[block * dimension + row].fma(Lanes(repeating: rows[row][column]), sum)
        }
        changed[column] = sum
      }
      for column in 0..<dimension { entries[block * dimension + column] = changed[column] }
    }
  }

  @inline(__always)
  private static func fill(
    _ residuals: inout [Lanes], _ jacobian: inout [Lanes], _ objective: HuberObjective<Model>, at point: Model.Point
  ) -> (objective: Double, meanResidual: Double) {
    let prepared = objective.model.prepare(point)
    let limit = Lanes(repeating: objective.delta)
    var (sum, size, count) = (Lanes.zero, Lanes.zero, Lanes.zero)
    let (design, observed, precisions) = (objective.model.design, objective.model.observed, objective.model.precisions)
    let (weights, upperWeight) = (objective.weights, objective.upperWeight)
    var entries = jacobian.mutableSpan
    var errors = residuals.mutableSpan
    for block in design.indices {
      var (residual, row) = objective.model.predict(prepared, design[block])
      residual -= observed[block]
      let first = block * Model.dimension
      if precisions.isEmpty {
        row.forEach { entries[first + $0] = $1 }
      } else {
        residual *= precisions[block]
        row.forEach { entries[first + $0] = $1 * precisions[block] }
      }
      errors[block] = residual
      let magnitude = residual.magnitudes
      let clipped = magnitude.replacing(where: magnitude .> limit, with: limit)
      sum = (clipped * sided(weights[block], residual, upperWeight)).fma(magnitude - clipped * 0.5, sum)
      size = magnitude.fma(weights[block], size)
      count += weights[block]
    }
    return (sum.orderedSum, size.orderedSum / count.orderedSum)
  }
}
