import Foundation
import ScalingLaws

/// A number that follows from a law, as profiles need it: fast, and from internal coordinates.
struct ProfiledQuantity<Point: SIMD & Sendable>: Sendable where Point.Scalar == Double {
  var name: String
  /// Whether steps are taken in the quantity's logarithm.
  var isLogarithmic: Bool
  /// The quantity, or its logarithm.
  var value: @Sendable (Point) -> Double
  /// What is zero where the quantity, or its logarithm, has the value that is given first.
  var condition: @Sendable (Double) -> @Sendable (Point) -> Double
  /// Values that it may have, or their logarithms.
  var range: ClosedRange<Double>

  /// A quantity whose condition is that it has the value.
  init(
    _ name: String, logarithmic: Bool = false, within range: ClosedRange<Double> = -1e3...1e3,
    _ value: @escaping @Sendable (Point) -> Double
  ) {
    self.init(name, logarithmic: logarithmic, within: range, value: value) { wanted in { value($0) - wanted } }
  }

  init(
    _ name: String, logarithmic: Bool, within range: ClosedRange<Double>, value: @escaping @Sendable (Point) -> Double,
    condition: @escaping @Sendable (Double) -> @Sendable (Point) -> Double
  ) {
    (self.name, isLogarithmic, self.range) = (name, logarithmic, range)
    (self.value, self.condition) = (value, condition)
  }
}

extension SupervisedModel {
  /// The coefficients by their printed names, and `a`, the compute-optimal exponent of the size.
  func profiledQuantities() -> [ProfiledQuantity<Point>] {
    let sizes = sizes
    var quantities: [ProfiledQuantity<Point>] = [
      .init("A", logarithmic: true, within: -690...690) { sizes.logA($0[0], slope: $0[3], bend: $0[5]) },
      .init("B", logarithmic: true, within: -690...690) { sizes.logB($0[1], slope: $0[4], bend: $0[5]) },
      .init("E", within: 0...1e3) { exp($0[2]) },
      .init("alpha", within: 0...1e3) { $0[3] / SizeCoordinates.gamma($0[5]) },
      .init("beta", within: 0...1e3) { $0[4] / SizeCoordinates.gamma($0[5]) },
      .init("a", within: 0...1) { $0[4] / ($0[3] + $0[4]) },
    ]
    if free[5] != 0 { quantities.append(.gamma(at: 5)) }
    return quantities
  }

  /// The predicted loss of a model of a size, trained on tokens.
  func profiledLoss(_ name: String, parameters: Double, tokens: Double) -> ProfiledQuantity<Point> {
    let run = SupervisedObservation(parameters: parameters, tokens: tokens, loss: 1)
    let asked = asking([run])
    return .init(name, logarithmic: true) { asked.predict(asked.prepare($0), block: 0).logLoss[0] }
  }
}

extension DistillationModel {
  /// The coefficients by their printed names, and `a`, the compute-optimal exponent of the size.
  func profiledQuantities() -> [ProfiledQuantity<Point>] {
    let (sizes, middle, model) = (sizes, meanLogTeacherLoss, self)
    return [
      .init("A", logarithmic: true, within: -690...690) {
        sizes.logA($0[0] + $0[5] * middle, slope: $0[2], bend: $0[4])
      },
      .init("B", logarithmic: true, within: -690...690) {
        sizes.logB($0[1] + $0[5] * middle, slope: $0[3], bend: $0[4])
      },
      .init("alpha", within: 0...1e3) { $0[2] / SizeCoordinates.gamma($0[4]) },
      .init("beta", within: 0...1e3) { $0[3] / SizeCoordinates.gamma($0[4]) },
      .gamma(at: 4),
      .init("c0", within: 0...1e3) { $0[5] },
      .init("c1", logarithmic: true, within: -690...690) { x in
        log(x[6]) - log(x[7] * Reference(model, width: x[7], logD1: x[8]).value)
      },
      .init("f1", within: Self.minimumWidth...1e2) { $0[7] },
      .init("d1", logarithmic: true, within: -50...50) { $0[8] },
      .init("a", within: 0...1) { $0[3] / ($0[2] + $0[3]) },
    ]
  }

  /// The predicted loss of a student.
  func profiledLoss(_ name: String, of student: DistillationObservation, supervised: SupervisedLaw)
    -> ProfiledQuantity<Point>
  {
    let asked = asking([student], supervised: supervised)
    return .init(name, logarithmic: true) { asked.predict(asked.prepare($0), block: 0).logLoss[0] }
  }

  /// The teacher's loss with which a student becomes best. The condition is that the student's loss is stationary in
  /// the teacher's there; a least loss at the ends of `range` is none.
  func profiledBestTeacher(
    _ name: String, of student: DistillationObservation, within range: ClosedRange<Double>, supervised: SupervisedLaw
  ) -> ProfiledQuantity<Point> {
    let base = self
    @Sendable func students(of logLosses: [Double]) -> DistillationModel {
      let students = logLosses.map { logLoss in
        var student = student
        student.teacherLoss = exp(logLoss)
        return student
      }
      return base.asking(students, supervised: supervised)
    }
    let (low, high) = (log(range.lowerBound), log(range.upperBound))
    let places = (0..<256).map { low + (high - low) * Double($0) / 255 }
    let everywhere = students(of: places)
    let width = 1e-4
    return .init(name, logarithmic: true, within: low...high) { point in
      let prepared = everywhere.prepare(point)
      var best = (loss: Double.infinity, place: low)
      for block in 0..<everywhere.blocks {
        let losses = everywhere.predict(prepared, block: block).logLoss
        for lane in 0..<Lanes.scalarCount where losses[lane] < best.loss {
          best = (losses[lane], places[block * Lanes.scalarCount + lane])
        }
      }
      return best.place
    } condition: { wanted in
      let sides = students(of: [wanted - width, wanted + width])
      return { point in
        let losses = sides.predict(sides.prepare(point), block: 0).logLoss
        return (losses[1] - losses[0]) / (2 * width)
      }
    }
  }
}

extension ProfiledQuantity {
  fileprivate static func gamma(at place: Int) -> Self {
    .init("gamma", within: SizeCoordinates.minimumGamma...1e3) { SizeCoordinates.gamma($0[place]) }
  }
}

extension SizeCoordinates {
  func logA(_ line: Double, slope: Double, bend: Double) -> Double {
    (line + slope * meanLogParameters) / Self.gamma(bend) - log(2)
  }

  func logB(_ line: Double, slope: Double, bend: Double) -> Double {
    (line + slope * meanLogTokens) / Self.gamma(bend) - log(2)
  }
}
