import Foundation

/// The box in which a plan's D_S, N_T and D_T lie.
public struct PlanningBounds: Sendable, Hashable {
  /// Tokens D_S that the student is trained on.
  public var studentTokens: ClosedRange<Double>
  /// Non-embedding parameters N_T of the teacher.
  public var teacherParameters: ClosedRange<Double>
  /// Tokens D_T that the teacher is trained on.
  public var teacherTokens: ClosedRange<Double>

  public init(
    studentTokens: ClosedRange<Double>, teacherParameters: ClosedRange<Double>, teacherTokens: ClosedRange<Double>
  ) {
    self.studentTokens = studentTokens
    self.teacherParameters = teacherParameters
    self.teacherTokens = teacherTokens
  }

  /// The same range for all three.
  public init(_ range: ClosedRange<Double>) {
    self.init(studentTokens: range, teacherParameters: range, teacherTokens: range)
  }
}

/// Why there is no plan.
public enum AllocationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A coefficient with which the law does not fall with sizes and tokens as a scaling law does.
  case unusableLaw(coefficient: String, value: Double)
  /// Bounds that are not positive and finite.
  case unusableBounds(String)
  /// A quantity of the request that is not positive and finite.
  case notPositive(String, Double)
  /// Less compute than the smallest student tokens and teacher within the bounds cost.
  case budgetTooSmall(compute: Double, least: Double)
  /// Less compute than, by the law, a student costs that knows anything at all; `least` is infinite where no compute
  /// pays for one.
  case budgetTeachesNothing(compute: Double, least: Double)
  /// Tokens after which, by the law, the student's loss is above the greatest that a model can have.
  case tokensTooFew(Double, loss: Double, greatest: Double)
  case noTeachers

  /// Whether the law says so, and not the request alone: a message then names the law's file.
  public var isOfLaw: Bool {
    switch self {
    case .unusableLaw, .budgetTeachesNothing, .tokensTooFew: true
    case .unusableBounds, .notPositive, .budgetTooSmall, .noTeachers: false
    }
  }

  public var description: String {
    switch self {
    case .unusableLaw(let coefficient, let value):
      "the law's coefficient \(coefficient) is \(value), with which its loss does not fall with sizes and tokens"
    case .unusableBounds(let name): "the bounds of \(name) should be positive and finite"
    case .notPositive(let name, let value): "\(name) should be a positive number, not \(value)"
    case .budgetTooSmall(let compute, let least):
      String(format: "%.6g FLOPs are too few: the least that the bounds allow costs %.6g", compute, least)
    case .budgetTeachesNothing(let compute, let least):
      String(format: "%.6g FLOPs are too few: by the law ", compute)
        + (least.isFinite
          ? String(format: "a student that knows anything costs %.6g", least)
          : "no compute makes a student that knows anything")
    case .tokensTooFew(let tokens, let loss, let greatest):
      String(
        format: "%.6g tokens are too few: by the law the student would have %.4g nats, where a model that knows "
          + "nothing has %.4g, the logarithm of its vocabulary", tokens, loss, greatest)
    case .noTeachers: "there are no teachers to choose from"
    }
  }
}
