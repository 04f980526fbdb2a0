/// A law that a search has met, and how well it fits.
struct MetLaw<Point: SIMD & Sendable>: Sendable where Point.Scalar == Double {
  var point: Point
  var objective: Double
}

/// A value of a quantity and the best law that was found with it.
struct ConstrainedLaw<Point: SIMD & Sendable>: Sendable where Point.Scalar == Double {
  var value: Double
  var law: MetLaw<Point>
}

/// Looks for the best law in which a quantity has a value.
struct ConstrainedSearch<Model: LawModel>: Sendable {
  typealias Point = Model.Point
  private let objective: HuberObjective<Model>

  /// - Parameter objective: of a model in internal coordinates.
  init(_ objective: HuberObjective<Model>) { self.objective = objective }

  /// The best law with the quantity at a value, from laws near by; infinitely bad where none of them leads to one. All
  /// of them go a few steps, the better ones further, and the best to the end.
  @inline(__always)
  func solve(_ quantity: ProfiledQuantity<Point>, at value: Double, from starts: [Point]) -> ConstrainedLaw<Point> {
    let condition = quantity.condition(value)
    var polisher = Polisher<ConstrainedModel<Model>>(blocks: objective.model.blocks)
    var descents = starts.compactMap { start($0, condition) }
    for (kept, iterations, relativeGain) in [(starts.count, 3, 1e-4), (3, 8, 1e-4), (1, 60, 1e-6)] {
      descents = descents.prefix(kept).map { descent in
        var descent = descent
        descent.at = polisher.minimise(
          descent.objective, from: descent.at, iterations: iterations, relativeGain: relativeGain)
        return descent
      }
      descents.sort { $0.at.objective < $1.at.objective }
    }
    guard let best = descents.first else {
      return ConstrainedLaw(value: value, law: MetLaw(point: starts[0], objective: .infinity))
    }
    return ConstrainedLaw(
      value: value, law: MetLaw(point: best.objective.model.law(best.at.point), objective: best.at.objective))
  }

  /// A descent on the condition, and where it has come to.
  private struct ConstrainedDescent {
    var objective: HuberObjective<ConstrainedModel<Model>>
    var at: Descent<Point>
  }

  /// Takes a law to the condition along the coordinate that does least harm there, in the chart that suits the law or in
  /// internal coordinates: a term that the runs do not see may move as far as it likes in one, and in no other.
  @inline(__always)
  private func start(_ law: Point, _ condition: @escaping LawCondition<Point>) -> ConstrainedDescent? {
    var best: (model: ConstrainedModel<Model>, point: Point, objective: Double)?
    for base in [objective.model.charted(around: law), objective.model] {
      for lanes in Model.constrainedLanes where base.free[lanes[0]] != 0 {
        let model = ConstrainedModel(base, condition: condition, lanes: lanes)
        guard let point = model.start(near: law) else { continue }
        let value = objective.evaluate(at: model.law(point)).objective
        if value < best?.objective ?? .infinity { best = (model, point, value) }
      }
    }
    guard let best else { return nil }
    return ConstrainedDescent(
      objective: objective.of(best.model),
      at: Descent(point: best.point, objective: best.objective, evaluations: 1))
  }
}

extension LawModel {
  /// Every coordinate on its own, and the first two together: the lines of the sizes.
  fileprivate static var constrainedLanes: [[Int]] { [[0, 1]] + (0..<dimension).map { [$0] } }
}
