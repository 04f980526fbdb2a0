import Foundation
import ScalingLaws

/// A number that follows from a law, as profiles need it: fast, with slopes, and from internal coordinates.
package struct ProfiledQuantity<Point: SIMD & Sendable>: Sendable where Point.Scalar == Double {
  package typealias Sloped = (value: Double, slopes: Point)

  package var name: String
  /// Whether steps are taken in the quantity's logarithm.
  var isLogarithmic: Bool
  /// Values that it may have, or their logarithms.
  var range: ClosedRange<Double>
  /// The quantity, or its logarithm.
  package var value: @Sendable (Point) -> Double
  /// What holds where the quantity, or its logarithm, has a value.
  var condition: @Sendable (Double) -> LawCondition<Point>

  /// - Parameter sloped: the quantity, or its logarithm, with its partial derivatives.
  init(
    _ name: String, logarithmic: Bool = false, within range: ClosedRange<Double> = -1e3...1e3,
    _ sloped: @escaping @Sendable (Point) -> Sloped
  ) {
    (self.name, isLogarithmic, self.range) = (name, logarithmic, range)
    value = { sloped($0).value }
    condition = { wanted in
      { point in
        let (value, slopes) = sloped(point)
        return (value - wanted, slopes)
      }
    }
  }

  /// A quantity that is a coordinate.
  init(_ name: String, logarithmic: Bool = false, within range: ClosedRange<Double>, coordinate: Int) {
    self.init(name, logarithmic: logarithmic, within: range) {
      ($0[coordinate], slopes([(coordinate, 1)]))
    }
  }

  package init(
    _ name: String, within range: ClosedRange<Double>, value: @escaping @Sendable (Point) -> Double,
    condition: @escaping @Sendable (Double) -> LawCondition<Point>
  ) {
    (self.name, isLogarithmic, self.range) = (name, true, range)
    (self.value, self.condition) = (value, condition)
  }
}

/// A point with these values in these lanes.
private func slopes<Point: SIMD>(_ values: [(lane: Int, value: Double)]) -> Point where Point.Scalar == Double {
  var point = Point.zero
  for (lane, value) in values { point[lane] += value }
  return point
}

/// Where the coordinates of the size terms stand in a model's points.
private struct SizeLanes: Sendable {
  var alpha, beta, bend: Int

  /// log A or log B, from the line and the slope that belong to it.
  func logCoefficient<Point: SIMD>(
    _ point: Point, line: (lane: Int, value: Double), slope: Int, mean: Double, shift: [(lane: Int, value: Double)] = []
  ) -> ProfiledQuantity<Point>.Sloped {
    let gamma = SizeCoordinates.gamma(point[bend])
    let height = line.value + point[slope] * mean
    return (
      height / gamma - log(2),
      slopes(
        [(line.lane, 1 / gamma), (slope, mean / gamma), (bend, -height * byBend(gamma) / (gamma * gamma))]
          + shift.map { ($0.lane, $0.value / gamma) })
    )
  }

  /// The coefficients that both laws have, but A and B.
  func quantities<Point: SIMD & Sendable>() -> [ProfiledQuantity<Point>] {
    let lanes = self
    func exponent(_ name: String, _ lane: Int) -> ProfiledQuantity<Point> {
      .init(name, within: 0...1e3) { x in
        let gamma = SizeCoordinates.gamma(x[lanes.bend])
        return (
          x[lane] / gamma,
          slopes([(lane, 1 / gamma), (lanes.bend, -x[lane] * lanes.byBend(gamma) / (gamma * gamma))])
        )
      }
    }
    return [
      exponent("alpha", alpha), exponent("beta", beta),
      .init("a", within: 0...1) { x in
        let sum = x[lanes.alpha] + x[lanes.beta]
        return (
          x[lanes.beta] / sum,
          slopes([(lanes.alpha, -x[lanes.beta] / (sum * sum)), (lanes.beta, x[lanes.alpha] / (sum * sum))])
        )
      },
    ]
  }

  func gamma<Point: SIMD & Sendable>() -> ProfiledQuantity<Point> {
    let lanes = self
    return .init("gamma", within: SizeCoordinates.minimumGamma...1e3) { x in
      let gamma = SizeCoordinates.gamma(x[lanes.bend])
      return (gamma, slopes([(lanes.bend, lanes.byBend(gamma))]))
    }
  }

  /// d gamma / d q.
  private func byBend(_ gamma: Double) -> Double { (1 + gamma) * (1 + gamma) }
}

extension SupervisedModel {
  /// The coefficients by their printed names, and `a`, the compute-optimal exponent of the size.
  func profiledQuantities() -> [ProfiledQuantity<Point>] {
    let (sizes, lanes) = (sizes, SizeLanes(alpha: 3, beta: 4, bend: 5))
    let least = Self.leastLogIrreducibleLoss
    var quantities: [ProfiledQuantity<Point>] = [
      .init("A", logarithmic: true, within: -690...690) {
        lanes.logCoefficient($0, line: (0, $0[0]), slope: lanes.alpha, mean: sizes.meanLogParameters)
      },
      .init("B", logarithmic: true, within: -690...690) {
        lanes.logCoefficient($0, line: (1, $0[1]), slope: lanes.beta, mean: sizes.meanLogTokens)
      },
      // What is less is none.
      .init("E", within: exp(least)...1e3) { (exp($0[2]), slopes([(2, exp($0[2]))])) },
    ]
    quantities += lanes.quantities()
    if hasGamma { quantities.append(lanes.gamma()) }
    return quantities.filter { !given.isConstant($0.name) }
  }

  /// The predicted loss of a model of a size, trained on tokens.
  func profiledLoss(_ name: String, parameters: Double, tokens: Double) -> ProfiledQuantity<Point> {
    let run = SupervisedObservation(parameters: parameters, tokens: tokens, loss: 1)
    let asked = asking([run])
    return .init(name, logarithmic: true) { asked.logLoss(of: 0, $0) }
  }
}

extension DistillationModel {
  /// The coefficients by their printed names, and `a`, the compute-optimal exponent of the size.
  func profiledQuantities() -> [ProfiledQuantity<Point>] {
    let (sizes, middle, model) = (sizes, meanLogTeacherLoss, self)
    let lanes = SizeLanes(alpha: 2, beta: 3, bend: 4)
    var quantities: [ProfiledQuantity<Point>] = [
      .init("A", logarithmic: true, within: -690...690) {
        lanes.logCoefficient(
          $0, line: (0, $0[0] + $0[5] * middle), slope: lanes.alpha, mean: sizes.meanLogParameters,
          shift: [(5, middle)])
      },
      .init("B", logarithmic: true, within: -690...690) {
        lanes.logCoefficient(
          $0, line: (1, $0[1] + $0[5] * middle), slope: lanes.beta, mean: sizes.meanLogTokens, shift: [(5, middle)])
      },
    ]
    quantities += lanes.quantities()
    quantities += [
      lanes.gamma(), .init("c0", within: 0...1e3, coordinate: 5),
      .init("c1", logarithmic: true, within: -690...690) { x in
        let reference = Reference(model, width: x[7], logD1: x[8])
        let rate = reference.share / reference.value
        return (
          log(x[6] / (x[7] * reference.value)),
          slopes([(6, 1 / x[6]), (7, (rate * reference.distance - 1) / x[7]), (8, rate / x[7])])
        )
      },
      .init("f1", within: Self.minimumWidth...1e2, coordinate: 7),
      .init("d1", logarithmic: true, within: -50...50, coordinate: 8),
    ]
    return quantities
  }

  /// The predicted loss of a student, which is never below its teacher's.
  func profiledLoss(_ name: String, of student: DistillationObservation, supervised: SupervisedLaw)
    -> ProfiledQuantity<Point>
  {
    let asked = asking([student], supervised: supervised)
    return .init(name, logarithmic: true, within: log(student.teacherLoss)...1e3) { asked.logLoss(of: 0, $0) }
  }
}

extension LawModel {
  /// log predicted of a run, with partial derivatives. The model is in internal coordinates.
  func logLoss(of run: Int, _ point: Point) -> (value: Double, slopes: Point) {
    let (block, lane) = run.quotientAndRemainder(dividingBy: Lanes.scalarCount)
    let (loss, row) = predict(prepare(point), design[block])
    var slopes = Point.zero
    row.forEach { slopes[$0] = $1[lane] }
    return (loss[lane], slopes)
  }
}
