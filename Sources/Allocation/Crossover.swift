import Foundation
import ScalingLaws

/// Where distillation and supervised training make equally good students.
public struct Crossover: Sendable, Hashable {
  /// The compute in FLOPs, or the tokens D_S, at which they do.
  public var location: Double
  /// Whether it is supervised training that is better beyond.
  public var supervisedIsBetterAbove: Bool
}

extension Planner {
  /// The computes at which a scenario's best student and a supervised one of the same compute are equally good,
  /// rising.
  ///
  /// Looked for at eight computes a decade: two crossovers between two of them are missed.
  public func computeCrossovers(
    _ scenario: Scenario, studentParameters: Double, within range: ClosedRange<Double>
  ) throws(AllocationError) -> [Crossover] {
    let student = try student(studentParameters)
    let least = max(try leastCompute(scenario, student: student), try leastCompute(.supervised, student: student))
    guard least < range.upperBound else { return [] }
    return try crossovers(max(range.lowerBound, least * (1 + 1e-9))...range.upperBound) {
      (compute) throws(AllocationError) in
      try plan(scenario, studentParameters: studentParameters, compute: compute).studentLoss
        - plan(.supervised, studentParameters: studentParameters, compute: compute).studentLoss
    }
  }

  /// The tokens D_S at which a student from a teacher of the loss `teacherLoss`, or of the best loss where it is
  /// nil, is as good as one trained on them without a teacher, rising.
  ///
  /// Looked for at eight numbers of tokens a decade: two crossovers between two of them are missed.
  public func tokenCrossovers(
    studentParameters: Double, teacherLoss: Double? = nil, within range: ClosedRange<Double>
  ) throws(AllocationError) -> [Crossover] {
    if let teacherLoss { try positive("the teacher's loss", teacherLoss) }
    let student = try student(studentParameters)
    return try crossovers(range) { (tokens) throws(AllocationError) in
      let loss =
        if let teacherLoss {
          student.loss(tokens: tokens, teacherLoss: teacherLoss, logTeacherLoss: log(teacherLoss)).loss
        } else {
          try bestTeacher(studentParameters: studentParameters, studentTokens: tokens).studentLoss
        }
      return loss - student.supervisedLoss(tokens: tokens)
    }
  }

  /// The sign changes of `difference`.
  private func crossovers(
    _ range: ClosedRange<Double>, _ difference: (Double) throws(AllocationError) -> Double
  ) throws(AllocationError) -> [Crossover] {
    try positive("the range", range.lowerBound)
    try positive("the range", range.upperBound)
    let (low, high) = (log(range.lowerBound), log(range.upperBound))
    let cells = max(1, Int(((high - low) / M_LN10 * 8).rounded(.up)))
    var found = [Crossover]()
    var before = try difference(range.lowerBound)
    for cell in 1...cells {
      let ends = [cell - 1, cell].map { low + (high - low) * Double($0) / Double(cells) }
      let after = try difference(cell == cells ? range.upperBound : exp(ends[1]))
      if (before > 0) != (after > 0) {
        let location = try signChange(
          from: ends[0], to: ends[1], atLow: before, atHigh: after, tolerance: 1e-11
        ) { (x) throws(AllocationError) in
          try difference(min(max(exp(x), range.lowerBound), range.upperBound))
        }
        found.append(Crossover(location: exp(location), supervisedIsBetterAbove: after > 0))
      }
      before = after
    }
    return found
  }
}
